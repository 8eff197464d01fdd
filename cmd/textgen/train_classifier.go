package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/urfave/cli/v2"
)

// The values of --task.
const (
	taskGenerate = "generate"
	taskClassify = "classify"
)

// checkTask reports whether a classifier is asked for, and refuses flags that the task would ignore.
func checkTask(ctx *cli.Context) (classifier bool, err error) {
	switch task := ctx.String("task"); task {
	case taskGenerate:
		return false, checkNotGiven(ctx, "is for --task classify", ownLabelNames())
	case taskClassify:
		return true, checkNotGiven(ctx, "is not for --task classify", foreignNames())
	default:
		return false, fmt.Errorf("--task %q is unknown%s", task, suggest(task, []string{taskGenerate, taskClassify}, "; use generate or classify"))
	}
}

// checkNotGiven refuses flags that would be ignored.
func checkNotGiven(ctx *cli.Context, why string, names []string) error {
	for _, name := range names {
		if ctx.IsSet(name) {
			return fmt.Errorf("%s %s", given(ctx, name), why)
		}
	}
	return nil
}

// given returns how a flag was given: as --NAME or, which the user may have forgotten, by its variable.
func given(ctx *cli.Context, name string) string {
	if f, ok := flagOf(ctx.Command, name).(cli.DocGenerationFlag); ok && f.IsSet() {
		return fmt.Sprintf("--%s (set by the variable %s)", name, f.GetEnvVars()[0])
	}
	return "--" + name
}

// ownLabelNames are the flags that only a classifier has.
func ownLabelNames() []string {
	names := slices.Concat(classifierFlags, documentNames())
	for _, o := range labelOptions() {
		if o.flag != nil {
			names = append(names, o.name)
		}
	}
	return names
}

// foreignNames are the flags that only a language model has.
func foreignNames() []string {
	names := []string{"from", "normalize-newlines"}
	for _, o := range options() {
		name := o.flag.Names()[0]
		if !slices.ContainsFunc(labelOptions(), func(l labelOption) bool { return l.name == name }) {
			names = append(names, name)
		}
	}
	return names
}

func trainClassifier(ctx *cli.Context) error {
	cfg, err := classifierConfig(ctx)
	if err != nil {
		return err
	}
	if ctx.Int("folds") != 0 {
		return crossValidate(ctx, cfg)
	}
	view := &labelView{view: newView(ctx)}
	cfg.Observer = view
	result, err := classify.Train(ctx.Context, cfg)
	view.close()
	switch {
	case errors.Is(err, classify.ErrExists):
		return fmt.Errorf("%s holds a run already: give another --out, --resume to continue it, or --force to replace it", cfg.Out)
	case result != nil && stopped(err):
		return &stoppedError{steps: result.Steps, planned: result.Planned, task: "--task classify ", out: result.Out, piped: slices.Contains(view.paths, "-"), err: err}
	case err != nil:
		return err
	}
	return reportClassifier(ctx, result, view.resumed)
}

// classifierConfig gathers what the flags ask for.
func classifierConfig(ctx *cli.Context) (classify.TrainConfig, error) {
	cfg := classify.TrainConfig{
		Preset: ctx.String("preset"), Stdin: ctx.App.Reader,
		Out: ctx.String("out"), Force: ctx.Bool("force"), Resume: ctx.Bool("resume"),
		Vectors: ctx.String("vectors"), NoBaselines: ctx.Bool("no-baselines"), Threads: threads(ctx),
		Report: ctx.Bool("report"),
	}
	if ctx.Args().Present() {
		cfg.Paths = ctx.Args().Slice()
	}
	cfg.ValidPaths, cfg.TestPaths = files(ctx, "valid"), files(ctx, "test")
	applyDocumentFlags(ctx, &cfg.Documents)
	switch {
	case cfg.Resume:
		return cfg, checkClassifierResume(ctx)
	case cfg.Vectors != "" && ctx.IsSet("embedding"):
		return cfg, fmt.Errorf("%s would be ignored: the embedding is as wide as the vectors of --vectors", given(ctx, "embedding"))
	case cfg.Paths == nil:
		return cfg, errors.New("no documents: name files of labelled documents, folders, or - for standard input")
	}
	if cfg.Out == "" {
		cfg.Out = freeDirectory(cfg.Paths)
	}
	var err error
	if cfg.Override, err = override(ctx); err != nil {
		return cfg, err
	}
	return cfg, checkDocuments(ctx, cfg)
}

// checkClassifierResume refuses flags that would be ignored: a resumed run has its own settings.
func checkClassifierResume(ctx *cli.Context) error {
	if !ctx.IsSet("out") {
		return errors.New("--resume needs the directory of the run to continue: --out DIRECTORY")
	}
	names := append(documentNames(), "encoding", "valid", "test", "vectors", "preset", "force")
	for _, o := range labelOptions() {
		names = append(names, o.name)
	}
	return checkNotGiven(ctx, "cannot change in a run that is resumed: it goes on with its own settings", names)
}

// override returns what applies every flag that is given.
func override(ctx *cli.Context) (func(*classify.Settings), error) {
	length, err := oneLength(ctx)
	return func(s *classify.Settings) {
		if length {
			s.Steps, s.Epochs, s.Time = 0, 0, 0
		}
		for _, o := range labelOptions() {
			if ctx.IsSet(o.name) {
				o.apply(ctx, s)
			}
		}
		if s.Schedule == optim.OneCycle && !ctx.IsSet("warmup") {
			s.Warmup = 0 // the default is one of other schedules; this one has a rise of its own
		}
	}, err
}

// labelView shows how the training of a classifier goes.
type labelView struct {
	*view
	resumed int // steps of earlier sessions
	paths   []string
}

// Doing implements classify.Observer, as do Started and the methods of view.
func (v *labelView) Doing(what string) { v.progress.tell(what) }

// Started says what is learned from, and what learns.
func (v *labelView) Started(p classify.Plan) {
	s := p.Settings
	in := intro{resumed: p.Resumed, unit: "documents", lines: []string{
		fmt.Sprintf("%s with %s: %s to train on, %s to validate on, %s to test on", plural(p.Train+p.Valid+p.Test, "document"),
			plural(len(p.Labels), "label"), grouped(p.Train), grouped(p.Valid), grouped(p.Test)),
		fmt.Sprintf("%s %d×%d in %s, pooling %s, %s tokenizer with %s, %s", s.Cell, s.Layers, s.Hidden, s.Direction(), s.Pooling,
			p.Tokenizer, plural(p.VocabSize, "token"), plural(p.Parameters, "parameter")),
	}}
	if p.Vectors > 0 {
		in.lines = append(in.lines, fmt.Sprintf("%s of %s start from a vector of the file", grouped(p.Vectors), plural(p.VocabSize, "token")))
	}
	if p.Resumed == 0 {
		in.measure = s.Time
	}
	v.resumed, v.paths = p.Resumed, p.Paths
	v.progress.started(in)
}
