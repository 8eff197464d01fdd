package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/internal/runner"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/textgen-go/textgen/model/train"
)

// counter is an objective whose weight falls by the learning rate in every step.
type counter struct {
	weight *model.Parameter
	batch  int
	stop   func() // called in the step after stopAt
	stopAt int
}

func newCounter() *counter {
	return &counter{weight: &model.Parameter{Name: "w", Shape: []int{1}, Value: []float32{100}, Grad: []float32{0}}}
}

func (c *counter) Parameters() []*model.Parameter { return []*model.Parameter{c.weight} }
func (c *counter) StepsPerEpoch() int             { return 100 }
func (c *counter) Updated()                       {}
func (c *counter) Position() train.Position       { return train.Position{Batch: c.batch, Batches: 100} }
func (c *counter) Restore(p train.Position) error { c.batch = p.Batch; return nil }

func (c *counter) Step() (train.Batch, error) {
	c.weight.Grad[0] = 1
	c.batch++
	if c.stop != nil && c.batch == c.stopAt {
		c.stop()
	}
	return train.Batch{Nats: float64(c.weight.Value[0]), Tokens: 1}, nil
}

func (c *counter) Validate(context.Context) (train.Metrics, error) {
	return train.Metrics{Loss: float64(c.weight.Value[0]), Tokens: 1}, nil
}

// log is an observer that remembers.
type log struct {
	runner.Silent
	planned []int
	saved   []string
	steps   int
}

func (l *log) Planned(steps int)     { l.planned = append(l.planned, steps) }
func (l *log) Saved(path string)     { l.saved = append(l.saved, filepath.Base(path)) }
func (l *log) Step(rec train.Record) { l.steps = rec.Step }

// session trains c for eight steps in dir, or goes on with it.
func session(t *testing.T, ctx context.Context, dir string, mode runner.Mode, c *counter, l *log) (train.Result, error) {
	t.Helper()
	s, err := runner.Open(dir, mode, l)
	if err != nil {
		return train.Result{}, err
	}
	defer s.Close()
	s.File = func(train.State) (*checkpoint.File, error) {
		return &checkpoint.File{Tensors: checkpoint.Parameters(c.Parameters())}, nil
	}
	if mode == runner.Resume {
		err := s.Resume(func(f *checkpoint.File) error {
			return checkpoint.Bind(checkpoint.Parameters(c.Parameters()), f, checkpoint.PrefixOptim, checkpoint.PrefixState)
		})
		if err != nil {
			return train.Result{}, err
		}
	}
	w := model.NewWorkers(1)
	defer w.Close()
	cfg := train.Config{Steps: 8, EvalEvery: 4, Optimizer: optim.Config{Name: "sgd"}, Schedule: optim.ScheduleConfig{Name: "constant", Rate: 1}, Guard: train.GuardOff}
	if err := s.Loop(c, w, cfg); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin("token", 0); err != nil {
		t.Fatal(err)
	}
	return s.Run(ctx)
}

