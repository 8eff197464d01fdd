package generate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

func TestResumeNeedsTheSameText(t *testing.T) {
	for _, changed := range []string{"corpus", "text to validate on"} {
		texts := map[string]string{"corpus": corpus(t), "text to validate on": corpus(t)}
		cfg := generate.TrainConfig{
			Settings: settings(t), Paths: []string{texts["corpus"]}, ValidPaths: []string{texts["text to validate on"]},
			Out: filepath.Join(t.TempDir(), "run"),
		}
		cfg.Settings.Steps = 3
		train1(t, cfg)
		if err := os.WriteFile(texts[changed], []byte(strings.Repeat("Another text.\n", 900)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := generate.Train(t.Context(), generate.TrainConfig{Out: cfg.Out, Resume: true})
		if err == nil || !strings.Contains(err.Error(), "the "+changed+" has changed") {
			t.Errorf("resuming with another %s: %v", changed, err)
		}
	}
}

// A fine-tuned run still says what it started from, and validates on the same text, after it was resumed.
func TestResumeKeepsTheOrigin(t *testing.T) {
	base := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, ValidPaths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "base")}
	base.Settings.Steps = 2
	train1(t, base)
	tuned := base
	tuned.From, tuned.Out = base.Out, filepath.Join(t.TempDir(), "tuned")
	train1(t, tuned)
	train1(t, generate.TrainConfig{Out: tuned.Out, Resume: true})
	m, err := generate.Load(tuned.Out)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Info().Training.From; got != base.Out {
		t.Errorf("the file says it comes from %q, want %q", got, base.Out)
	}
	if got := m.Info().Training.Valid; !slices.Equal(got, base.ValidPaths) {
		t.Errorf("the file says it was validated on %q, want %q", got, base.ValidPaths)
	}
}

// A state file that names no corpus is refused or resumed with another text, but does not end the program.
func TestResumeOfAStateWithoutCorpus(t *testing.T) {
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 2
	train1(t, cfg)
	path := filepath.Join(cfg.Out, checkpoint.StateName)
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var training generate.Training
	if err := f.JSON(checkpoint.KeyTraining, &training); err != nil {
		t.Fatal(err)
	}
	training.Corpus = nil
	if err := f.SetJSON(checkpoint.KeyTraining, training); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Write(path, f); err != nil {
		t.Fatal(err)
	}
	if _, err := generate.Train(t.Context(), generate.TrainConfig{Out: cfg.Out, Resume: true}); err == nil || !strings.Contains(err.Error(), "corpus has changed") {
		t.Errorf("resuming a state without a corpus: %v", err)
	}
	train1(t, generate.TrainConfig{Out: cfg.Out, Resume: true, Paths: cfg.Paths})
}

// fewSteps is a context that ends a run some steps after it has begun.
type fewSteps struct {
	context.Context
	began bool
	left  int
}

func (c *fewSteps) Started(generate.Plan) { c.began = true }
func (*fewSteps) Planned(int)             {}
func (*fewSteps) Step(train.Record)       {}
func (*fewSteps) Saved(string)            {}
func (*fewSteps) Warning(string)          {}

func (c *fewSteps) Err() error {
	if c.began {
		c.left--
	}
	if c.left < 0 {
		return context.Canceled
	}
	return nil
}

// The loss of a run that is stopped before its first record is that of its steps, not 0.
func TestLossBeforeTheFirstRecord(t *testing.T) {
	ctx := &fewSteps{Context: t.Context(), left: 4}
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "run"), Observer: ctx}
	cfg.Settings.Steps, cfg.Settings.EvalEvery = 100_000, 50_000 // a record every hundred steps
	r, err := generate.Train(ctx, cfg)
	if !errors.Is(err, context.Canceled) || r.Steps == 0 || r.Steps > 4 {
		t.Fatalf("%+v, %v; want a run that is stopped after at most 4 steps", r, err)
	}
	m, err := generate.Load(cfg.Out)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Info().Metrics.Loss; r.Loss < 1 || r.Loss > 5 || got != r.Loss {
		t.Errorf("a loss of %v in the result and %v in the file, want that of an untrained network in both", r.Loss, got)
	}
}
