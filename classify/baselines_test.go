package classify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
)

// TestBayesByHand is the example of Manning, Raghavan and Schütze 2008, table 13.1: P(China | d5) ∝ 3/4 · (3/7)³ · 1/14
// · 1/14 and P(not China | d5) ∝ 1/4 · (2/9)³ · 2/9 · 2/9.
func TestBayesByHand(t *testing.T) {
	set := examples{
		texts: []string{"Chinese Beijing Chinese", "Chinese Chinese Shanghai", "Chinese Macao", "Tokyo Japan Chinese"},
		truth: [][]int{{0}, {0}, {0}, {1}},
	}
	b := trainBayes(labelset.MultiClass, NGrams{Words: 1}, 2, set)
	got := make([]float32, 2)
	b.logits("Chinese Chinese Chinese Tokyo Japan unknown", got)
	want := []float64{
		math.Log(3.0/4) + 3*math.Log(3.0/7) + 2*math.Log(1.0/14),
		math.Log(1.0/4) + 3*math.Log(2.0/9) + 2*math.Log(2.0/9),
	}
	for i, w := range want {
		if math.Abs(float64(got[i])-w) > 1e-5 {
			t.Errorf("label %d: %v, want %v", i, got[i], w)
		}
	}
	set.truth = [][]int{{0}, {0}, {0}, {}}
	b = trainBayes(labelset.MultiLabel, NGrams{Words: 1}, 1, set)
	b.logits("Chinese Chinese Chinese Tokyo Japan", got[:1])
	if math.Abs(float64(got[0])-(want[0]-want[1])) > 1e-5 {
		t.Errorf("multi-label %v, want %v", got[0], want[0]-want[1])
	}
}

// TestLinearGradient holds a step against central differences of the loss.
func TestLinearGradient(t *testing.T) {
	for _, task := range []labelset.Task{labelset.MultiClass, labelset.MultiLabel} {
		l := newLinear(task, NGrams{Words: 1, Buckets: 8}, 3)
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range l.weights {
			l.weights[i] = rng.Float32() - 0.5
		}
		ids, truth := []int32{1, 4, 4, 7}, []int{2}
		loss := func() float64 {
			z := make([]float32, 3)
			l.scores(ids, z)
			fitted, err := measure.FitTemperature(task, [][]float32{z}, [][]int{truth})
			if err != nil {
				t.Fatal(err)
			}
			f := fitted.Before
			if task == labelset.MultiLabel {
				f *= 3
			}
			return f
		}
		numeric := make([]float64, len(l.weights))
		const h = 1e-2
		for i := range l.weights {
			w := l.weights[i]
			l.weights[i] = w + h
			up := loss()
			l.weights[i] = w - h
			numeric[i] = (up - loss()) / (2 * h)
			l.weights[i] = w
		}
		before := slices.Clone(l.weights)
		l.step(ids, truth, 1, make([]float32, 3))
		for i, w := range l.weights {
			// float32 losses of about 1 over 2h, and h² of the third derivative
			if got := float64(before[i] - w); math.Abs(got-numeric[i]) > 2e-4 {
				t.Errorf("%s: gradient of weight %d is %v, want %v", task, i, got, numeric[i])
			}
		}
	}
}

// reviews makes up documents whose labels a pair of words decides, in one of ten also the other way round.
func reviews(n int, seed uint64) []corpora.Document {
	rng := rand.New(rand.NewPCG(seed, 0))
	docs := make([]corpora.Document, n)
	for i := range docs {
		label, words := "good", []string{"not", "bad"}
		if rng.IntN(3) == 0 {
			label, words = "poor", []string{"bad", "not"}
		}
		for range rng.IntN(5) {
			words = append(words, fmt.Sprint("word", rng.IntN(30)))
		}
		if rng.IntN(10) == 0 {
			label = []string{"good", "poor"}[rng.IntN(2)]
		}
		docs[i] = corpora.Document{Text: strings.Join(words, " "), Labels: []string{label}, Source: "made up", Line: i + 1}
	}
	return docs
}

func TestBaselines(t *testing.T) {
	docs := reviews(600, 5)
	labels, task, err := labelset.Of(docs)
	if err != nil {
		t.Fatal(err)
	}
	cfg := BaselineConfig{Task: task, Labels: labels, Train: docs[:400], Valid: docs[400:500], Test: docs[500:], Seed: 3}
	got, err := Baselines(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for _, doc := range cfg.Test {
		if doc.Labels[0] == "good" {
			most++
		}
	}
	if acc := got[0].Measures.Accuracy; acc != float64(most)/100 {
		t.Errorf("majority %v, want %v", acc, float64(most)/100)
	}
	if got[1].Name != "naive Bayes" || got[2].Name != "linear n-grams" || !strings.HasPrefix(got[2].Choice, "words and pairs") {
		t.Errorf("baselines %v (%v), %v (%v)", got[1].Name, got[1].Choice, got[2].Name, got[2].Choice)
	}
	// One in ten is labelled by chance: at most 95 % can be had, and only the order of the words tells.
	if acc := got[2].Measures.Accuracy; acc < 0.9 || acc <= got[0].Measures.Accuracy {
		t.Errorf("linear %v, majority %v", acc, got[0].Measures.Accuracy)
	}
	cfg.Threads = 2
	again, err := Baselines(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again, cmpopts.IgnoreFields(Baseline{}, "Seconds")); diff != "" {
		t.Errorf("with two threads: %s", diff)
	}
}

func TestBaselinesMultiLabel(t *testing.T) {
	var docs []corpora.Document
	for i := range 200 {
		var text, labels []string
		for j, word := range []string{"apple", "pear", "plum"} {
			if i>>j&1 == 1 {
				text, labels = append(text, word), append(labels, word)
			}
		}
		docs = append(docs, corpora.Document{Text: strings.Join(append(text, "fruit"), " "), Labels: labels})
	}
	labels, task, err := labelset.Of(docs)
	if err != nil || task != labelset.MultiLabel {
		t.Fatal(task, err)
	}
	got, err := Baselines(t.Context(), BaselineConfig{Task: task, Labels: labels, Train: docs[:150], Valid: docs[150:]})
	if err != nil {
		t.Fatal(err)
	}
	if acc := got[2].Measures.Accuracy; acc != 1 {
		t.Errorf("linear %v of labels that words name", acc)
	}
}

func TestBaselinesErrors(t *testing.T) {
	docs := reviews(30, 1)
	labels, _, err := labelset.Of(docs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Baselines(t.Context(), BaselineConfig{Labels: labels, Train: docs}); err == nil {
		t.Error("nothing to validate: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Baselines(ctx, BaselineConfig{Labels: labels, Train: docs[:20], Valid: docs[20:]})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}
