package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/internal/report"
	"github.com/urfave/cli/v2"
)

const inspectDescription = `Shows what a model file holds: the network and its parameters, the tokenizer, how it was trained, how good it is.

   textgen inspect shake
   textgen inspect --json shake | jq .training.settings
   textgen inspect --near fox stories             words that the model expects in the same places`

func inspectCommand() *cli.Command {
	return &cli.Command{
		Name: "inspect", Usage: "show what is in a model", ArgsUsage: "MODEL", Description: inspectDescription,
		Flags: []cli.Flag{
			modelFlag(), jsonFlag("print all of it as JSON"),
			&cli.StringFlag{Name: "near", Usage: "list the tokens that a model that writes text expects in the same places as `TOKEN`", EnvVars: variable("near")},
			&cli.IntFlag{Name: "top-k", Aliases: []string{"k"}, Usage: "with --near: list `K` tokens", Value: 10, EnvVars: variable("top-k")},
			configFlag(),
		},
		Action: runInspect,
	}
}

func runInspect(ctx *cli.Context) error {
	path := cmp.Or(ctx.Args().First(), ctx.String("model"))
	switch {
	case path == "":
		return noModel(ctx)
	case ctx.NArg() > 1 || ctx.NArg() == 1 && onCommandLine(ctx, "model"):
		return errors.New("textgen inspect takes one model")
	case ctx.String("near") == "" && onCommandLine(ctx, "top-k"):
		return errors.New("--top-k is for --near: give a token, too")
	}
	if classifier, err := classify.Load(path); !errors.Is(err, classify.ErrNotClassifier) {
		if err == nil && ctx.String("near") != "" {
			return errors.New("--near is for a model that writes text, but this one classifies documents")
		}
		return inspectClassifier(ctx, classifier, err)
	}
	m, err := generate.Load(path)
	if err != nil {
		return err
	}
	if word := ctx.String("near"); word != "" {
		return inspectNear(ctx, m, word)
	}
	info := m.Info()
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, info)
	}
	printInfo(ctx.App.Writer, info)
	return nil
}

// onCommandLine reports whether a flag was given, and not by a variable, which may be meant for another command.
func onCommandLine(ctx *cli.Context, name string) bool {
	return ctx.IsSet(name) && !flagOf(ctx.Command, name).IsSet()
}

func printInfo(w io.Writer, info generate.Info) {
	c, t, m, tied := info.Config, info.Training, info.Metrics, ""
	if c.TieWeights {
		tied = " that is the head's weight, too"
	}
	pairs := []string{
		"file", fmt.Sprintf("%s (%s)", info.Path, size(info.FileSize)),
		"network", fmt.Sprintf("%s, %s of %d units, embedding of %d%s", c.Cell, plural(c.Layers, "layer"), c.Hidden, c.Embedding, tied),
		"tokenizer", fmt.Sprintf("%s, %s", info.Tokenizer, plural(info.VocabSize, "token")),
		"corpus", fmt.Sprintf("%s (%s to train on, %s to validate on)", report.Names(t.Corpus), plural(t.TrainTokens, "token"), plural(t.ValidTokens, "token")),
		"training", describeTraining(t.Settings),
		"this model", describeProgress(m, t.Planned),
		"loss", describeLoss(m, t.Limit),
	}
	if t.From != "" {
		pairs = append(pairs, "started from", t.From)
	}
	rows(w, "", pairs...)
	fmt.Fprintln(w)
	printParameters(w, info)
}

func describeTraining(s generate.Settings) string {
	return fmt.Sprintf("preset %s, %s, rate %g (%s), batch %d×%d, dropout %g, seed %d", s.Preset, s.Optimizer, s.LR, s.Schedule, s.Batch, s.BPTT, s.Dropout, s.Seed)
}

func describeProgress(m generate.Metrics, planned int) string {
	if m.Step == 0 {
		return "not trained yet: these are the first weights"
	}
	return fmt.Sprintf("step %s of %s, %s read in %.0f s", grouped(m.Step), grouped(planned), plural(int(m.Tokens), "token"), m.Seconds)
}

func describeLoss(m generate.Metrics, limit float64) string {
	if m.Step == 0 {
		return "unknown"
	}
	text := fmt.Sprintf("%.4f nats a token in training", m.Loss)
	if m.ValidLoss > 0 {
		text += fmt.Sprintf(", %.4f on validation (perplexity %.2f)", m.ValidLoss, math.Exp(m.ValidLoss))
	}
	if limit > 0 {
		text += fmt.Sprintf("; no model can do better than %.4f", limit)
	}
	return text
}

func printParameters(w io.Writer, info generate.Info) {
	pairs := []string{}
	for _, p := range info.Parameters {
		pairs = append(pairs, parameterRow(p.Name, p.Shape, p.Count)...)
	}
	rows(w, "", append(pairs, parameterRow("total", nil, info.Total)...)...)
}

// parameterRow is the name of a parameter, and its shape and its count of elements one below those of others.
func parameterRow(name string, shape []int, count int) []string {
	return []string{name, fmt.Sprintf("%-12s %12s", strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", "×"), "[]"), grouped(count))}
}
