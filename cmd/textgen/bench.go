package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/textgen-go/textgen/internal/bench"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/urfave/cli/v2"
)

const benchDescription = `Measures how fast this machine trains, samples or classifies networks of well-known shapes, on random
tokens, and what share of the processor's peak that is.

   textgen bench                                  training, every shape
   textgen bench --task sample --shape b          characters a second, one stream
   textgen bench --task classify --batch 64 --json
   textgen bench --task classify --shape e --batch 64 --export FILE

--export writes the network, the documents and their logits, for other programs to be timed on, and measures nothing.
bench/torch_compare.py measures PyTorch on the same shapes in turn with this command.`

func benchCommand() *cli.Command {
	return &cli.Command{
		Name: "bench", Usage: "measure the speed of this machine", ArgsUsage: " ", Description: benchDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "task", Usage: "train, sample or classify", Value: "train", EnvVars: variable("bench-task")},
			&cli.StringSliceFlag{Name: "shape", Usage: "measure this `SHAPE`, may be repeated; default: every shape of the task", EnvVars: variable("bench-shape")},
			&cli.IntFlag{Name: "batch", Usage: "`N` streams when sampling, documents when classifying", Value: 1, EnvVars: variable("bench-batch")},
			precisionFlag(),
			&cli.DurationFlag{Name: "time", Usage: "measure for `TIME` in each repetition", Value: time.Second, EnvVars: variable("bench-time")},
			&cli.IntFlag{Name: "repeats", Usage: "repeat `N` times; the median counts", Value: 5, EnvVars: variable("bench-repeats")},
			&cli.StringFlag{Name: "export", Usage: "write what --task classify would time to `FILE`", EnvVars: variable("bench-export"), TakesFile: true},
			threadsFlag(),
			jsonFlag("print a JSON object for every shape"),
			configFlag(),
		},
		Action: runBench,
	}
}

// benchRecord is a line of bench --json.
type benchRecord struct {
	Task    string        `json:"task"`
	Shape   bench.Shape   `json:"shape"`
	Threads int           `json:"threads"`
	Machine bench.Machine `json:"machine"`
	bench.Rate
	GFLOPS float64 `json:"gflops,omitempty"` // of the matrix products, training
	Share  float64 `json:"share,omitempty"`  // of the peak of the cores in use, in fp32
}

