package classify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// small makes a network that trains in a fraction of a second.
func small(s *classify.Settings) {
	s.Hidden, s.Embedding, s.Buckets, s.Batch, s.Steps, s.EvalEvery = 8, 8, 512, 8, 60, 20
	s.LR, s.TokenDropout, s.InputDropout, s.HeadDropout = 0.02, 0.1, 0.1, 0.1
}

// documents writes labelled documents of different lengths to a file: what the weather does tells the label.
func documents(t *testing.T, n int) string {
	t.Helper()
	weather := []string{"rain falls on", "sun shines over", "snow covers"}
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s\t%s%s the %d hills\n", []string{"wet", "warm", "cold"}[i%3], strings.Repeat("today ", i%5), weather[i%3], i%7)
	}
	path := filepath.Join(t.TempDir(), "documents.tsv")
	if err := os.WriteFile(path, []byte("label\ttext\n"+b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// losses returns what a run wrote down of its losses.
func losses(t *testing.T, dir string) []string {
	t.Helper()
	records, err := checkpoint.ReadMetrics[train.Record](filepath.Join(dir, checkpoint.MetricsName))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range records {
		valid, score := math.NaN(), math.NaN()
		if r.ValidLoss != nil {
			valid, score = *r.ValidLoss, *r.ValidScore
		}
		out = append(out, fmt.Sprintf("%d %x %x %x %x", r.Step, r.Loss, valid, score, r.GradNorm))
	}
	return out
}

func run(t *testing.T, cfg classify.TrainConfig) *classify.TrainResult {
	t.Helper()
	r, err := classify.Train(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stopAt cancels a run after a step.
type stopAt struct {
	step   int
	cancel func()
}

func (stopAt) Started(classify.Plan) {}
func (stopAt) Planned(int)           {}
func (stopAt) Saved(string)          {}
func (stopAt) Warning(string)        {}
func (stopAt) Doing(string)          {}
func (s stopAt) Step(r train.Record) {
	if r.Step >= s.step {
		s.cancel()
	}
}

// stopAtStart cancels a run when it is told of it.
type stopAtStart struct {
	stopAt
	plan *classify.Plan
}

func (s stopAtStart) Started(p classify.Plan) {
	*s.plan = p
	s.cancel()
}

// What a run is going to do is told before the weights of n-grams are trained, which with thousands of labels takes minutes.
func TestStartedBeforeNGrams(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var plan classify.Plan
	cfg := classify.TrainConfig{Override: small, Paths: []string{documents(t, 150)}, Out: t.TempDir(), Observer: stopAtStart{stopAt{cancel: cancel}, &plan}}
	if result, err := classify.Train(ctx, cfg); result != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("result %+v, error %v: the run was told of when there was nothing more to stop", result, err)
	}
	if plan.Train != 135 || plan.Parameters == 0 {
		t.Errorf("plan %+v", plan)
	}
}

// What the loop would refuse is refused before n-grams are trained, and the run told of.
func TestLoopIsCheckedFirst(t *testing.T) {
	docs := documents(t, 60)
	for name, change := range map[string]func(*classify.Settings){
		"optimizer": func(s *classify.Settings) { s.Optimizer = "best" },
		"schedule":  func(s *classify.Settings) { s.Schedule = "best" },
		"rate":      func(s *classify.Settings) { s.LR = -1 },
		"clip":      func(s *classify.Settings) { s.Clip = -1 },
		"guard":     func(s *classify.Settings) { s.Guard = "best" },
	} {
		var plan classify.Plan
		override := func(s *classify.Settings) { small(s); change(s) }
		cfg := classify.TrainConfig{Override: override, Paths: []string{docs}, Out: t.TempDir(), Observer: stopAtStart{stopAt{cancel: func() {}}, &plan}}
		if _, err := classify.Train(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), name) || plan.Train > 0 {
			t.Errorf("%s: error %v, after a run of %d documents was told of", name, err, plan.Train)
		}
	}
}

// A run gives the same bits for any number of threads, and stopped and resumed at any place.
func TestRunsAreReproducible(t *testing.T) {
	docs := documents(t, 150)
	whole := filepath.Join(t.TempDir(), "whole")
	cfg := classify.TrainConfig{Override: small, Paths: []string{docs}, Out: whole, Threads: 1, NoBaselines: true}
	run(t, cfg)
	want := losses(t, whole)
	if len(want) != 60 {
		t.Fatalf("%d records, want 60", len(want))
	}
	cfg.Out, cfg.Threads = filepath.Join(t.TempDir(), "three"), 3
	run(t, cfg)
	if diff := cmp.Diff(want, losses(t, cfg.Out)); diff != "" {
		t.Errorf("three threads differ from one: %s", diff)
	}
	stopped := filepath.Join(t.TempDir(), "stopped")
	for i, at := range []int{1, 20, 43} {
		ctx, cancel := context.WithCancel(t.Context())
		cfg := classify.TrainConfig{Override: small, Paths: []string{docs}, Out: stopped, Resume: i > 0, Observer: stopAt{at, cancel}}
		if _, err := classify.Train(ctx, cfg); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v, want context.Canceled", at, err)
		}
	}
	run(t, classify.TrainConfig{Out: stopped, Resume: true, NoBaselines: true})
	if diff := cmp.Diff(want, losses(t, stopped)); diff != "" {
		t.Errorf("a resumed run differs: %s", diff)
	}
	if diff := cmp.Diff(weights(t, whole), weights(t, stopped)); diff != "" {
		t.Error("the model of a resumed run differs")
	}
}

// A run that had come to its end leaves its last weights as the model if that was taken away: as honest as validation made
// them.
func TestResumeWithoutTheModel(t *testing.T) {
	cfg := classify.TrainConfig{Override: small, Paths: []string{documents(t, 150)}, Out: t.TempDir(), NoBaselines: true}
	run(t, cfg)
	metrics := func(name string) (m classify.Metrics) {
		f, err := checkpoint.Read(filepath.Join(cfg.Out, name), checkpoint.Limits{})
		if err := errors.Join(err, f.JSON(checkpoint.KeyMetrics, &m)); err != nil {
			t.Fatal(err)
		}
		m.Seconds = 0
		return m
	}
	want := metrics(checkpoint.StateName)
	if err := os.Remove(filepath.Join(cfg.Out, checkpoint.ModelName)); err != nil {
		t.Fatal(err)
	}
	cfg.Resume = true
	run(t, cfg)
	for _, name := range []string{checkpoint.StateName, checkpoint.ModelName} {
		if diff := cmp.Diff(want, metrics(name)); diff != "" || want.Temperature.Before == 0 {
			t.Errorf("%s: metrics of the end (-) and of the resumed run (+) differ: %s", name, diff)
		}
	}
}

func weights(t *testing.T, dir string) []checkpoint.Tensor {
	t.Helper()
	f, err := checkpoint.Read(filepath.Join(dir, checkpoint.ModelName), checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f.Tensors
}

func TestTrainLoadPredict(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	result := run(t, classify.TrainConfig{Override: small, Paths: []string{documents(t, 150)}, Out: dir})
	if result.Report == nil || result.Report.Measures.Accuracy < 0.9 || len(result.Report.Baselines) != 3 {
		t.Fatalf("report: %+v, want an accuracy of at least 0.9 beside three baselines", result.Report)
	}
	m, err := classify.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Info().Training.Settings; s.Hidden != 8 || s.Steps != 60 || s.Buckets != 512 {
		t.Errorf("trained with %+v, not with what was asked for", s)
	}
	texts := []string{"snow covers the hills", "", "today today sun shines over the 3 hills", strings.Repeat("rain falls ", 4000)}
	all, err := m.Predict(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"cold", "", "warm", "wet"} {
		alone, err := m.Predict(t.Context(), texts[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone[0].Probabilities, all[i].Probabilities); diff != "" {
			t.Errorf("text %d has other probabilities alone: %s", i, diff)
		}
		if want != "" && all[i].Label != want {
			t.Errorf("%.20q… is %s, want %s", texts[i], all[i].Label, want)
		}
	}
	if top := all[0].Top(2, 0); len(top) != 2 || top[0].Label != all[0].Label || top[0].Probability < top[1].Probability {
		t.Errorf("Top: %+v, want two, the most probable first", top)
	}
	if top := all[0].Top(0, 1.1); len(top) != 0 {
		t.Errorf("Top above every probability: %+v", top)
	}
}

func TestTrainRefusesToOverwrite(t *testing.T) {
	cfg := classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: filepath.Join(t.TempDir(), "run"), NoBaselines: true}
	run(t, cfg)
	if _, err := classify.Train(t.Context(), cfg); !errors.Is(err, classify.ErrExists) {
		t.Errorf("training over a run: %v, want ErrExists", err)
	}
	cfg.Force = true
	run(t, cfg)
}

func TestResumeNeedsTheSameDocuments(t *testing.T) {
	cfg := classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: filepath.Join(t.TempDir(), "run"), NoBaselines: true}
	run(t, cfg)
	text, err := os.ReadFile(cfg.Paths[0])
	if err != nil {
		t.Fatal(err)
	}
	asLong := filepath.Join(t.TempDir(), "documents.tsv")
	if err := os.WriteFile(asLong, bytes.ReplaceAll(text, []byte("rain"), []byte("hail")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{documents(t, 63), asLong} {
		_, err := classify.Train(t.Context(), classify.TrainConfig{Out: cfg.Out, Resume: true, Paths: []string{path}})
		if err == nil || !strings.Contains(err.Error(), "documents have changed") {
			t.Errorf("resuming with other documents: %v", err)
		}
	}
}

// A document may have any number of labels.
func TestMultiLabel(t *testing.T) {
	var b strings.Builder
	for i := range 160 {
		labels, text := []string{}, "today"
		if i%2 == 0 {
			labels, text = append(labels, `"wet"`), text+" rain falls"
		}
		if i/2%2 == 0 {
			labels, text = append(labels, `"cold"`), text+" snow covers"
		}
		fmt.Fprintf(&b, "{\"text\": \"%s the %d hills\", \"label\": [%s]}\n", text, i%9, strings.Join(labels, ", "))
	}
	path := filepath.Join(t.TempDir(), "documents.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	run(t, classify.TrainConfig{Override: small, Paths: []string{path}, Out: dir})
	m, err := classify.Load(dir)
	if err != nil || m.Task() != labelset.MultiLabel {
		t.Fatalf("Load: %v, task %v; want %v", err, m.Task(), labelset.MultiLabel)
	}
	p, err := m.Predict(t.Context(), []string{"rain falls snow covers the hills", "today the hills"})
	if err != nil || len(p[0].Top(0, 0.5)) != 2 || len(p[1].Top(0, 0.5)) != 0 {
		t.Errorf("Predict: %+v, %v; want both labels for the first text, none for the second", p, err)
	}
	wet, err := m.Explain(t.Context(), "rain falls snow covers the hills", "wet")
	if err != nil {
		t.Fatal(err)
	}
	cold, err := m.Explain(t.Context(), "rain falls snow covers the hills", "cold")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range wet.NGrams { // what speaks for one label does not speak against another
		if c := cold.NGrams[i]; w.Text == "rain falls" && (w.Weight < 0.01 || c.Weight < -w.Weight/2) {
			t.Errorf("%q speaks for wet with %v and for cold with %v", w.Text, w.Weight, c.Weight)
		}
	}
}

// A batch beyond the documents is all of them, however large.
func TestBatchOfAll(t *testing.T) {
	docs := documents(t, 60)
	loss := func(batch int) float64 {
		return run(t, classify.TrainConfig{Override: func(s *classify.Settings) {
			small(s)
			s.Batch, s.Steps = batch, 3
		}, Paths: []string{docs}, Out: filepath.Join(t.TempDir(), "run"), NoBaselines: true}).Loss
	}
	if got, want := loss(math.MaxInt), loss(60); got != want {
		t.Errorf("the loss is %v, with a batch of 60 it is %v", got, want)
	}
}

func TestWordVectors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.vec")
	if err := os.WriteFile(path, []byte("3 2\nrain 0.5 -1\nsnow 1 2\nnowhere 3 4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: filepath.Join(t.TempDir(), "run"), Vectors: path, NoBaselines: true}
	run(t, cfg)
	m, err := classify.Load(cfg.Out)
	if err != nil {
		t.Fatal(err)
	}
	if info := m.Info(); info.Config.Embedding != 2 || info.Training.Vectors != 2 {
		t.Errorf("embeddings of width %d with %d vectors, want 2 and 2", info.Config.Embedding, info.Training.Vectors)
	}
	for content, want := range map[string]string{
		"rain 1 2\nsnow 1\n": "1 numbers, but the first line has 2", "rain 1 x\n": "not a number", "nowhere 1 2\n": "no vector for any",
		"rain\nsnow\n": "no numbers behind a word",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := classify.ReadVectors(path, m.Tokenizer()); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("vectors %q: error %v, want one that names the file and says %q", content, err, want)
		}
	}
}
