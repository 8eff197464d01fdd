package classify_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
)

func TestExplain(t *testing.T) {
	m := trained(t)
	e, err := m.Explain(t.Context(), "today Snow covers the hills", "")
	if err != nil {
		t.Fatal(err)
	}
	if e.Label != "cold" || len(e.Tokens) != 7 || e.Tokens[2].Text != "snow" {
		t.Fatalf("explanation %+v, want one of cold by five words between two marks", e)
	}
	top := slices.MaxFunc(e.NGrams, func(a, b classify.Weight) int { return int(1e6 * (a.Weight - b.Weight)) })
	if !slices.Contains([]string{"snow", "covers", "snow covers", "today snow", "covers the"}, top.Text) || top.Weight <= 0 {
		t.Errorf("the n-gram %+v speaks most for %s", top, e.Label)
	}
	against, err := m.Explain(t.Context(), "today Snow covers the hills", "warm")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range against.NGrams {
		if own := e.NGrams[i].Weight; w.Text == top.Text && own > 0 && w.Weight >= own {
			t.Errorf("%q speaks for warm with %v and for cold with %v", w.Text, w.Weight, own)
		}
	}
	if _, err := m.Explain(t.Context(), "rain", "nothing"); err == nil {
		t.Error("a label that the model does not have was explained")
	}
}

// What speaks for one of several labels speaks against the others: all weights of a token, and of an n-gram, add up to 0.
func TestExplanationsOfAllLabels(t *testing.T) {
	m := trained(t)
	sums, largest := map[string]float64{}, 0.0
	for _, label := range m.Labels() {
		e, err := m.Explain(t.Context(), "today Snow covers the hills", label)
		if err != nil {
			t.Fatal(err)
		}
		for kind, weights := range map[string][]classify.Weight{"token": e.Tokens, "n-gram": e.NGrams} {
			for i, w := range weights {
				sums[fmt.Sprint(kind, " ", i)] += float64(w.Weight)
				largest = max(largest, math.Abs(float64(w.Weight)))
			}
		}
	}
	for part, sum := range sums {
		if math.Abs(sum) > 1e-4*largest {
			t.Errorf("the weights of %s add up to %v, the largest is %v", part, sum, largest)
		}
	}
}

// Of a long document the beginning is explained, whose n-grams are as light as they are many in the whole.
func TestExplainALongDocument(t *testing.T) {
	m := trained(t)
	weigh := func(text string) (count int, most float32) {
		e, err := m.Explain(t.Context(), text, "cold")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range e.NGrams {
			if w.Text == "snow" {
				most = max(most, w.Weight)
			}
		}
		return len(e.NGrams), most
	}
	text := strings.Repeat("today snow covers the hills\n", 2000) // 56 KB
	short, one := weigh(text)
	long, sixteenth := weigh(strings.Repeat(text, 16))
	if long > short*5/4 {
		t.Errorf("%d n-grams of the long document are explained, %d of the short one", long, short)
	}
	if math.Abs(float64(4*sixteenth/one-1)) > 0.05 { // √16 = 4; pieces have ends of their own
		t.Errorf("\"snow\" weighs %v in a document 16 times as long, and %v in the short one, want a quarter", sixteenth, one)
	}
}

// Byte pairs are explained as they are read, in whole characters.
func TestExplainBytePairs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	bytePairs := func(s *classify.Settings) {
		small(s)
		s.Tokenizer, s.VocabSize, s.Pooling = tokenize.BPE, 300, model.PoolAttention
	}
	run(t, classify.TrainConfig{Override: bytePairs, Paths: []string{documents(t, 150)}, Out: dir, NoBaselines: true})
	m, err := classify.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	const text = "snow covers été 雪"
	e, err := m.Explain(t.Context(), text, "")
	if err != nil {
		t.Fatal(err)
	}
	var read strings.Builder
	attention := float32(0)
	for _, w := range e.Tokens {
		read.WriteString(w.Text)
		attention += *w.Attention
	}
	if want := "<bos>" + text + "<eos>"; read.String() != want {
		t.Errorf("the tokens read as %q, want %q", read.String(), want)
	}
	if last := e.Tokens[len(e.Tokens)-2].Text; last != "雪" {
		t.Errorf("the last token before the end is %q, want 雪", last)
	}
	if math.Abs(float64(attention)-1) > 1e-5 {
		t.Errorf("the attention to all tokens is %v, want 1", attention)
	}
}

// A text of sixty thousand n-grams takes no step for every one of them and every pair of labels: those would be 10¹².
func TestExplainAmongThousandsOfLabels(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	run(t, classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: dir, NoBaselines: true})
	const labels = model.MaxFeatureWidth
	f := forged(t, dir, func(c *model.ClassifierConfig, t *classify.Training) {
		c.Labels, c.FeatureWidth, c.Buckets, t.Settings.Buckets = labels, labels, 64, 64
	})
	names := make([]string, labels)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	if err := f.SetJSON(checkpoint.KeyLabels, names); err != nil {
		t.Fatal(err)
	}
	m, err := classify.FromFile(f)
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Explain(t.Context(), strings.Repeat("a b\n", 1<<11), "7")
	if err != nil {
		t.Fatal(err)
	}
	if e.Label != "7" || len(e.NGrams) < 7_500 {
		t.Errorf("%d n-grams of label %s", len(e.NGrams), e.Label)
	}
}

func TestHeaviest(t *testing.T) {
	weights := []classify.Weight{{Text: "a", Weight: 1}, {Text: "b", Weight: -3}, {Text: "a", Weight: 2}, {Text: "c", Weight: 0.5}, {Text: "d", Weight: -0.0004}}
	for n, want := range map[int][]classify.Weight{0: nil, 2: {weights[1], weights[2]}, 9: {weights[1], weights[2], weights[3]}} {
		if got := classify.Heaviest(weights, n); !slices.Equal(got, want) {
			t.Errorf("the %d heaviest are %v, want %v", n, got, want)
		}
	}
}

func TestHeaviestNGramsAddUpTheirPlaces(t *testing.T) {
	e := classify.Explanation{NGrams: []classify.Weight{{Text: "rare", Weight: 1}, {Text: "often", Weight: 0.25}, {Text: "often", Weight: 0.25},
		{Text: "often", Weight: 0.75}, {Text: "both", Weight: 2}, {Text: "both", Weight: -2}}}
	for range 2400 {
		e.NGrams = append(e.NGrams, classify.Weight{Text: "of", Weight: -1. / 4096})
	}
	want := []classify.Weight{{Text: "often", Weight: 1.25}, {Text: "rare", Weight: 1}, {Text: "of", Weight: -2400. / 4096}}
	if got := e.HeaviestNGrams(8); !slices.Equal(got, want) {
		t.Errorf("the heaviest n-grams are %v, want %v", got, want)
	}
}
