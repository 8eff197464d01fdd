package generate_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// trained returns a model of few steps.
func trained(t *testing.T) *generate.Model {
	t.Helper()
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{corpus(t)}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 3
	train1(t, cfg)
	return load(t, cfg.Out)
}

func load(t *testing.T, path string) *generate.Model {
	t.Helper()
	m, err := generate.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// enormous returns m with all weights at the largest float32, which a file may hold, but with which nothing can be computed.
func enormous(t *testing.T, m *generate.Model) *generate.Model {
	t.Helper()
	f, err := checkpoint.Read(m.Info().Path, checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range f.Tensors {
		for i := range tensor.Data {
			tensor.Data[i] = 3e38
		}
	}
	path := filepath.Join(t.TempDir(), "enormous.safetensors.zst")
	if err := checkpoint.Write(path, f); err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

// A model that is set back to its first precision answers as at first.
func TestPrecisionsComeBack(t *testing.T) {
	m := trained(t)
	likely := func(p model.Precision) float64 {
		m.SetPrecision(p)
		next, err := m.Next(t.Context(), "Sentence", 1)
		if err != nil {
			t.Fatal(err)
		}
		return next[0].Probability
	}
	full := likely(model.Float32)
	if short := likely(model.BFloat16); short == full || math.Abs(short-full) > 0.01 {
		t.Errorf("a probability is %v in bfloat16, %v in float32", short, full)
	}
	if again := likely(model.Float32); again != full {
		t.Errorf("a probability is %v after a change of precision, %v before", again, full)
	}
}

// A text that is cut into streams loses nothing where they do not come out even.
func TestEvaluateMeasuresTheRest(t *testing.T) {
	m := trained(t)
	nats := func(length int) float64 {
		text := strings.Repeat("Sentence 1 is followed by the next. ", 300)[:length]
		score, err := m.Evaluate(t.Context(), chunks(text), 1)
		if err != nil || score.Tokens != length {
			t.Fatalf("%d characters: %d tokens, %v", length, score.Tokens, err)
		}
		return score.Nats
	}
	even := nats(2 * 4096)
	for rest := 1; rest < 4; rest++ {
		// A character of a model that has hardly learned costs about ln 22 = 3 nats.
		if more := nats(2*4096+rest) - even; more < 1.5*float64(rest) || more > 5*float64(rest) {
			t.Errorf("%d characters more cost %v nats", rest, more)
		}
	}
}

// Chunks may be cut within a character.
func TestEvaluateCountsCutCharacters(t *testing.T) {
	m := trained(t)
	for _, text := range []string{"Sentence: é€😀", "cut: \xe2\x82", "not UTF-8: \xe2\xc3\xa9\xff"} {
		want, err := m.Evaluate(t.Context(), chunks(text), 1)
		if err != nil {
			t.Fatal(err)
		}
		bytewise := func(yield func([]byte, error) bool) {
			for i := range len(text) {
				if !yield([]byte{text[i]}, nil) {
					return
				}
			}
		}
		if got, err := m.Evaluate(t.Context(), bytewise, 1); err != nil || got != want {
			t.Errorf("%q byte by byte: %+v, %v, want %+v", text, got, err, want)
		}
		if n := int64(utf8.RuneCountInString(text)); want.Chars != n {
			t.Errorf("%q: %d characters, want %d", text, want.Chars, n)
		}
	}
}

func TestEvaluateErrors(t *testing.T) {
	m := trained(t)
	if _, err := m.Evaluate(t.Context(), chunks(""), 1); !errors.Is(err, generate.ErrNoText) {
		t.Errorf("of no text: %v, want ErrNoText", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Evaluate(ctx, chunks("Sentence"), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if score, err := enormous(t, m).Evaluate(t.Context(), chunks("Sentence"), 1); !errors.Is(err, generate.ErrNotFinite) {
		t.Errorf("with weights beyond computing: %+v, %v, want ErrNotFinite", score, err)
	}
}

// Cancelling ends the reading of a prompt, too.
func TestGenerateIsCancelled(t *testing.T) {
	m := trained(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for piece, err := range m.Generate(ctx, generate.Request{Prompt: strings.Repeat("Sentence ", 1000)}) {
		if !errors.Is(err, context.Canceled) || piece != "" {
			t.Errorf("cancelled: %q, %v", piece, err)
		}
	}
	if _, err := m.Next(ctx, "Sentence", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Next, cancelled: %v", err)
	}
	if _, err := enormous(t, m).Next(t.Context(), "Sentence", 1); !errors.Is(err, generate.ErrNotFinite) {
		t.Errorf("with weights beyond computing: %v, want ErrNotFinite", err)
	}
}

// The most likely tokens are as many as asked for, or all but the special ones.
func TestNextGivesAsManyAsAsked(t *testing.T) {
	m := trained(t)
	ordinary := m.Tokenizer().Size() - 4
	for k, want := range map[int]int{0: ordinary, 1: 1, 2: 2, 1000: ordinary} {
		next, err := m.Next(t.Context(), "Sentence", k)
		if err != nil || len(next) != want {
			t.Errorf("asked for %d: %d tokens, %v; want %d", k, len(next), err, want)
		}
		if !slices.IsSortedFunc(next, func(a, b generate.Prediction) int { return cmp.Compare(b.Probability, a.Probability) }) {
			t.Errorf("asked for %d: %+v is not sorted", k, next)
		}
	}
}

// A request that cannot be is an error, not an empty text.
func TestGenerateRefuses(t *testing.T) {
	m := trained(t)
	for _, req := range []generate.Request{{Sampling: generate.Sampling{Temperature: -1}}, {Length: -1}} {
		n := 0
		for piece, err := range m.Generate(t.Context(), req) {
			if n++; err == nil || piece != "" {
				t.Errorf("%+v: %q, %v; want an error", req, piece, err)
			}
		}
		if n != 1 {
			t.Errorf("%+v: %d elements, want an error", req, n)
		}
	}
}

// What a prompt says is repeated, too, when a text repeats it.
func TestPenaltyKnowsThePrompt(t *testing.T) {
	m := trained(t)
	best := func(prompt string, penalty float64) string {
		return write(t, m, generate.Request{Prompt: prompt, Length: 1, Sampling: generate.Sampling{RepetitionPenalty: penalty}})
	}
	said := best("Sentence", 1)
	if prompt := said + "Sentence"; best(prompt, 1) != said || best(prompt, 1000) == said {
		t.Errorf("after %q, %q comes without a penalty and %q with one; want %q, and another", prompt, best(prompt, 1), best(prompt, 1000), said)
	}
}
