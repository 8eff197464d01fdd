package generate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// A long text is measured as streams that follow each other and the rest as one more, each token after the one before it
// in the text: what that gives is added up here token by token.
func TestNatsOfStreams(t *testing.T) {
	tok, err := tokenize.Train(tokenize.TrainConfig{}, func(yield func([]byte, error) bool) { yield([]byte("abcdefg\n"), nil) })
	if err != nil {
		t.Fatal(err)
	}
	cfg := model.Config{VocabSize: tok.Size(), Embedding: 4, RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 1, Hidden: 8}}
	network, err := model.NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{tokenizer: tok, network: network}
	m.training.Start = "\n"
	m.pack()

	const streams, rest = 2, 5
	rng := rand.New(rand.NewPCG(3, 4))
	ids := tokenize.NewIDs(tok.Size())
	for range streams*minEvalStream + rest {
		ids.Append(firstOrdinary + rng.Int32N(int32(tok.Size())-firstOrdinary))
	}
	w := model.NewWorkers(1)
	defer w.Close()
	stepper, state, want := network.NewStepper(w, 1), network.NewState(1), 0.0
	for i := range ids.Len() {
		if i%minEvalStream == 0 {
			state.Reset()
		}
		logits := stepper.Step(state, []int32{m.before(ids, i)})[0]
		want += logSumExp(logits) - float64(logits[ids.At(i)])
	}
	got, err := m.nats(t.Context(), ids, w)
	if err != nil || math.Abs(got-want) > 1e-5*want {
		t.Errorf("%v nats, want %v, error %v", got, want, err)
	}
}