func runBench(ctx *cli.Context) error {
	if err := noArguments(ctx, "choose shapes with --shape"); err != nil {
		return err
	}
	shapes, err := benchShapes(ctx)
	if err != nil {
		return err
	}
	if batch := ctx.Int("batch"); batch < 1 || batch > maxBenchBatch {
		return fmt.Errorf("--batch is %d; use 1 to %d", batch, maxBenchBatch)
	} else if batch != 1 && ctx.String("task") == "train" && ctx.String("export") == "" {
		return fmt.Errorf("%s is for --task sample and classify: a shape is trained in its own batch", given(ctx, "batch"))
	}
	cfg := bench.Config{Threads: threads(ctx), Time: ctx.Duration("time"), Repeats: ctx.Int("repeats")}
	if cfg.Time <= 0 || cfg.Repeats < 1 {
		return fmt.Errorf("--time is %v and --repeats %d; both must be above 0", cfg.Time, cfg.Repeats)
	}
	if cfg.Precision, err = benchPrecision(ctx); err != nil {
		return err
	}
	if path := ctx.String("export"); path != "" {
		return exportLabelling(shapes, ctx.Int("batch"), cfg.Precision, path)
	}
	machine := bench.Measure()
	if cfg.Threads < 1 {
		cfg.Threads = machine.Cores
	}
	if !ctx.Bool("json") {
		fmt.Fprintf(ctx.App.Writer, "%s/%s, %d threads, %s kernels; one core: %.0f GFLOP/s peak, memory %.1f GB/s\n",
			machine.OS, machine.Arch, cfg.Threads, machine.Implementation, machine.PeakGFLOPS, machine.MemoryGBps)
	}
	for _, s := range shapes {
		r := benchRecord{Task: ctx.String("task"), Shape: s, Threads: cfg.Threads, Machine: machine}
		if err := r.measure(ctx.Context, ctx.Int("batch"), cfg); err != nil {
			return err
		}
		if ctx.Bool("json") {
			err = printJSON(ctx.App.Writer, r)
		} else {
			_, err = fmt.Fprintln(ctx.App.Writer, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxBenchBatch is a limit on streams and documents side by side that memory does not set first.
const maxBenchBatch = 1 << 16

// exportLabelling writes what classifying times: one shape that has labels.
func exportLabelling(shapes []bench.Shape, batch int, p model.Precision, path string) error {
	if len(shapes) != 1 || shapes[0].Labels == 0 {
		return errors.New("--export is for one shape of --task classify")
	}
	tensors, err := bench.Labelling(shapes[0], batch, p)
	if err != nil {
		return err
	}
	return checkpoint.Write(path, &checkpoint.File{Tensors: tensors, Metadata: map[string]string{checkpoint.KeyHead: "bench"}})
}

// benchShapes returns the shapes that were asked for, or all that make sense for the task.
func benchShapes(ctx *cli.Context) ([]bench.Shape, error) {
	task := ctx.String("task")
	if task != "train" && task != "sample" && task != "classify" {
		return nil, fmt.Errorf("--task is %q; use train, sample or classify", task)
	}
	var shapes []bench.Shape
	for _, name := range ctx.StringSlice("shape") {
		s, err := bench.ShapeNamed(name)
		if err != nil {
			return nil, err
		}
		if task != "train" && (s.Labels > 0) != (task == "classify") {
			return nil, fmt.Errorf("shape %s (%s) cannot %s", s.Name, s.About, task)
		}
		shapes = append(shapes, s)
	}
	if shapes != nil {
		return shapes, nil
	}
	for _, s := range bench.Shapes {
		if task == "train" || (s.Labels > 0) == (task == "classify") {
			shapes = append(shapes, s)
		}
	}
	return shapes, nil
}

// benchPrecision returns the precision for the task.
func benchPrecision(ctx *cli.Context) (model.Precision, error) {
	switch ctx.String("task") {
	case "sample":
		return precision(ctx, model.ParsePrecision)
	case "classify":
		return labelPrecision(ctx)
	}
	return precision(ctx, model.ParseProductPrecision)
}

// measure runs the benchmark of the record's task.
func (r *benchRecord) measure(ctx context.Context, batch int, cfg bench.Config) (err error) {
	switch r.Task {
	case "sample":
		r.Rate, err = bench.Sample(ctx, r.Shape, batch, cfg)
	case "classify":
		r.Rate, err = bench.Classify(ctx, r.Shape, batch, cfg)
	default:
		r.Rate, err = bench.Train(ctx, r.Shape, cfg)
		r.GFLOPS = r.PerSecond / float64(r.Shape.Tokens()) * r.Shape.FLOPs() / 1e9
		if cfg.Precision == model.Float32 {
			r.Share = r.GFLOPS / (r.Machine.PeakGFLOPS * float64(r.Threads))
		}
	}
	return err
}

// String is the record as a line of text.
func (r benchRecord) String() string {
	unit := "tokens/s"
	if r.Task == "classify" {
		unit = "documents/s"
	}
	line := fmt.Sprintf("%-8s %-28s %12.0f %s", r.Shape.Name, r.Shape.About, r.PerSecond, unit)
	if r.WeightGBps > 0 {
		line += fmt.Sprintf("  weights %.1f GB/s, %.0f %% of what the cores read", r.WeightGBps, 100*r.WeightGBps/r.ReadGBps)
	}
	if r.GFLOPS > 0 {
		line += fmt.Sprintf("  %6.1f GFLOP/s", r.GFLOPS)
	}
	if r.Share > 0 {
		line += fmt.Sprintf(", %.0f %% of peak", 100*r.Share)
	}
	return line
}
