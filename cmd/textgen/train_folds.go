package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/textgen-go/textgen/classify"
	"github.com/urfave/cli/v2"
)

// crossValidate trains a classifier for each of --folds parts of the documents and tells how good they are.
func crossValidate(ctx *cli.Context, cfg classify.TrainConfig) error {
	if err := checkNotGiven(ctx, "cannot be used with --folds, which tests on each part of the documents in turn", []string{"valid", "test", "resume"}); err != nil {
		return err
	}
	view := newView(ctx)
	cross := classify.CrossConfig{TrainConfig: cfg, Folds: ctx.Int("folds"), Warning: view.Warning}
	if !ctx.Bool("json") && !ctx.Bool("quiet") {
		cross.OnFold = func(f classify.Fold) {
			fmt.Fprintf(ctx.App.ErrWriter, "fold %d of %d: %s, accuracy %s, macro-F1 %s, %.1f s\n", f.Number, f.Folds,
				plural(f.Measures.Documents, "document"), percent(f.Measures.Accuracy), percent(f.Measures.MacroF1), f.Seconds)
		}
	}
	result, err := classify.CrossValidate(ctx.Context, cross)
	view.close()
	switch {
	case errors.Is(err, classify.ErrExists):
		return fmt.Errorf("%s holds runs already: give another --out, or --force to replace them", cfg.Out)
	case err != nil:
		return err
	case ctx.Bool("json"):
		return printJSON(ctx.App.Writer, result)
	case !ctx.Bool("quiet"):
		printCross(ctx.App.Writer, cfg.Out, result)
	}
	return nil
}

// printCross prints what the folds have in common, and then all documents' measures.
func printCross(w io.Writer, out string, r *classify.CrossResult) {
	fmt.Fprintf(w, "\nMean and standard deviation of %d folds:\n", len(r.Folds))
	pairs := []string{"", fmt.Sprintf("%18s   %18s   %18s   %18s", "accuracy", "macro-F1", "log loss", "calibration error")}
	for _, row := range r.Rows {
		pairs = append(pairs, row.Name, fmt.Sprintf("%18s   %18s   %18s   %18s", spread(row.Accuracy, 100, "%.2f ± %.2f %%"),
			spread(row.MacroF1, 100, "%.2f ± %.2f %%"), spread(row.LogLoss, 1, "%.4f ± %.4f"), spread(row.ECE, 100, "%.2f ± %.2f %%")))
	}
	rows(w, "  ", pairs...)
	if r.Shared > 0 {
		fmt.Fprintf(w, "%s of %s are in more than one fold, so that they were trained on, too: the figures flatter.\n",
			plural(r.Shared, "document"), grouped(r.Pooled.Documents))
	}
	fmt.Fprintf(w, "\nAll documents, each labelled by the model that was not trained on it:\n")
	printMeasures(w, r.Pooled)
	fmt.Fprintf(w, "\nSaved in %s: %s and a run for each fold. Train without --folds for a model of all documents.\n", out, classify.CrossReportName)
}

func spread(s classify.Spread, factor float64, format string) string {
	return fmt.Sprintf(format, factor*s.Mean, factor*s.Deviation)
}
