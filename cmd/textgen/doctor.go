package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/textgen-go/textgen/internal/doctor"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/urfave/cli/v2"
)

const doctorDescription = `Shows what recurrent networks can learn and what they cannot: the classical experiments on how far back a
network remembers, at growing lags. A table says which network solves which lag, after how many steps; --out keeps a page
with the curves, and how gradients travel back in time before and after training.

   textgen doctor --quick --out doctor       in about two minutes; then open doctor/report.html
   textgen doctor --out doctor               all of it, in about a quarter of an hour
   textgen doctor --task adding --cell rnn --cell lstm

With the directory of a training run it says instead what was wrong with that, from the run's records:

   textgen doctor my-run

The same seed gives the same figures on any number of cores. docs/gradients.md explains what they mean.`

// The files that doctor writes.
const (
	doctorPage    = "report.html"
	doctorResults = "results.json"
)

func doctorCommand() *cli.Command {
	var tasks, networks []string
	for _, t := range doctor.Tasks {
		tasks = append(tasks, t.Name)
	}
	for _, n := range doctor.Networks {
		networks = append(networks, n.Name)
	}
	return &cli.Command{
		Name: "doctor", Usage: "show how far back networks can learn, or say what was wrong with a run", ArgsUsage: "[RUN]", Description: doctorDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "quick", Usage: "fewer lags, fewer steps", EnvVars: variable("doctor-quick")},
			&cli.StringFlag{Name: "out", Usage: "keep " + doctorPage + " and " + doctorResults + " in `DIR`", EnvVars: variable("doctor-out"), TakesFile: true},
			&cli.StringSliceFlag{Name: "task", Usage: "make the experiments of this `TASK`, may be repeated: " + strings.Join(tasks, ", "), EnvVars: variable("doctor-task")},
			&cli.StringSliceFlag{Name: "cell", Usage: "try this `NETWORK`, may be repeated: " + strings.Join(networks, ", "), EnvVars: variable("doctor-cell")},
			&cli.IntSliceFlag{Name: "length", Usage: "let `T` steps pass, may be repeated; default: the task's own lengths", EnvVars: variable("doctor-length")},
			&cli.IntFlag{Name: "steps", Usage: "train for `N` updates at most; 0: the task's own number", EnvVars: variable("doctor-steps")},
			&cli.Uint64Flag{Name: "seed", Usage: "of all that is random", EnvVars: variable("doctor-seed")},
			threadsFlag(),
			jsonFlag("print the results as JSON"),
			configFlag(),
		},
		Action: runDoctor,
	}
}

func runDoctor(ctx *cli.Context) error {
	switch ctx.NArg() {
	case 0:
	case 1:
		return doctorRun(ctx, ctx.Args().First())
	default:
		return fmt.Errorf("%d runs: give one run's directory, or none for experiments", ctx.NArg())
	}
	outliveReaders()
	began := time.Now()
	results, err := doctor.Run(ctx.Context, doctor.Config{
		Tasks: ctx.StringSlice("task"), Networks: ctx.StringSlice("cell"), Quick: ctx.Bool("quick"), Seed: ctx.Uint64("seed"),
		Lengths: ctx.IntSlice("length"), Steps: ctx.Int("steps"), Threads: threads(ctx),
		Progress: func(p doctor.Progress) {
			fmt.Fprintf(ctx.App.ErrWriter, "%3.0f %%  %v  %s, T = %d, %s: %v\n", 100*float64(p.Done)/float64(p.All),
				time.Since(began).Round(time.Second), p.Trial.Task, p.Trial.Length, p.Trial.Network, p.Trial)
		},
	})
	if results == nil {
		return err
	}
	return errors.Join(err, tellDoctor(ctx, results))
}

// tellDoctor keeps the results and prints them, those of experiments that were interrupted, too.
func tellDoctor(ctx *cli.Context, results *doctor.Results) error {
	var kept error
	if out := ctx.String("out"); out != "" {
		kept = keepDoctor(ctx, out, results)
	}
	if ctx.Bool("json") {
		return errors.Join(kept, printJSON(ctx.App.Writer, results))
	}
	return errors.Join(kept, results.WriteText(ctx.App.Writer))
}

// keepDoctor writes the page and the results into a directory.
func keepDoctor(ctx *cli.Context, out string, results *doctor.Results) error {
	dir, err := checkpoint.OpenRun(out)
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{doctorPage, results.WriteHTML}, {doctorResults, func(w io.Writer) error { return printJSON(w, results) }}} {
		var content bytes.Buffer
		if err := file.write(&content); err != nil {
			return err
		}
		if err := dir.Replace(file.name, content.Bytes()); err != nil {
			return err
		}
		fmt.Fprintln(ctx.App.ErrWriter, "wrote", dir.Path(file.name))
	}
	return nil
}
