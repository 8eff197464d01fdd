package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/urfave/cli/v2"
)

const trainDescription = `Learns from the files' text and leaves a run directory: model.safetensors.zst (the best model on
validation, what to copy and give away), state.safetensors.zst (to resume), metrics.jsonl, curves.svg.
FILE is a file, a folder (its *.txt, *.text and *.md), a glob or - for standard input; .gz and .zst are
read transparently. With --report, report.html shows the run in a browser. Without FILE, it learns from
built-in stories, for one minute.

   textgen train                                              built-in stories
   textgen train --out shake input.txt                        one file, preset small: two minutes
   textgen train --preset medium --time 15m --out shake input.txt
   textgen train --out books --tokenizer bpe --vocab-size 2000 --cell gru books/
   zcat log.gz | textgen train --out log --steps 2000 -
   textgen train --out old --encoding latin-1 --valid held.txt text.txt
   textgen train --resume --out shake                         go on where a run was stopped
   textgen train --from shake --out mine --lr 0.001 --steps 500 mine.txt
   textgen train --task classify --out topics data.csv        label documents: see textgen classify --help

While it trains, gradients are watched: what vanishes, explodes, stalls, saturates, overfits or is validated on
text of another kind is said, with the figures and what to try; after NaN or a loss that leaps, training goes
back to its last good state with half the rate, three times at most (--guard).

Ctrl-C ends the run after its step and saves it; a second one ends it at once. One of --steps, --epochs
and --time takes the place of the preset's length. Losses are in nats a token.`

