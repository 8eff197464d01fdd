package bag

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// TestStartAtBayes holds the weights against odds worked out by hand: part 0 is in both texts of label 0, twice in one of
// them, and in one of label 1; part 1 is in the other of label 1; part 2 is nowhere.
func TestStartAtBayes(t *testing.T) {
	l := NewLinear(labelset.MultiClass, NGrams{Buckets: 3}, 2)
	l.startAtBayes([][]int32{{0, 0}, {0}, {0}, {1}}, [][]int{{0}, {0}, {1}, {1}}, 0.5)
	want := []float32{
		float32(0.5 * math.Log(3./2/(3./3))), float32(0.5 * math.Log(2./3/(3./3))),
		float32(0.5 * math.Log(1./2)), float32(0.5 * math.Log(2./1)),
		0, 0,
	}
	for i := range want {
		if math.Abs(float64(l.weights[i]-want[i])) > 1e-6 {
			t.Errorf("weights %v, want %v", l.weights, want)
			break
		}
	}
}

func TestRanges(t *testing.T) {
	for _, tt := range []struct {
		grams NGrams
		want  [gramKinds]idRange
	}{
		{NGrams{Words: 2, Buckets: 9}, [gramKinds]idRange{{0, 9}, {9, 9}, {9, 9}, {9, 9}}},
		{NGrams{Chars: 2, Buckets: 9}, [gramKinds]idRange{{0, 0}, {0, 9}, {9, 9}, {9, 9}}},
		{NGrams{Words: 1, Chars: 2, Buckets: 9}, [gramKinds]idRange{{0, 4}, {4, 9}, {9, 9}, {9, 9}}},
		{NGrams{Words: 1, Chars: 2, Start: 3, Buckets: 80}, [gramKinds]idRange{{0, 30}, {30, 60}, {60, 70}, {70, 80}}},
		{NGrams{Words: 1, Start: 3, Buckets: 80}, [gramKinds]idRange{{0, 60}, {60, 60}, {60, 80}, {80, 80}}},
		{NGrams{}, [gramKinds]idRange{}},
	} {
		if got := tt.grams.ranges(); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.grams, got, tt.want)
		}
	}
	g := NGrams{Words: 1, Chars: 2, Buckets: 100}
	for i, id := range g.AppendIDs(nil, "one two") {
		if (i < 2) != (int(id) < g.ranges()[gramsOfWords].high) {
			t.Errorf("part %d has id %d; words are in %v", i, id, g.ranges()[gramsOfWords])
		}
	}
}

// spelled makes documents whose label is their first n-gram of every kind; what else is in them is noise.
func spelled(n int, grams NGrams, rng *rand.Rand) Examples {
	var docs Examples
	for i := range n {
		label, ids := i%3, []int32(nil)
		for _, kind := range grams.ranges() {
			ids = append(ids, int32(kind.low+label))
			for range 4 {
				ids = append(ids, int32(kind.low+3+rng.IntN(kind.len()-3)))
			}
		}
		docs.IDs = append(docs.IDs, ids)
		docs.Truth = append(docs.Truth, []int{label})
	}
	return docs
}

// TestWithin parts the ids of documents by kinds without a copy of them.
func TestWithin(t *testing.T) {
	grams := NGrams{Words: 1, Chars: 2, Start: 2, Buckets: 100}
	docs := [][]int32{grams.AppendIDs(nil, "one two three"), nil, grams.AppendIDs(nil, "four")}
	got := make([][]int32, len(docs))
	for _, kind := range grams.ranges() {
		for i, ids := range within(docs, kind) {
			for _, id := range ids {
				if int(id) < kind.low || int(id) >= kind.high {
					t.Errorf("document %d: id %d is not in %v", i, id, kind)
				}
			}
			got[i] = append(got[i], ids...)
		}
	}
	if diff := cmp.Diff(docs, got); diff != "" {
		t.Errorf("all kinds together: %s", diff)
	}
	if part := within(docs, grams.ranges()[gramsOfWords]); &part[0][0] != &docs[0][0] {
		t.Error("the ids were copied")
	}
}

// TestTrainer trains on all kinds of n-grams, for any number of threads alike, and again in the way that was chosen.
func TestTrainer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	grams := NGrams{Words: 1, Chars: 1, Start: 1, Buckets: 64}
	training, valid := spelled(60, grams, rng), spelled(30, grams, rng)
	build := func(threads int) ([]float32, Choice, *Trainer) {
		weights := make([]float32, 64*3)
		tr := &Trainer{Task: labelset.MultiClass, Grams: grams, Labels: 3, Training: training, Valid: valid, Seed: 7, Threads: threads}
		c, err := tr.Choose(t.Context(), weights)
		if err != nil {
			t.Fatal(err)
		}
		return weights, c, tr
	}
	one, choice, trainer := build(1)
	two, again, _ := build(2)
	if diff := cmp.Diff(one, two); diff != "" || !cmp.Equal(choice, again) {
		t.Errorf("with two threads: %+v, with one %+v, weights %s", again, choice, diff)
	}
	for i, row := range Logits(one, 3, valid.IDs) {
		if measure.MostProbable(row) != valid.Truth[i][0] {
			t.Errorf("document %d: %v, want label %d", i, row, valid.Truth[i][0])
		}
	}
	repeated := make([]float32, 64*3)
	if err := trainer.Train(t.Context(), repeated, choice); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, repeated); diff != "" {
		t.Errorf("trained again in the way that was chosen: %s", diff)
	}
	if err := trainer.Train(t.Context(), repeated, Choice{Kinds: choice.Kinds[1:]}); err == nil {
		t.Error("a choice for fewer kinds than there are was followed")
	}
}
