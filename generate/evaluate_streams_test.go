package generate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// The means of a score, by hand: a bit is ln 2 nats.
func TestMeansOfAScore(t *testing.T) {
	got := Score{Tokens: 4, Chars: 8, Bytes: 16, Nats: 8 * math.Ln2}
	want := got
	want.NatsPerToken, want.Perplexity = 2*math.Ln2, 4
	want.BitsPerToken, want.BitsPerChar, want.BitsPerByte, want.CharsPerToken = 2, 1, 0.5, 2
	got.finish()
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	endless := Score{Tokens: 1, Chars: 1, Bytes: 1, Nats: 1e4}
	if endless.finish(); endless.Perplexity != math.MaxFloat64 {
		t.Errorf("the perplexity is %v, want the largest that JSON holds", endless.Perplexity)
	}
}

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
