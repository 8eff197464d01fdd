package classify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/corpora"
)

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
			if i%(j+3) == 0 { // so that most documents do not have the label
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
	none := 0
	for _, doc := range docs[150:] {
		if len(doc.Labels) == 0 {
			none++
		}
	}
	if acc := got[0].Measures.Accuracy; acc != float64(none)/50 {
		t.Errorf("majority %v, want %v: no label is that of most documents", acc, float64(none)/50)
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
