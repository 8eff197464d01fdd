package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/urfave/cli/v2"
)

const sampleDescription = `Writes a prompt and what the model makes of it; characters appear as they come.
The same seed gives the same text.

   textgen sample -m shake
   textgen sample -m shake --prompt "ROMEO:" --length 400 --temperature 0.8 --top-k 40 --top-p 0.95 --seed 7 -n 3
   textgen sample -m shake --prompt-file - < beginning.txt
   textgen sample -m shake --temperature 0                        the most likely character, always
   textgen sample -m shake --prompt "ROMEO:" --beams 8 -n 3       the three most likely texts that a search of eight finds
   textgen sample -m stories --stop $'\n\n'                        one story
   textgen sample -m stories -n 100 --json | jq -r .text
   textgen sample -m log --lines --stop $'\n' --json < beginnings.txt`

func sampleCommand() *cli.Command {
	return &cli.Command{
		Name: "sample", Usage: "write with a model", ArgsUsage: " ", Description: sampleDescription,
		Flags: append([]cli.Flag{
			modelFlag(),
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "go on from this `TEXT`", EnvVars: variable("prompt")},
			&cli.StringFlag{Name: "prompt-file", Usage: "go on from the text of `FILE`; - is standard input", EnvVars: variable("prompt-file"), TakesFile: true},
			&cli.BoolFlag{Name: "lines", Usage: "go on from every line of --prompt-file, or of standard input, by itself", EnvVars: variable("lines")},
			&cli.IntFlag{Name: "length", Aliases: []string{"l"}, Usage: "write up to `N` tokens", Value: 400, EnvVars: variable("length")},
			&cli.IntFlag{Name: "samples", Aliases: []string{"n"}, Usage: "write `N` texts, with the seeds from --seed on", Value: 1, EnvVars: variable("samples")},
			&cli.IntFlag{Name: "beams", Usage: "do not draw but search for the most likely texts, following `N` side by side; -n prints as many of them", EnvVars: variable("beams")},
			&cli.Uint64Flag{Name: "seed", Usage: "of the random choices", Value: 1, EnvVars: variable("seed")},
			&cli.StringSliceFlag{Name: "stop", KeepSpace: true, Usage: "end before this `TEXT`; may be given more than once", EnvVars: variable("stop")},
			jsonFlag("print each text as a line of JSON: model, prompt, text, seed; with --beams tokens, nats, finished in place of seed"),
			precisionFlag(),
			&cli.IntFlag{Name: "threads", Usage: "use `N` threads, at most one for every core; 0: one, as more only pay for large networks", EnvVars: variable("threads")},
			configFlag(),
		}, slices.Concat(textFlags(), samplingFlags())...),
		Action: runSample,
	}
}

const categorySampling = "Choice of tokens, in the order of their application"

func samplingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Float64Flag{Name: "repetition-penalty", Category: categorySampling, Usage: "make recent tokens less likely by a factor `R`; 1: not", Value: 1, EnvVars: variable("repetition-penalty")},
		&cli.Float64Flag{Name: "temperature", Aliases: []string{"t"}, Category: categorySampling, Usage: "below 1: surer, above 1: more daring, 0: always the most likely token", Value: 0.8, EnvVars: variable("temperature")},
		&cli.IntFlag{Name: "top-k", Aliases: []string{"k"}, Category: categorySampling, Usage: "choose among the `K` most likely tokens; 0: all", EnvVars: variable("top-k")},
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
	if n := ctx.Int("samples"); n < 1 {
		return fmt.Errorf("-n is %d; it is the number of texts to write", n)
	}
	if n := ctx.Int("length"); n < 1 {
		return fmt.Errorf("--length is %d; it is a number of tokens", n)
	}
	if slices.Contains(ctx.StringSlice("stop"), "") {
		return errors.New("--stop is empty, which ends nothing; a line's end is written $'\\n' in most shells")
	}
	if ctx.Bool("lines") {
		return sampleLines(ctx)
	}
	m, prompt, err := modelAndPrompt(ctx)
	if err != nil {
		return err
	}
	return writeSamples(ctx, m, prompt)
}

