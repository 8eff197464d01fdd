package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

func testWorkers(t testing.TB, n int) *Workers {
	t.Helper()
	w := NewWorkers(n)
	t.Cleanup(w.Close)
	return w
}

// fillAll draws every element of every parameter, biases too: what is zero at the start of a training would hide errors.
func fillAll(params []*Parameter, rng *rand.Rand) {
	for _, p := range params {
		fillUniform(p.Value, 1.2/math.Sqrt(float64(p.Shape[len(p.Shape)-1])), rng)
	}
}

// fillState draws a state within ±0.8, where a tanh could have put it.
func fillState(s *State, rng *rand.Rand) {
	for _, tensor := range s.Tensors() {
		fillUniform(tensor.Data, 0.8, rng)
	}
}

// randomTokens draws n tokens.
func randomTokens(n, vocab int, rng *rand.Rand) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(rng.IntN(vocab))
	}
	return tokens
}

// states returns the states of one stream for the reference.
func states(s *State, stream int) []refPast {
	list := make([]refPast, len(s.h))
	for i := range s.h {
		for row := stream; row < s.h[i].Rows; row += s.streams {
			one := refState{h: widen(s.h[i].Row(row)), c: make([]float64, s.h[i].Cols)}
			if s.c != nil {
				one.c = widen(s.c[i].Row(row))
			}
			list[i] = append(list[i], one)
		}
	}
	return list
}

// variable is something that a loss depends on: the reference's value, and the gradient of the package under test.
type variable struct {
	name  string
	value []float64
	grad  []float64
}

// gradientsOf pairs the parameters with the reference's weights.
func gradientsOf(params []*Parameter, r *reference) []variable {
	var list []variable
	for _, p := range params {
		list = append(list, variable{p.Name, r.weights[p.Name], widen(p.Grad)})
	}
	return list
}

// languageNet is a language model in one window, beside its reference.
type languageNet struct {
	*LanguageModel
	workers         *Workers
	window          *Window
	state           *State
	inputs, targets []int32

	ref     *reference
	initial [][]refPast // [stream][layer]
}

