package model

import (
	"math"
	"math/rand/v2"
	"testing"
)

// transducerNet is a transducer over one batch, beside its reference. Its loss is the sum of all answers, weighted at
// random.
type transducerNet struct {
	*Transducer
	pass    *Transduction
	inputs  []float32
	weights []float32 // of the answers in the loss
	ref     *reference
}

func newTransducerNet(t *testing.T, cfg RecurrentConfig, steps, streams, answers int) *transducerNet {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 8))
	m, err := NewTransducer(TransducerConfig{Inputs: 2, Outputs: 3, RecurrentConfig: cfg}, rng)
	if err != nil {
		t.Fatal(err)
	}
	fillAll(m.Parameters(), rng)
	w := testWorkers(t, 2)
	n := &transducerNet{
		Transducer: m, pass: m.NewTransduction(w, steps, streams, answers),
		inputs: make([]float32, steps*streams*2), weights: make([]float32, answers*streams*3),
	}
	fillUniform(n.inputs, 1, rng)
	fillUniform(n.weights, 1, rng)
	m.Pack(w)
	n.ref = newReference(cfg, m.Parameters())
	n.ref.dropping = true
	return n
}

// reference returns what every stream adds to the loss, and the answers as Forward has them.
func (n *transducerNet) reference() (losses, answers []float64) {
	p := n.pass
	streams := make([]refStream, p.Streams)
	for b := range streams {
		streams[b].initial = states(n.recurrent.newState(p.Streams), b)
		for t := range p.Steps {
			at := (t*p.Streams + b) * n.cfg.Inputs
			streams[b].x = append(streams[b].x, widen(n.inputs[at:at+n.cfg.Inputs]))
		}
	}
	losses, answers = make([]float64, p.Streams), make([]float64, len(n.weights))
	for b, result := range n.ref.run(streams) {
		for a := range p.Answers {
			for i := range n.cfg.Outputs {
				at := (a*p.Streams+b)*n.cfg.Outputs + i
				answers[at] = affine(n.ref.weights["head.weight"], n.ref.weights["head.bias"], i, result.out[p.Steps-p.Answers+a])
				losses[b] += float64(n.weights[at]) * answers[at]
			}
		}
	}
	return losses, answers
}

func (n *transducerNet) loss() (sum float64) {
	losses, _ := n.reference()
	for _, l := range losses {
		sum += l
	}
	return sum
}

func TestTransducer(t *testing.T) {
	for _, cfg := range append(stackConfigs(2, 3), dilatedConfigs(2, 3)...) {
		if cfg.Bidirectional || cfg.EmbeddingDropout > 0 {
			continue
		}
		for _, answers := range []int{1, 3, 5} {
			t.Run(caseName(cfg, "answers ", answers), func(t *testing.T) {
				n := newTransducerNet(t, cfg, 5, 3, answers)
				n.ref.key = 81
				got := n.pass.Forward(n.inputs, 81)
				_, want := n.reference()
				compare(t, "answers", widen(got), want, forwardTolerance)
				copy(got, n.weights)
				n.pass.Backward()
				checkGradients(t, toleranceOf(cfg), gradientsOf(n.Parameters(), n.ref), n.loss)
				checkKinks(t, n.ref)
			})
		}
	}
}

// TestGradientByLag holds the norms of every layer and lag against central differences of each stream's loss.
func TestGradientByLag(t *testing.T) {
	const steps, streams = 5, 2
	var stacks []RecurrentConfig
	for _, cell := range Cells {
		stacks = append(stacks,
			RecurrentConfig{Cell: cell, Layers: 2, Hidden: 3, Residual: true}, RecurrentConfig{Cell: cell, Layers: 2, Hidden: 3, Dilation: 2})
	}
	for _, cfg := range stacks {
		n := newTransducerNet(t, cfg, steps, streams, 1)
		copy(n.pass.Forward(n.inputs, 0), n.weights)
		n.pass.Backward()
		for l := range cfg.Layers {
			want := make([]float64, steps)
			for k := range want {
				for b := range streams {
					want[k] += n.differenceNorm(b, l, steps-1-k) / streams
				}
			}
			compare(t, caseName(cfg)+": gradient by lag", n.pass.GradientByLag(l), want, gradientTolerance)
		}
	}
}

// differenceNorm is the norm of the gradient of a stream's loss with respect to the output of a layer at a step.
func (n *transducerNet) differenceNorm(stream, layer, step int) float64 {
	nudged := func(unit int, by float64) float64 {
		n.ref.nudge = func(l, t int, h []float64) {
			if l == layer && t == step {
				h[unit] += by
			}
		}
		losses, _ := n.reference()
		return losses[stream]
	}
	var squares float64
	for unit := range n.cfg.Hidden {
		d := (nudged(unit, difference) - nudged(unit, -difference)) / (2 * difference)
		squares += d * d
	}
	n.ref.nudge = nil
	return math.Sqrt(squares)
}

func TestTransducerConfig(t *testing.T) {
	good := TransducerConfig{Inputs: 2, Outputs: 1, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 1, Hidden: 4}}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(*TransducerConfig){
		func(c *TransducerConfig) { c.Inputs = 0 },
		func(c *TransducerConfig) { c.Outputs = 0 },
		func(c *TransducerConfig) { c.Cell = "" },
		func(c *TransducerConfig) { c.Bidirectional = true },
		func(c *TransducerConfig) { c.EmbeddingDropout = 0.1 },
	} {
		bad := good
		spoil(&bad)
		if _, err := NewTransducer(bad, rand.New(rand.NewPCG(1, 1))); err == nil {
			t.Errorf("%+v was built", bad)
		}
	}
}