// weight reads the weight in a file of a run.
func weight(t *testing.T, dir, name string) float32 {
	t.Helper()
	f, err := checkpoint.Read(filepath.Join(dir, name), checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tensor, _ := f.Tensor("w")
	return tensor.Data[0]
}

func TestSession(t *testing.T) {
	dir, l := filepath.Join(t.TempDir(), "run"), &log{}
	result, err := session(t, t.Context(), dir, runner.New, newCounter(), l)
	if err != nil || result.Steps != 8 {
		t.Fatalf("%d steps, %v; want 8", result.Steps, err)
	}
	if got := weight(t, dir, checkpoint.ModelName); got != 92 {
		t.Errorf("the model's weight is %v, want the best, 92", got)
	}
	if !slices.Equal(l.planned, []int{8}) || l.steps != 8 {
		t.Errorf("observed: planned %v, last step %d; want [8] and 8", l.planned, l.steps)
	}
	want := []string{"model", "state", "model", "state", "model", "state"}
	for i, name := range want {
		want[i] = name + ".safetensors.zst"
	}
	if !slices.Equal(l.saved, want) {
		t.Errorf("saved %v, want %v", l.saved, want)
	}
	for _, name := range []string{checkpoint.MetricsName, checkpoint.CurvesName} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := session(t, t.Context(), dir, runner.New, newCounter(), l); !errors.Is(err, checkpoint.ErrExists) {
		t.Errorf("a new run over an old one: %v, want ErrExists", err)
	}
	if _, err := session(t, t.Context(), dir, runner.Replace, newCounter(), l); err != nil {
		t.Errorf("replacing a run: %v", err)
	}
}

// A run that was interrupted goes on where it stopped, with the weights of then.
func TestSessionGoesOn(t *testing.T) {
	dir, c := t.TempDir(), newCounter()
	ctx, cancel := context.WithCancel(t.Context())
	c.stop, c.stopAt = cancel, 3
	if result, err := session(t, ctx, dir, runner.New, c, &log{}); !errors.Is(err, context.Canceled) || result.Steps != 3 {
		t.Fatalf("interrupted after %d steps: %v; want 3", result.Steps, err)
	}
	if got := weight(t, dir, checkpoint.StateName); got != 97 {
		t.Errorf("the state's weight is %v, want 97", got)
	}
	fresh := newCounter()
	result, err := session(t, t.Context(), dir, runner.Resume, fresh, &log{})
	if err != nil || result.Steps != 8 || fresh.weight.Value[0] != 92 {
		t.Errorf("resumed: step %d, weight %v, %v; want 8 and 92", result.Steps, fresh.weight.Value[0], err)
	}
}

// A run whose model was taken away leaves another, whether it has steps to make or not.
func TestSessionWithoutItsModel(t *testing.T) {
	for _, stopAt := range []int{6, 8} {
		dir, c := t.TempDir(), newCounter()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c.stop, c.stopAt = cancel, stopAt
		if result, _ := session(t, ctx, dir, runner.New, c, &log{}); result.Steps != stopAt || result.Best.Step != stopAt/4*4 {
			t.Fatalf("stopped after step %d, the best was %d", result.Steps, result.Best.Step)
		}
		if err := os.Remove(filepath.Join(dir, checkpoint.ModelName)); err != nil {
			t.Fatal(err)
		}
		if _, err := session(t, t.Context(), dir, runner.Resume, newCounter(), &log{}); err != nil {
			t.Fatal(err)
		}
		if got := weight(t, dir, checkpoint.ModelName); got != 92 {
			t.Errorf("stopped after step %d: the model's weight is %v, want 92", stopAt, got)
		}
	}
}

// A run that is resumed before its first step keeps its page.
func TestReportGoesOn(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result, err := session(t, ctx, dir, runner.New, newCounter(), &log{}); !errors.Is(err, context.Canceled) || result.Steps != 0 {
		t.Fatalf("interrupted after %d steps: %v; want 0", result.Steps, err)
	}
	if err := os.WriteFile(filepath.Join(dir, checkpoint.ReportName), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := runner.Open(dir, runner.Resume, &log{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Resume(func(*checkpoint.File) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin("token", 0); err != nil {
		t.Fatal(err)
	}
	defer s.History.Finish()
	if !s.Reports(false) {
		t.Error("a run with a page has none after it was resumed")
	}
}

// A history or a page that cannot be begun leaves a session that can be closed, and the files that there were.
func TestHistoryThatCannotBegin(t *testing.T) {
	for _, c := range []struct {
		name  string
		mode  runner.Mode
		spoil func(dir string) error
		begin func(*runner.Session) error
		kept  []string
	}{
		{"no file of records can be made", runner.Replace, func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, checkpoint.MetricsName)), os.MkdirAll(filepath.Join(dir, checkpoint.MetricsName), 0o777))
		}, func(s *runner.Session) error { return s.Begin("token", 0) }, nil},
		{"records that are none", runner.Resume, func(dir string) error {
			return os.WriteFile(filepath.Join(dir, checkpoint.MetricsName), []byte(`{"step":1,"loss":"low"}`+"\n"), 0o666)
		}, func(s *runner.Session) error { return s.Begin("token", 0) }, []string{checkpoint.CurvesName}},
		{"samples that are none", runner.Resume, func(dir string) error {
			return os.WriteFile(filepath.Join(dir, checkpoint.SamplesName), []byte("text\n"), 0o666)
		}, func(s *runner.Session) error {
			return errors.Join(s.Begin("token", 0), s.Report(history.Description{}))
		}, []string{checkpoint.SamplesName, checkpoint.ReportName}},
	} {
		dir := t.TempDir()
		if _, err := session(t, t.Context(), dir, runner.New, newCounter(), &log{}); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(filepath.Join(dir, checkpoint.ReportName), []byte("a page"), 0o666), c.spoil(dir)); err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir, c.kept)
		s, err := runner.Open(dir, c.mode, &log{})
		if err != nil {
			t.Fatal(err)
		}
		if c.mode == runner.Resume {
			if err := s.Resume(func(*checkpoint.File) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.begin(s); err == nil {
			t.Errorf("%s: no error", c.name)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: closing: %v", c.name, err)
		}
		if !slices.Equal(contents(t, dir, c.kept), before) {
			t.Errorf("%s: %v changed", c.name, c.kept)
		}
	}
}

// contents reads files of a directory.
func contents(t *testing.T, dir string, names []string) (all []string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func TestNothingToResume(t *testing.T) {
	if _, err := session(t, t.Context(), t.TempDir(), runner.Resume, newCounter(), &log{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory: %v, want ErrNotExist", err)
	}
	if _, err := runner.Open("", runner.New, &log{}); err == nil {
		t.Error("no directory: no error")
	}
}

func TestModeOf(t *testing.T) {
	for _, c := range []struct {
		resume, force bool
		want          runner.Mode
	}{{false, false, runner.New}, {false, true, runner.Replace}, {true, false, runner.Resume}, {true, true, runner.Resume}} {
		if got := runner.ModeOf(c.resume, c.force); got != c.want {
			t.Errorf("resume %v, force %v: %s, want %s", c.resume, c.force, got, c.want)
		}
	}
}
