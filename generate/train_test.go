package generate_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
)

// settings are those of a network that trains in a fraction of a second.
func settings(t *testing.T) generate.Settings {
	t.Helper()
	s, err := generate.Preset("tiny")
	if err != nil {
		t.Fatal(err)
	}
	s.Hidden, s.Batch, s.BPTT, s.Steps, s.Time, s.EvalEvery, s.Warmup = 16, 4, 8, 60, 0, 20, 5
	s.Dropout, s.OutputDropout = 0.1, 0.1
	return s
}

// corpus writes a text of simple sentences to a file.
func corpus(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for i := range 400 {
		fmt.Fprintf(&text, "Sentence %d is followed by the next.\n\n", i)
	}
	return writeText(t, text.String())
}

func writeText(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "corpus.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stopAt cancels a run after a step.
type stopAt struct {
	step   int
	cancel func()
}

func (stopAt) Started(generate.Plan) {}
func (stopAt) Planned(int)           {}
func (stopAt) Saved(string)          {}
func (stopAt) Warning(string)        {}
func (s stopAt) Step(r train.Record) {
	if r.Step >= s.step {
		s.cancel()
	}
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
		valid := math.NaN()
		if r.ValidLoss != nil {
			valid = *r.ValidLoss
		}
		out = append(out, fmt.Sprintf("%d %x %x %x", r.Step, r.Loss, valid, r.GradNorm))
	}
	return out
}

func train1(t *testing.T, cfg generate.TrainConfig) *generate.TrainResult {
	t.Helper()
	r, err := generate.Train(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A run gives the same bits for any number of threads, and stopped and resumed at any place.
func TestRunsAreReproducible(t *testing.T) {
	t.Run("characters", func(t *testing.T) { checkReproducible(t, corpus(t), settings(t)) })
	t.Run("adaptive softmax", func(t *testing.T) {
		s := settings(t)
		s.Tokenizer, s.Softmax = tokenize.Word, generate.AdaptiveSoftmax
		checkReproducible(t, manyWords(t), s)
	})
}

// manyWords writes a text of 2,600 words, most of them rare.
func manyWords(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for i := range 2600 {
		word := string([]rune{'a' + rune(i%26), 'a' + rune(i/26%26), 'a' + rune(i/676)})
		fmt.Fprintf(&text, "the %s and ", word)
	}
	return writeText(t, text.String())
}

func checkReproducible(t *testing.T, text string, settings generate.Settings) {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole")
	train1(t, generate.TrainConfig{Settings: settings, Paths: []string{text}, Out: whole, Threads: 1})
	want := losses(t, whole)
	if len(want) != 60 {
		t.Fatalf("%d records, want 60", len(want))
	}
	two := filepath.Join(t.TempDir(), "two")
	train1(t, generate.TrainConfig{Settings: settings, Paths: []string{text}, Out: two, Threads: 2})
	if diff := cmp.Diff(want, losses(t, two)); diff != "" {
		t.Errorf("two threads differ from one: %s", diff)
	}
	stopped := filepath.Join(t.TempDir(), "stopped")
	for i, at := range []int{1, 20, 43} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := generate.Train(ctx, generate.TrainConfig{
			Settings: settings, Paths: []string{text}, Out: stopped, Resume: i > 0, Observer: stopAt{at, cancel},
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v, want context.Canceled", at, err)
		}
	}
	train1(t, generate.TrainConfig{Out: stopped, Resume: true})
	if diff := cmp.Diff(want, losses(t, stopped)); diff != "" {
		t.Errorf("a resumed run differs: %s", diff)
	}
	for _, name := range []string{checkpoint.ModelName} {
		a, b := weights(t, filepath.Join(whole, name)), weights(t, filepath.Join(stopped, name))
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s of a resumed run differs", name)
		}
	}
}

// TestMixedPrecision asserts that a run in bf16 is as reproducible as another, and learns as well, but not the same.
func TestMixedPrecision(t *testing.T) {
	text, dir := corpus(t), t.TempDir()
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{text}, Out: filepath.Join(dir, "fp32")}
	cfg.Settings.Precision = "fp32"
	full := train1(t, cfg)
	cfg.Settings.Precision = "bf16"
	cfg.Out, cfg.Threads = filepath.Join(dir, "bf16"), 1
	mixed := train1(t, cfg)
	if d := mixed.ValidLoss - full.ValidLoss; d == 0 || math.Abs(d) > 0.02 {
		t.Errorf("bf16 validates at %v nats a character, fp32 at %v", mixed.ValidLoss, full.ValidLoss)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := cfg
	stopped.Out, stopped.Threads, stopped.Observer = filepath.Join(dir, "stopped"), 2, stopAt{20, cancel}
	if _, err := generate.Train(ctx, stopped); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v, want context.Canceled", err)
	}
	train1(t, generate.TrainConfig{Out: stopped.Out, Resume: true})
	if diff := cmp.Diff(losses(t, cfg.Out), losses(t, stopped.Out)); diff != "" {
		t.Errorf("a resumed run differs: %s", diff)
	}
	cfg.Settings.Precision, cfg.Force = "int8", true
	if _, err := generate.Train(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "use fp32 or bf16") {
		t.Errorf("training in int8: %v", err)
	}
}

