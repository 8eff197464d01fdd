package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

const sampleDescription = `Writes a prompt and what the model makes of it; characters appear as they come.
The same seed gives the same text.

   textgen sample -m shake
   textgen sample -m shake --prompt "ROMEO:" --length 400 --temperature 0.8 --top-k 40 --top-p 0.95 --seed 7 -n 3
   textgen sample -m shake --prompt-file - < beginning.txt
   textgen sample -m shake --temperature 0                        the most likely text
   textgen sample -m stories --stop "$(printf '\n\n')"            one story
   textgen sample -m stories -n 100 --json | jq -r .text`

func sampleCommand() *cli.Command {
	return &cli.Command{
		Name: "sample", Usage: "write with a model", ArgsUsage: " ", Description: sampleDescription,
		Flags: append([]cli.Flag{
			modelFlag(),
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "go on from this `TEXT`", EnvVars: variable("prompt")},
			&cli.StringFlag{Name: "prompt-file", Usage: "go on from the text of `FILE`; - is standard input", EnvVars: variable("prompt-file"), TakesFile: true},
			&cli.IntFlag{Name: "length", Aliases: []string{"l"}, Usage: "write up to `N` tokens", Value: 400, EnvVars: variable("length")},
			&cli.IntFlag{Name: "samples", Aliases: []string{"n"}, Usage: "write `N` texts, with the seeds from --seed on", Value: 1, EnvVars: variable("samples")},
			&cli.Uint64Flag{Name: "seed", Usage: "of the random choices", Value: 1, EnvVars: variable("seed")},
			&cli.StringSliceFlag{Name: "stop", Usage: "end before this `TEXT`; may be given more than once"},
			jsonFlag("print each text as a line of JSON: model, prompt, text, seed"),
			precisionFlag(), threadsFlag(), configFlag(),
		}, samplingFlags()...),
		Action: runSample,
	}
}

const categorySampling = "Choice of tokens, in the order of their application"

func samplingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Float64Flag{Name: "repetition-penalty", Category: categorySampling, Usage: "make recent tokens less likely by a factor `R`; 1: not", Value: 1, EnvVars: variable("repetition-penalty")},
		&cli.Float64Flag{Name: "temperature", Aliases: []string{"t"}, Category: categorySampling, Usage: "below 1: surer, above 1: more daring, 0: always the most likely token", Value: 0.8, EnvVars: variable("temperature")},
		&cli.IntFlag{Name: "top-k", Category: categorySampling, Usage: "choose among the `K` most likely tokens; 0: all", EnvVars: variable("top-k")},
		&cli.Float64Flag{Name: "top-p", Category: categorySampling, Usage: "choose among the most likely tokens that have probability `P` together; 1: all", Value: 1, EnvVars: variable("top-p")},
		&cli.Float64Flag{Name: "min-p", Category: categorySampling, Usage: "leave out tokens less likely than `P` times the most likely; 0: none", EnvVars: variable("min-p")},
	}
}

// sampleRecord is a line of sample --json.
type sampleRecord struct {
	Model  string `json:"model"`
	Prompt string `json:"prompt"`
	Text   string `json:"text"` // after the prompt
	Seed   uint64 `json:"seed"`
}

func runSample(ctx *cli.Context) error {
	if err := noArguments(ctx, "name the model with -m, and the text to go on from with --prompt"); err != nil {
		return err
	}
	m, prompt, err := modelAndPrompt(ctx)
	if err != nil {
		return err
	}
	n := ctx.Int("samples")
	if n < 1 {
		return fmt.Errorf("-n is %d; it is the number of texts to write", n)
	}
	if ctx.Int("length") < 1 {
		return fmt.Errorf("--length is %d; it is a number of tokens", ctx.Int("length"))
	}
	for i := range n {
		if n > 1 && !ctx.Bool("json") {
			fmt.Fprintf(ctx.App.Writer, "── %d ──\n", i+1)
		}
		if err := writeSample(ctx, m, prompt, ctx.Uint64("seed")+uint64(i)); err != nil {
			return err
		}
	}
	return nil
}

// writeSample writes one text.
func writeSample(ctx *cli.Context, m *generate.Model, prompt string, seed uint64) error {
	w := ctx.App.Writer
	req := generate.Request{Prompt: prompt, Length: ctx.Int("length"), Sampling: sampling(ctx), Seed: seed, Stop: ctx.StringSlice("stop"), Threads: ctx.Int("threads")}
	var text strings.Builder
	for piece, err := range m.Generate(ctx.Context, req) {
		if err != nil {
			return err
		}
		if text.Len() == 0 && !ctx.Bool("json") {
			io.WriteString(w, prompt)
		}
		text.WriteString(piece)
		if ctx.Bool("json") {
			continue
		}
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	if ctx.Bool("json") {
		return printJSON(w, sampleRecord{ctx.String("model"), prompt, text.String(), seed})
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func sampling(ctx *cli.Context) generate.Sampling {
	return generate.Sampling{
		RepetitionPenalty: ctx.Float64("repetition-penalty"), Temperature: ctx.Float64("temperature"),
		TopK: ctx.Int("top-k"), TopP: ctx.Float64("top-p"), MinP: ctx.Float64("min-p"),
	}
}

// modelAndPrompt loads what --model, --prompt and --prompt-file name. What of the prompt the model does not know is
// reported.
func modelAndPrompt(ctx *cli.Context) (*generate.Model, string, error) {
	prompt, err := readPrompt(ctx)
	if err != nil {
		return nil, "", err
	}
	m, err := loadModel(ctx)
	if err != nil {
		return nil, "", err
	}
	if n := m.CheckPrompt(prompt); n.Count > 0 {
		what, fate := "character", "left out"
		if m.Tokenizer().Kind().Words() {
			what, fate = "word", "read as <unk>"
		}
		newLogger(ctx.App.ErrWriter).Warn(fmt.Sprintf("the model has never seen %s of the prompt, the first is %q: %s", plural(n.Count, what), n.First, fate))
	}
	return m, prompt, nil
}

// loadModel loads what --model names, in --precision.
func loadModel(ctx *cli.Context) (*generate.Model, error) {
	path := ctx.String("model")
	if path == "" {
		return nil, errNoModel
	}
	p, err := precision(ctx)
	if err != nil {
		return nil, err
	}
	m, err := generate.Load(path)
	if err != nil {
		return nil, err
	}
	m.SetPrecision(p)
	return m, nil
}

// readPrompt returns the prompt. A file's last newline is the editor's, not the prompt's.
func readPrompt(ctx *cli.Context) (string, error) {
	path := ctx.String("prompt-file")
	switch {
	case path == "":
		return ctx.String("prompt"), nil
	case ctx.String("prompt") != "":
		return "", errors.New("--prompt and --prompt-file: give one of them")
	}
	text, err := readAll(ctx, path)
	return strings.TrimSuffix(string(text), "\n"), err
}
