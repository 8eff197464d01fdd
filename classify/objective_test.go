package classify

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
)

// newTestObjective trains on documents of one token each, their numbers.
func newTestObjective(t *testing.T, documents, batch int) *objective {
	t.Helper()
	network, err := model.NewClassifier(model.ClassifierConfig{
		VocabSize: documents, Embedding: 2, Labels: 2, Pooling: model.PoolMean,
		RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 1, Hidden: 2},
	}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	w := model.NewWorkers(1)
	t.Cleanup(w.Close)
	training := &tokenised{}
	for i := range documents {
		training.documents = append(training.documents, model.Document{Tokens: []int32{int32(i)}})
		training.truth = append(training.truth, []int{i % 2})
	}
	o := newObjective(network, w, Settings{Batch: batch, MaxTokens: 10, Seed: 3}, loss{task: labelset.MultiClass}, training, &tokenised{})
	o.Updated()
	return o
}

// epoch returns the documents of the next n steps in their order.
func epoch(t *testing.T, o *objective, n int) (read []int32) {
	t.Helper()
	for range n {
		if _, err := o.Step(); err != nil {
			t.Fatal(err)
		}
		for _, doc := range o.feed.documents {
			read = append(read, doc.Tokens[0])
		}
	}
	return read
}

// An epoch has every document once, each epoch in another order, and goes on where it stopped.
func TestEpochsHaveEveryDocumentOnce(t *testing.T) {
	const documents, batch, steps = 23, 4, 6
	o := newTestObjective(t, documents, batch)
	if n := o.StepsPerEpoch(); n != steps {
		t.Fatalf("%d steps an epoch, want %d", n, steps)
	}
	var epochs [][]int32
	for range 3 {
		read := epoch(t, o, steps)
		epochs = append(epochs, read)
		for i, d := range slices.Sorted(slices.Values(read)) {
			if len(read) != documents || d != int32(i) {
				t.Fatalf("an epoch has the documents %v", read)
			}
		}
	}
	if slices.Equal(epochs[0], epochs[1]) || slices.Equal(epochs[1], epochs[2]) {
		t.Errorf("two epochs have the same order: %v", epochs)
	}
	again := newTestObjective(t, documents, batch)
	if err := again.Restore(train.Position{Epoch: 1, Batch: 2, Batches: steps, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	if got, want := epoch(t, again, steps-2), epochs[1][2*batch:]; !slices.Equal(got, want) {
		t.Errorf("after a resume the epoch goes on with %v, want %v", got, want)
	}
}

// The loop trains everything but the weights of n-grams, which are counted apart.
func TestObjectiveTrainsAllButTheBag(t *testing.T) {
	network := tinyNetwork(t, model.PoolMean, 5)
	o := &objective{network: network}
	var left []string
	for _, p := range network.Parameters() {
		if !slices.Contains(o.Parameters(), p) {
			left = append(left, p.Name)
		}
	}
	if !slices.Equal(left, []string{"ngrams.weight"}) {
		t.Errorf("the loop does not train %q, want the weights of n-grams alone", left)
	}
}

func TestObjectiveRefusesPositions(t *testing.T) {
	o := newTestObjective(t, 23, 4)
	for _, p := range []train.Position{{Batches: 7}, {Batches: 6, Epoch: -1}, {Batches: 6, Batch: -1}, {Batches: 6, Batch: 7}} {
		if err := o.Restore(p); err == nil {
			t.Errorf("%+v: restored", p)
		}
	}
}

func TestStepsLossIsNotWeighted(t *testing.T) {
	even, weighted := newTestObjective(t, 8, 8), newTestObjective(t, 8, 8)
	weighted.loss.weights = []float64{1000, 0.5}
	want, err := even.Step()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := weighted.Step(); err != nil || got != want {
		t.Errorf("a step's loss with weights is %v (%v), want %v", got, err, want)
	}
	for i, row := range even.grads {
		rare := even.training.truth[even.order[i]][0] == 0
		if got := weighted.grads[i][0] / row[0]; rare && (got < 999 || got > 1001) || !rare && got != 0.5 {
			t.Errorf("document %d: weights multiply its gradient by %v", i, got)
		}
	}
}