func weights(t *testing.T, path string) []checkpoint.Tensor {
	t.Helper()
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f.Tensors
}

func TestAdaptiveSoftmaxNeedsManyWords(t *testing.T) {
	for _, c := range []struct {
		tokenizer tokenize.Kind
		softmax   generate.Softmax
		want      string
	}{
		{tokenize.Word, generate.AdaptiveSoftmax, "has 15 tokens: use the full one"},
		{tokenize.Char, generate.AdaptiveSoftmax, "which characters are not"},
		{tokenize.Word, "hierarchical", `softmax "hierarchical" is unknown; use full or adaptive`},
	} {
		s := settings(t)
		s.Tokenizer, s.Softmax, s.VocabSize = c.tokenizer, c.softmax, 15
		_, err := generate.Train(t.Context(), generate.TrainConfig{Settings: s, Paths: []string{corpus(t)}, Out: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s softmax of tokens by %s: error %v, want one with %q", c.softmax, c.tokenizer, err, c.want)
		}
	}
}

// A model with an adaptive softmax writes and predicts, and what it predicts is what it is scored by, in any precision.
func TestAdaptiveSoftmaxPredicts(t *testing.T) {
	s, dir := settings(t), t.TempDir()
	s.Tokenizer, s.Softmax = tokenize.Word, generate.AdaptiveSoftmax
	train1(t, generate.TrainConfig{Settings: s, Paths: []string{manyWords(t)}, Out: dir})
	m, err := generate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range model.Precisions {
		m.SetPrecision(p)
		if text := write(t, m, generate.Request{Length: 20}); !strings.Contains(text, "the") {
			t.Errorf("%v: wrote %q", p, text)
		}
		next, err := m.Next(t.Context(), "", 3000)
		if err != nil {
			t.Fatal(err)
		}
		total, the := 0.0, 0.0
		for _, n := range next {
			total += n.Probability
			if n.Text == "the" {
				the = n.Probability
			}
		}
		score, err := m.Evaluate(t.Context(), chunks("the"), 1)
		if err != nil {
			t.Fatal(err)
		}
		if !(total > 0.9 && total < 1+1e-6) || !(math.Abs(score.Nats+math.Log(the)) < 1e-5) {
			t.Errorf("%v: all tokens have probability %v together, the first %v; its score is %+v", p, total, the, score)
		}
	}
}

func TestTrainLoadGenerateEvaluate(t *testing.T) {
	text, dir := corpus(t), filepath.Join(t.TempDir(), "run")
	cfg := settings(t)
	cfg.Steps, cfg.LR, cfg.Hidden = 400, 0.02, 32
	result := train1(t, generate.TrainConfig{Settings: cfg, Paths: []string{text}, Out: dir})
	if result.ValidLoss > 0.6 {
		t.Errorf("validation loss %v, want below 0.6 nats a character on sentences that only count", result.ValidLoss)
	}
	m, err := generate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info := m.Info(); info.Training.Planned != 400 || info.Metrics.ValidLoss != result.ValidLoss || info.Metrics.Step%cfg.EvalEvery != 0 {
		t.Errorf("the file tells of %d planned steps and %+v, want 400 and a validation of %v", info.Training.Planned, info.Metrics, result.ValidLoss)
	}
	score, err := m.Evaluate(t.Context(), chunks("Sentence 7 is followed by the next.\n\n"), 1)
	if err != nil || score.Tokens != 37 || score.Chars != 37 || score.Bytes != 37 {
		t.Errorf("Evaluate: %+v, %v; want 37 tokens, characters and bytes", score, err)
	}
	if want := score.Nats / math.Ln2 / 37; math.Abs(score.BitsPerChar-want) > 1e-12 {
		t.Errorf("%v bits a character, want %v", score.BitsPerChar, want)
	}
	score, err = m.Evaluate(t.Context(), chunks("Übernext Sentence"), 1)
	if err != nil || score.Chars != 17 || score.Bytes != 18 || math.Abs(score.BitsPerByte*18-score.BitsPerChar*17) > 1e-9 {
		t.Errorf("Evaluate: %+v, %v; want 17 characters in 18 bytes, and as many bits by both", score, err)
	}
	req := generate.Request{Prompt: "Sentence ", Length: 80}
	first, again := write(t, m, req), write(t, m, req)
	if first != again || !strings.Contains(first, "followed by the next") {
		t.Errorf("the most likely text is %q, then %q", first, again)
	}
	req.Stop = []string{"followed"}
	if got, _, _ := strings.Cut(first, "followed"); write(t, m, req) != got {
		t.Errorf("with a stop string: %q, want %q", write(t, m, req), got)
	}
	req.Stop = []string{first[len(first)-3:] + "!"}
	if got := write(t, m, req); got != first {
		t.Errorf("with a stop string that the text's end begins: %q, want %q", got, first)
	}
	next, err := m.Next(t.Context(), "Sentence 12 is follow", 2)
	if err != nil || len(next) != 2 || next[0].Text != "e" || next[0].Probability < next[1].Probability {
		t.Errorf("Next: %+v, %v; want e first", next, err)
	}
	if u := m.CheckPrompt("Üsed"); u.Count != 1 || u.First != "Ü" {
		t.Errorf("CheckPrompt: %+v, want one unknown, Ü", u)
	}
}

func chunks(text string) func(yield func([]byte, error) bool) {
	return func(yield func([]byte, error) bool) { yield([]byte(text), nil) }
}

func write(t *testing.T, m *generate.Model, req generate.Request) string {
	t.Helper()
	var text strings.Builder
	for piece, err := range m.Generate(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(piece)
	}
	return text.String()
}

// planned keeps the plan that a run tells.
type planned struct {
	stopAt
	plan *generate.Plan
}

func (p planned) Started(plan generate.Plan) { *p.plan = plan }

// The plan that a run tells is that of its text and its network.
func TestPlan(t *testing.T) {
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{writeText(t, strings.Repeat("one two\n", 250))}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 2
	var got generate.Plan
	cfg.Observer = planned{stopAt{step: 1 << 30}, &got}
	train1(t, cfg)
	info := load(t, cfg.Out).Info()
	want := generate.Plan{
		Corpus: cfg.Paths, Chars: 2000, TrainTokens: 1800, ValidTokens: 200, Tokenizer: "char", VocabSize: 4 + 7,
		Parameters: info.Total, Settings: info.Training.Settings,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTrainRefusesToOverwrite(t *testing.T) {
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 2
	train1(t, cfg)
	if _, err := generate.Train(t.Context(), cfg); !errors.Is(err, generate.ErrExists) {
		t.Errorf("training over a run: %v, want ErrExists", err)
	}
	cfg.Force = true
	train1(t, cfg)
}

func TestFineTuneKeepsTokenizerAndNetwork(t *testing.T) {
	base := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "base")}
	train1(t, base)
	tuned := base
	tuned.From, tuned.Out, tuned.Settings.Hidden = base.Out, filepath.Join(t.TempDir(), "tuned"), 99
	train1(t, tuned)
	m, err := generate.Load(tuned.Out)
	if err != nil {
		t.Fatal(err)
	}
	if h := m.Info().Config.Hidden; h != 16 {
		t.Errorf("hidden is %d after fine-tuning, want the base's 16", h)
	}
	if h := m.Info().Training.Settings.Hidden; h != 16 {
		t.Errorf("the file says that hidden was set to %d, want the base's 16", h)
	}
	if m.Info().Training.From != base.Out {
		t.Errorf("the file says it comes from %q, want %q", m.Info().Training.From, base.Out)
	}
}
