package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
	"github.com/urfave/cli/v2"
)

// tellRun tells how a run ended, what the model writes, and what to do next.
func tellRun(ctx *cli.Context, r *generate.TrainResult, p generate.Plan) error {
	w := ctx.App.Writer
	switch {
	case ctx.Bool("json"):
		return printJSON(w, r)
	case ctx.Bool("quiet"):
		return nil
	}
	summarise(w, r, p)
	printFinished(w, p.Resumed == r.Steps, r.Out)
	printVerdicts(w, r.Verdicts)
	if err := showSample(ctx, r.Out, p.Settings.Seed); err != nil {
		return err
	}
	out := quoted(r.Out)
	fmt.Fprintf(w, "\nNext:\n")
	rows(w, "  ",
		"textgen sample -m "+out, "write more",
		"textgen eval -m "+out+" FILE", "measure it on another text",
		"textgen inspect "+out, "see what is in it",
		"textgen train FILE", "train on your own text")
	return nil
}

// summarise says how well the model predicts.
func summarise(w io.Writer, r *generate.TrainResult, p generate.Plan) {
	took := time.Duration(r.Seconds * float64(time.Second)).Round(time.Second / 10)
	fmt.Fprintf(w, "\n%s in %v", plural(r.Steps, "step"), took)
	if r.Ending == train.Stale {
		fmt.Fprintf(w, ", ended early: validation stopped improving")
	}
	loss, what := r.ValidLoss, "validation loss"
	if loss == 0 {
		loss, what = r.Loss, "training loss"
	}
	unit := tokenName(p.Tokenizer)
	fmt.Fprintf(w, "; %s %.4f nats a %s (perplexity %.2f)\n", what, loss, unit, math.Exp(loss))
	if r.Limit > 0 {
		fmt.Fprintf(w, "No model can do better on these stories than %.4f: this one is %.1f %% above that limit.\n", r.Limit, 100*(loss/r.Limit-1))
	}
	fmt.Fprintf(w, "Saved in %s\n", r.Out)
}

// printFinished says that a run that was resumed had no step to make, and how to go on all the same.
func printFinished(w io.Writer, finished bool, out string) {
	if finished {
		fmt.Fprintf(w, "The run had come to its end before: nothing was done. To train its model longer: textgen train --from %s --steps N FILE\n", quoted(out))
	}
}

// printVerdicts repeats what the guard found.
func printVerdicts(w io.Writer, verdicts []train.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	fmt.Fprint(w, "\nWhat went wrong in training:\n")
	for _, v := range verdicts {
		printVerdict(w, v)
	}
}

// printVerdict tells a verdict in a few lines.
func printVerdict(w io.Writer, v train.Verdict) {
	where := ""
	if v.Layer != "" {
		where = " in " + v.Layer
	}
	fmt.Fprintf(w, "\n  %s%s, step %s\n", strings.ToUpper(string(v.Kind)), where, grouped(v.Step))
	pairs := []string{"seen", v.Evidence, "likely", v.Cause, "try", v.Try}
	if v.Action != "" {
		pairs = append(pairs, "the guard", v.Action)
	}
	rows(w, "    ", pairs...)
}

// tokenName is what a token of a tokenizer is called.
func tokenName(kind string) string {
	switch tokenize.Kind(kind) {
	case tokenize.Char:
		return "character"
	case tokenize.Word, tokenize.Space:
		return "word"
	}
	return "token"
}

// The sample that a training shows.
const (
	shownChars       = 500
	shownTemperature = 0.7
)

// showSample writes a little text with the model that was trained.
func showSample(ctx *cli.Context, out string, seed uint64) error {
	m, err := generate.Load(out)
	if err != nil {
		return err
	}
	w := ctx.App.Writer
	fmt.Fprintf(w, "\nA sample:\n\n")
	req := generate.Request{Length: shownChars, Sampling: generate.Sampling{Temperature: shownTemperature}, Seed: seed, Threads: threads(ctx)}
	var text strings.Builder
	for piece, err := range m.Generate(ctx.Context, req) {
		if err != nil {
			return err
		}
		text.WriteString(piece)
		if text.Len() >= shownChars {
			break
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(text.String()), "\n") {
		fmt.Fprintln(w, "  │ "+line)
	}
	return nil
}

// quoted protects a name from the shell.
func quoted(name string) string {
	if strings.ContainsAny(name, " \t\n'\"\\$&;|<>()*?[]{}!`~#") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