// sampleLines takes every line as a prompt, as it comes.
func sampleLines(ctx *cli.Context) error {
	if ctx.String("prompt") != "" {
		return errors.New("--prompt and --lines: with --lines, prompts are the lines of --prompt-file, or of standard input")
	}
	m, err := loadModel(ctx)
	if err != nil {
		return err
	}
	path := cmp.Or(ctx.String("prompt-file"), "-")
	for doc, err := range documentsOf(ctx, path, corpora.DocumentOptions{Encoding: ctx.String("encoding"), Format: "lines", Unlabelled: true}) {
		if err != nil {
			return err
		}
		warnUnknown(ctx, m, doc.Text)
		if err := writeSamples(ctx, m, doc.Text); err != nil {
			return err
		}
	}
	return nil
}

// writeSamples writes as many texts after a prompt as -n says.
func writeSamples(ctx *cli.Context, m *generate.Model, prompt string) error {
	n := ctx.Int("samples")
	if ctx.IsSet("beams") {
		return writeLikely(ctx, m, prompt, n)
	}
	for i := range n {
		if err := headSample(ctx, i, n); err != nil {
			return err
		}
		if err := writeSample(ctx, m, prompt, ctx.Uint64("seed")+uint64(i)); err != nil {
			return err
		}
	}
	return nil
}

// headSample writes a line before each of several texts.
func headSample(ctx *cli.Context, i, n int) error {
	if n == 1 || ctx.Bool("json") {
		return nil
	}
	_, err := fmt.Fprintf(ctx.App.Writer, "── %d ──\n", i+1)
	return err
}

// writeSample writes one text.
func writeSample(ctx *cli.Context, m *generate.Model, prompt string, seed uint64) error {
	w := ctx.App.Writer
	req := generate.Request{Prompt: prompt, Length: ctx.Int("length"), Sampling: sampling(ctx), Seed: seed, Stop: ctx.StringSlice("stop"), Threads: threads(ctx)}
	text := m.Generate(ctx.Context, req)
	if !ctx.Bool("json") {
		return stream(w, prompt, text)
	}
	var all strings.Builder
	if err := stream(&all, "", text); err != nil {
		return err
	}
	written := strings.TrimSuffix(all.String(), "\n")
	return printJSON(w, sampleRecord{ctx.String("model"), prompt, written, seed})
}

// stream writes a prompt and a text after it, as its pieces come, and ends the line. If the text cannot be begun, it
// writes nothing.
func stream(w io.Writer, prompt string, text iter.Seq2[string, error]) error {
	before := prompt
	for piece, err := range text {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, before+piece); err != nil {
			return err
		}
		before = ""
	}
	_, err := io.WriteString(w, before+"\n")
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
	warnUnknown(ctx, m, prompt)
	return m, prompt, nil
}

// warnUnknown says what of a prompt the model does not know.
func warnUnknown(ctx *cli.Context, m *generate.Model, prompt string) {
	n := m.CheckPrompt(prompt)
	if n.Count == 0 {
		return
	}
	what, fate := "character", "left out"
	if m.Tokenizer().Kind().Words() {
		what, fate = "word", "read as <unk>"
	}
	newLogger(ctx.App.ErrWriter).Warn(fmt.Sprintf("the model has never seen %s of the prompt, the first is %q: %s", plural(n.Count, what), n.First, fate))
}

// loadModel loads what --model names, in --precision.
func loadModel(ctx *cli.Context) (*generate.Model, error) {
	path := ctx.String("model")
	if path == "" {
		return nil, noModel(ctx)
	}
	p, err := precision(ctx, model.ParsePrecision)
	if err != nil {
		return nil, err
	}
	m, err := generate.Load(path)
	if errors.Is(err, generate.ErrNotGenerator) {
		return nil, fmt.Errorf("%w: textgen classify and textgen eval are for it", err)
	}
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
	prompt, windows := strings.CutSuffix(string(text), "\r\n")
	if !windows {
		prompt = strings.TrimSuffix(prompt, "\n")
	}
	return prompt, err
}
