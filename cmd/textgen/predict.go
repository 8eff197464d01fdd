package main

import (
	"fmt"

	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

const predictDescription = `Lists the tokens that most likely come next after a prompt, each with its probability: words for a word
model, characters for a character model.

   textgen predict -m shake --prompt "To be or not to "
   textgen predict -m words --prompt "the cat sat on the" --top-k 5 --json`

func predictCommand() *cli.Command {
	return &cli.Command{
		Name: "predict", Usage: "list what probably comes next", ArgsUsage: " ", Description: predictDescription,
		Flags: append([]cli.Flag{
			modelFlag(),
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "the `TEXT` so far", EnvVars: variable("prompt")},
			&cli.StringFlag{Name: "prompt-file", Usage: "the text so far is in `FILE`; - is standard input", EnvVars: variable("prompt-file"), TakesFile: true},
			&cli.IntFlag{Name: "top-k", Aliases: []string{"k"}, Usage: "list `K` tokens", Value: 10, EnvVars: variable("top-k")},
			jsonFlag("print JSON: model, prompt, predictions"),
			precisionFlag(), configFlag(),
		}, textFlags()...),
		Action: runPredict,
	}
}

// predictRecord is the result of predict --json.
type predictRecord struct {
	Model       string                `json:"model"`
	Prompt      string                `json:"prompt"`
	Predictions []generate.Prediction `json:"predictions"`
}

func runPredict(ctx *cli.Context) error {
	if err := noArguments(ctx, "name the model with -m, and the text so far with --prompt"); err != nil {
		return err
	}
	k := ctx.Int("top-k")
	if k < 1 {
		return fmt.Errorf("--top-k is %d; it is the number of tokens to list", k)
	}
	m, prompt, err := modelAndPrompt(ctx)
	if err != nil {
		return err
	}
	predictions, err := m.Next(ctx.Context, prompt, k)
	if err != nil {
		return err
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, predictRecord{ctx.String("model"), prompt, predictions})
	}
	for _, p := range predictions {
		fmt.Fprintf(ctx.App.Writer, "%7.3f %%  %q\n", 100*p.Probability, p.Text)
	}
	return nil
}
