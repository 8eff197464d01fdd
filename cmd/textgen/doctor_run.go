package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
	"github.com/urfave/cli/v2"
)

// doctorRun reads how a training went, by its directory or its metrics.jsonl, and prints what was wrong with it.
func doctorRun(ctx *cli.Context, path string) error {
	file := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file = filepath.Join(path, checkpoint.MetricsName)
	}
	if err := checkNotGiven(ctx, "is for experiments: without a run", []string{"quick", "out", "task", "cell", "length", "steps", "seed"}); err != nil {
		return err
	}
	records, err := history.Read(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is no training run: there is no %s; choose experiments with --task and --cell", path, checkpoint.MetricsName)
	case err != nil:
		return err
	case len(records) == 0:
		return fmt.Errorf("%s: no records yet: the training has made no step", file)
	}
	found, known := history.Diagnose(records)
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, struct {
			Run      string          `json:"run"`
			Step     int             `json:"step"`
			Verdicts []train.Verdict `json:"verdicts"`
			Facts    bool            `json:"facts_known"`
		}{path, records[len(records)-1].Step, append([]train.Verdict{}, found...), known})
	}
	printDiagnosis(ctx.App.Writer, path, records, found, known)
	return nil
}

// printDiagnosis tells where a run is, how its last measurement was, and the verdicts.
func printDiagnosis(w io.Writer, path string, records []train.Record, found []train.Verdict, known bool) {
	last, measured := records[len(records)-1], (*train.Health)(nil)
	best := math.Inf(1)
	for _, r := range records {
		if r.Health != nil {
			measured = r.Health
		}
		if r.ValidLoss != nil {
			best = min(best, *r.ValidLoss)
		}
	}
	fmt.Fprintf(w, "%s: %s, training loss %s", path, plural(last.Step, "step"), fixed(last.Loss))
	if !math.IsInf(best, 1) {
		fmt.Fprintf(w, ", best validation loss %s", fixed(best))
	}
	fmt.Fprintln(w)
	if measured != nil {
		fmt.Fprintf(w, "health at step %s: %s\n", grouped(measured.Step), measured)
	}
	if !known {
		fmt.Fprintln(w, "The records are of an older version: what vanishes or stalls cannot be told from them.")
	}
	if len(found) == 0 && !history.Tells(records) {
		fmt.Fprintln(w, "Nothing is wrong so far, but too little was measured to call the run healthy.")
		return
	}
	if len(found) == 0 {
		fmt.Fprintln(w, "Nothing is wrong: gradients, gates, losses and weights look healthy.")
		return
	}
	for _, v := range found {
		printVerdict(w, v)
	}
}