// newLanguageNet builds the model with weights, states and tokens that look random and are always the same.
func newLanguageNet(t testing.TB, cfg Config, steps, streams, workers int) *languageNet {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	m, err := NewEmptyLanguageModel(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fillAll(m.Parameters(), rng)
	n := &languageNet{LanguageModel: m, workers: testWorkers(t, workers), state: m.NewState(streams)}
	fillState(n.state, rng)
	n.inputs = randomTokens(steps*streams, cfg.VocabSize, rng)
	n.targets = randomTokens(steps*streams, cfg.VocabSize, rng)
	n.window = m.NewTrainingWindow(n.workers, steps, streams)
	m.Pack(n.workers)

	n.ref = newReference(cfg.RecurrentConfig, m.Parameters())
	n.ref.dropping = true
	for b := range streams {
		n.initial = append(n.initial, states(n.state, b))
	}
	return n
}

// reference returns the loss, summed over all tokens, and the states at the end.
func (n *languageNet) reference() (nats float64, final []refResult) {
	streams := make([]refStream, n.window.Streams)
	for b := range streams {
		streams[b].initial = n.initial[b]
		for t := range n.window.Steps {
			streams[b].x = append(streams[b].x, n.embed(n.inputs[t*len(streams)+b]))
		}
	}
	final = n.ref.run(streams)
	for b, result := range final {
		for t, out := range result.out {
			nats += n.nats(out, int(n.targets[t*len(streams)+b]))
		}
	}
	return nats, final
}

// nats returns −ln p(target) of the stack's output.
func (n *languageNet) nats(out []float64, target int) float64 {
	switch {
	case n.cfg.Cutoffs != nil:
		return n.ref.adaptiveNats(out, n.cfg, target)
	case n.cfg.TieWeights:
		return n.ref.nats(out, "embedding.weight", target)
	}
	return n.ref.nats(out, "head.weight", target)
}

// referenceLoss returns the loss that is minimised: the mean over the tokens, with the penalties.
func (n *languageNet) referenceLoss() float64 {
	nats, results := n.reference()
	var squares, changes []float64
	for _, r := range results {
		for t := range r.out {
			for j, y := range r.out[t] {
				squares = append(squares, y*y)
				if t > 0 {
					change := r.raw[t][j] - r.raw[t-1][j]
					changes = append(changes, change*change)
				}
			}
		}
	}
	return nats/float64(len(n.inputs)) + n.cfg.AR*average(squares) + n.cfg.TAR*average(changes)
}

func average(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}

func (n *languageNet) embed(token int32) []float64 { return n.ref.token(token, n.cfg.Embedding) }

// stackNet is an embedding and a stack over streams of any lengths, in both directions if asked for, beside its
// reference. Its loss is the sum of all outputs, weighted at random.
type stackNet struct {
	*front
	params  []*Parameter
	state   *State
	tokens  []int32
	weights kernel.Matrix // of the outputs in the loss

	ref     *reference
	initial [][]refPast // [stream][layer]
}

// stackVocab is small enough for tokens to repeat.
const stackVocab = 6

func newStackNet(t testing.TB, cfg RecurrentConfig, input int, lengths []int, workers int, table bool) *stackNet {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	embedding := newParameter("embedding.weight", stackVocab, input)
	recurrent := newRecurrent("rnn.", cfg, input)
	n := &stackNet{params: append([]*Parameter{embedding}, recurrent.parameters()...), state: recurrent.newState(len(lengths))}
	fillAll(n.params, rng)
	fillState(n.state, rng)
	embedding.enableGrad()
	recurrent.enableGrad()

	var seq sequence
	seq.setLengths(lengths)
	p := newPass(recurrent, seq, testWorkers(t, workers), true)
	n.front = newFront(p, embedding, false, table)
	n.tokens = randomTokens(seq.rows(), stackVocab, rng)
	n.weights = kernel.NewMatrix(seq.rows(), cfg.Width())
	for r := range n.weights.Rows {
		fillUniform(n.weights.Row(r), 1, rng)
	}
	recurrent.pack(p.workers)

	n.ref = newReference(cfg, n.params)
	n.ref.dropping = true
	for b := range lengths {
		n.initial = append(n.initial, states(n.state, b))
	}
	return n
}

// output returns what the stack wrote last.
func (n *stackNet) output() kernel.Matrix { return n.inputs[len(n.inputs)-1] }

// run goes forward and backward once, as far back as the initial states.
func (n *stackNet) run() {
	p := n.front.pass
	for _, traces := range p.traces {
		for _, t := range traces {
			t.initialGrad = true
		}
	}
	p.load(n.state)
	n.front.forward(n.tokens)
	p.forward()
	n.outputGrads().CopyFrom(n.weights)
	p.backward()
	n.front.backward()
}

func (n *stackNet) outputGrads() kernel.Matrix { return n.grads[len(n.grads)-1] }

// variables lists what the loss depends on, once run has filled the gradients: parameters and initial states.
func (n *stackNet) variables() []variable {
	list := gradientsOf(n.params, n.ref)
	i := 0
	for _, traces := range n.traces {
		for _, t := range traces {
			for b := range n.seq.streams {
				list = append(list, variable{"initial h of " + t.whh.Name, n.initial[b][i][0].h, widen(t.dh.Row(b))})
				if t.cell == LSTM {
					list = append(list, variable{"initial c of " + t.whh.Name, n.initial[b][i][0].c, widen(t.dc.Row(b))})
				}
			}
			i++
		}
	}
	return list
}

// reference returns the loss and the results of the streams.
func (n *stackNet) reference() (loss float64, results []refResult) {
	streams := make([]refStream, n.seq.streams)
	for b := range streams {
		streams[b].initial = n.initial[b]
		streams[b].x = make([][]float64, n.seq.length(b))
	}
	for b := range streams {
		for t := range streams[b].x {
			streams[b].x[t] = n.ref.token(n.tokens[packedRow(streams, t, b)], n.input)
		}
	}
	results = n.ref.run(streams)
	for b, result := range results {
		for t, out := range result.out {
			for j, w := range n.weights.Row(packedRow(streams, t, b)) {
				loss += float64(w) * out[j]
			}
		}
	}
	return loss, results
}