func trainCommand() *cli.Command {
	return &cli.Command{
		Name: "train", Usage: "learn a model from text", ArgsUsage: "[FILE…]", Description: trainDescription,
		Flags: append(append([]cli.Flag{
			&cli.StringFlag{
				Name: "out", Aliases: []string{"o"}, Usage: "the run's `DIRECTORY`", EnvVars: variable("out"), TakesFile: true,
				DefaultText: "a new one, named after the first file",
			},
			&cli.StringFlag{Name: "task", Usage: "generate, to write text, or classify, to label documents", Value: taskGenerate, EnvVars: variable("task")},
			&cli.StringFlag{Name: "preset", Usage: "proven settings: " + strings.Join(generate.Presets, ", "), EnvVars: variable("preset"), DefaultText: "small; stories without FILE; medium to classify"},
			&cli.StringSliceFlag{Name: "valid", Usage: "validate on the text of `FILE`, not on a part of the corpus; may be repeated", EnvVars: variable("valid"), TakesFile: true, Category: categoryText},
			&cli.BoolFlag{Name: "resume", Usage: "continue the run in --out, with its settings and its text"},
			&cli.StringFlag{Name: "from", Usage: "start from this `MODEL`, with its network and its tokenizer", EnvVars: variable("from"), TakesFile: true},
			&cli.BoolFlag{Name: "force", Usage: "replace the run in --out"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print errors and warnings only", EnvVars: variable("quiet")},
			&cli.BoolFlag{Name: "report", Usage: "keep a page on the run up to date: report.html in --out, for a browser", EnvVars: variable("report")},
			jsonFlag("print the run's records as JSON, one a line, and its result last"),
			threadsFlag(), configFlag(),
		}, textFlags()...), slices.Concat(optionFlags(), labelFlags(), documentFlags())...),
		Action: runTrain,
	}
}

func runTrain(ctx *cli.Context) error {
	outliveReaders()
	classifier, err := checkTask(ctx)
	if err != nil {
		return err
	}
	if classifier {
		return trainClassifier(ctx)
	}
	cfg, err := trainConfig(ctx)
	if err != nil {
		return err
	}
	view := newView(ctx)
	cfg.Observer = view
	result, err := generate.Train(ctx.Context, cfg)
	view.close()
	switch {
	case errors.Is(err, generate.ErrExists):
		return fmt.Errorf("%s holds a run already: give another --out, --resume to continue it, or --force to replace it", cfg.Out)
	case result != nil && stopped(err):
		return &stoppedError{steps: result.Steps, planned: result.Planned, out: result.Out, piped: slices.Contains(view.plan.Corpus, "-"), err: err}
	case cfg.Resume && errors.Is(err, generate.ErrNotGenerator):
		return fmt.Errorf("%w: to resume a classifier, say --task classify", err)
	case cfg.Resume && errors.Is(err, corpora.ErrEmpty):
		return fmt.Errorf("%w: the run needs the text that it was started with", err)
	case err != nil:
		return err
	}
	return tellRun(ctx, result, view.plan)
}

// stopped reports whether a run was interrupted and could be saved.
func stopped(err error) bool {
	_, failed := errors.AsType[*checkpoint.StorageError](err)
	return errors.Is(err, context.Canceled) && !failed
}

// stoppedError says how to go on after an interruption.
type stoppedError struct {
	steps, planned int
	task, out      string // the flag of the task, if it needs one
	piped          bool   // the text came on standard input
	err            error
}

func (e *stoppedError) Error() string {
	when := fmt.Sprintf("after step %d of %d", e.steps, e.planned)
	if e.planned == 0 {
		when = "before its length was planned"
	}
	hint := fmt.Sprintf("stopped and saved %s; go on with: textgen train %s--resume --out %s", when, e.task, quoted(e.out))
	if e.piped {
		hint += " - (and the same text on standard input)"
	}
	return hint
}

func (e *stoppedError) Unwrap() error { return e.err }

// trainConfig gathers what the flags ask for.
func trainConfig(ctx *cli.Context) (generate.TrainConfig, error) {
	cfg := generate.TrainConfig{
		Stdin:    ctx.App.Reader,
		Encoding: ctx.String("encoding"), NormalizeNewlines: ctx.Bool("normalize-newlines"),
		Out: ctx.String("out"), Force: ctx.Bool("force"), Resume: ctx.Bool("resume"), From: ctx.String("from"),
		Threads: threads(ctx), Report: ctx.Bool("report"),
	}
	if ctx.Args().Present() {
		cfg.Paths = ctx.Args().Slice()
	}
	cfg.ValidPaths = files(ctx, "valid")
	if err := checkResume(ctx); err != nil {
		return cfg, err
	}
	if cfg.Out == "" {
		cfg.Out = freeDirectory(cfg.Paths)
	}
	var err error
	if cfg.Settings, err = settings(ctx); err != nil {
		return cfg, err
	}
	return cfg, checkText(ctx, cfg)
}

// checkResume refuses flags that would be ignored: a resumed run has its own settings, a model that is trained on has its
// own network.
func checkResume(ctx *cli.Context) error {
	resume, from := ctx.Bool("resume"), ctx.String("from") != ""
	if resume && !ctx.IsSet("out") {
		return errors.New("--resume needs the directory of the run to continue: --out DIRECTORY")
	}
	fixed := map[string]bool{"encoding": resume, "normalize-newlines": resume, "valid": resume, "preset": resume, "force": resume, "from": resume}
	for _, o := range options() {
		fixed[o.flag.Names()[0]] = resume || from && o.structural
	}
	for _, name := range ctx.LocalFlagNames() {
		switch {
		case fixed[name] && resume:
			return fmt.Errorf("%s cannot change in a run that is resumed: it goes on with its own settings (start another from its model with --from)", given(ctx, name))
		case fixed[name]:
			return fmt.Errorf("%s cannot change in a model that is trained on: with --from, network and tokenizer are the model's", given(ctx, name))
		}
	}
	return nil
}

// settings starts from the preset and applies every flag that is given.
func settings(ctx *cli.Context) (generate.Settings, error) {
	name := ctx.String("preset")
	if name == "" {
		name = "small"
		if !ctx.Args().Present() {
			name = generate.StoriesPreset
		}
	}
	s, err := generate.Preset(name)
	if err != nil {
		return s, fmt.Errorf("--preset: %w", err)
	}
	given, err := oneLength(ctx)
	if err != nil {
		return s, err
	}
	if given {
		s.Steps, s.Epochs, s.Time = 0, 0, 0
	}
	for _, o := range options() {
		if ctx.IsSet(o.flag.Names()[0]) {
			o.apply(ctx, &s)
		}
	}
	if s.Schedule == optim.OneCycle && !ctx.IsSet("warmup") {
		s.Warmup = 0 // the presets' is one of other schedules; this one has a rise of its own
	}
	return s, checkUsed(ctx, s.Cell, s.Optimizer, s.Schedule)
}

// checkUsed refuses what the network, the optimizer or the schedule of a new run would ignore.
func checkUsed(ctx *cli.Context, cell model.Cell, optimizer, schedule string) error {
	for _, f := range []struct {
		name   string
		choice string   // the flag that decides
		chosen string   // its value
		users  []string // the values that use the flag called name
	}{
		{"forget-bias", "cell", string(cell), []string{string(model.LSTM)}},
		{"chrono", "cell", string(cell), []string{string(model.LSTM), string(model.GRU)}},
		{"momentum", "optimizer", optimizer, []string{optim.NameSGD}},
		{"trigger", "optimizer", optimizer, []string{optim.NameNTASGD}},
		{"final-lr", "schedule", schedule, []string{optim.Linear, optim.Cosine, optim.OneCycle}},
		{"lr-decay", "schedule", schedule, []string{optim.Plateau, optim.Step}},
		{"lr-hold", "schedule", schedule, []string{optim.Step}},
	} {
		if ctx.IsSet(f.name) && !slices.Contains(f.users, f.chosen) {
			return fmt.Errorf("%s is for --%s %s: %s would ignore it", given(ctx, f.name), f.choice, strings.Join(f.users, " or "), f.chosen)
		}
	}
	return nil
}

// oneLength reports whether the user gives the length of the run, and refuses more than one.
func oneLength(ctx *cli.Context) (given bool, err error) {
	var names []string
	for _, name := range []string{"steps", "epochs", "time"} {
		if ctx.IsSet(name) {
			names = append(names, "--"+name)
		}
	}
	if len(names) > 1 {
		return false, fmt.Errorf("%s: a run has one length, give one of them", strings.Join(names, " and "))
	}
	return len(names) == 1, nil
}

// freeDirectory proposes a directory that does not exist yet: stories, stories-2, … for the built-in corpus,
// NAME-model, NAME-model-2, … for a file NAME.txt.
func freeDirectory(paths []string) string {
	name := "stories"
	if len(paths) > 0 {
		base := filepath.Base(paths[0])
		base, _, _ = strings.Cut(strings.TrimLeft(base, ".-*?["), ".")
		name = strings.TrimPrefix(base+"-model", "-")
	}
	candidate := name
	for i := 2; ; i++ {
		if _, err := os.Lstat(candidate); err != nil {
			return candidate
		}
		candidate = fmt.Sprintf("%s-%d", name, i)
	}
}
