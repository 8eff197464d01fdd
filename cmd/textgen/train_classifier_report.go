package main

import (
	"fmt"
	"io"
	"time"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/model/train"
	"github.com/urfave/cli/v2"
)

// reportClassifier tells how a run ended, how good the classifier is beside plain models, and what to do next.
func reportClassifier(ctx *cli.Context, r *classify.TrainResult, resumed int) error {
	w := ctx.App.Writer
	switch {
	case ctx.Bool("json"):
		return printJSON(w, r)
	case ctx.Bool("quiet"):
		return nil
	}
	took := time.Duration(r.Seconds * float64(time.Second)).Round(time.Second / 10)
	fmt.Fprintf(w, "\n%s in %v", plural(r.Steps, "step"), took)
	if r.Ending == train.Stale {
		fmt.Fprint(w, ", ended early: validation stopped improving")
	}
	fmt.Fprintf(w, "\nSaved in %s\n", r.Out)
	if resumed == r.Steps {
		fmt.Fprintln(w, "The run had come to its end before: nothing was done.")
	}
	printVerdicts(w, r.Verdicts)
	if r.Report != nil {
		printComparison(w, r.Report)
	}
	out := quoted(r.Out)
	fmt.Fprintf(w, "\nNext:\n")
	rows(w, "  ",
		"textgen classify -m "+out+" FILE", "label documents",
		"textgen eval -m "+out+" FILE", "measure it on other labelled documents",
		"textgen inspect "+out, "see what is in it")
	return nil
}

// printComparison sets the classifier beside the baselines.
func printComparison(w io.Writer, r *classify.Report) {
	fmt.Fprintf(w, "\nOn %s:\n", plural(r.Measures.Documents, r.On+" document"))
	pairs := []string{"", "accuracy   macro-F1   log loss   calibration error", "this model", comparisonRow(r.Measures)}
	for _, b := range r.Baselines {
		pairs = append(pairs, b.Name, comparisonRow(b.Measures))
	}
	rows(w, "  ", pairs...)
	switch a, f := r.Measures.AccuracyInterval, r.Measures.MacroF1Interval; {
	case a != nil && f != nil:
		fmt.Fprintf(w, "With 95 %% confidence, this model's accuracy is from %.2f to %.2f %% and its macro-F1 from %.2f to %.2f %% (bootstrap).\n",
			100*a.Low, 100*a.High, 100*f.Low, 100*f.High)
	case a != nil && r.Measures.Accuracy == 1:
		fmt.Fprintf(w, "All are right: with 95 %% confidence, this model's accuracy is at least %.2f %%.\n", 100*a.Low)
	case a != nil:
		fmt.Fprintf(w, "With 95 %% confidence, this model's accuracy is from %.2f to %.2f %%.\n", 100*a.Low, 100*a.High)
	}
	if r.On == "validation" {
		fmt.Fprintln(w, "Validation chose among the models' weights, so these figures flatter them; --test FILE or --folds 10 gives honest ones.")
	}
}

func comparisonRow(m *measure.Measures) string {
	return fmt.Sprintf("%6.2f %%   %6.2f %%   %8.4f   %6.2f %%", 100*m.Accuracy, 100*m.MacroF1, m.LogLoss, 100*m.ECE)
}
