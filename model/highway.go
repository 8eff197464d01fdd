package model

import (
	"math/rand/v2"

	"github.com/textgen-go/textgen/internal/kernel"
)

// highway joins a layer's output to its input by a gate that is learned (Srivastava et al. 2015, eq. 3):
//
//	y = T⊙h + (1−T)⊙x, T = σ(W·x + b)
//
// where h is the layer's output, with what is dropped of it, and x its input. It begins with b = −1: the input passes for
// the most part, and so do gradients. W·x + b is a linear layer as a head is, W being [W, W].
type highway struct{ *head }

func newHighway(prefix, suffix string, width int) *highway {
	h := &highway{&head{
		weight: newParameter(prefix+"weight_highway"+suffix, width, width),
		bias:   newParameter(prefix+"bias_highway"+suffix, width),
	}}
	h.setPrecision(Float32)
	return h
}

func (h *highway) initialise(cfg Init, rng *rand.Rand) {
	cfg.fill(h.weight, rng, func() { fillXavier(h.weight, rng) })
	for i := range h.bias.Value {
		h.bias.Value[i] = highwayBias
	}
}

// highwayBias is what the paper takes for networks of some ten layers.
const highwayBias = -1

func (h *highway) parameters() []*Parameter { return []*Parameter{h.weight, h.bias} }

// highwayTrace is what a highway remembers of a window.
type highwayTrace struct {
	*highway
	gate kernel.Matrix // [R][W] T, then the gradients of its pre-activations
	step kernel.Matrix // [R][W] h − x
}

func (t *highwayTrace) resize(rows int) {
	t.gate.Resize(rows, t.weight.Shape[0])
	t.step.Resize(rows, t.weight.Shape[0])
}

// project computes the gate's pre-activations from the layer's input.
func (t *highwayTrace) project(x kernel.Matrix, w *Workers) {
	w.Mul(t.gate, x, t.w, kernel.Bias, t.bias.Value)
}

// join turns a row of y that holds h into h's mixture with x.
func (t *highwayTrace) join(row int, y, x []float32) {
	gate, step := t.gate.Row(row), t.step.Row(row)
	kernel.Sigmoid(gate)
	for j, v := range x {
		step[j] = y[j] - v
		y[j] = v + gate[j]*step[j]
	}
}

// unjoin overwrites a row of dx with the gradient that the gate lets through to the input, and dy, that of the mixture,
// with that of h.
func (t *highwayTrace) unjoin(row int, dy, dx []float32) {
	gate, step := t.gate.Row(row), t.step.Row(row)
	for j, d := range dy {
		g := gate[j]
		dx[j] = d * (1 - g)
		dy[j] = d * g
		gate[j] = d * step[j] * g * (1 - g)
	}
}

// inputGrads adds the gradient of the input that comes through the gate.
func (t *highwayTrace) inputGrads(dx kernel.Matrix, w *Workers) {
	w.Mul(dx, t.gate, t.wT, kernel.Accumulate, nil)
}

// weightGrads overwrites the gradients of the parameters.
func (t *highwayTrace) weightGrads(x kernel.Matrix, w *Workers) {
	w.MulTN(t.precision, t.gate, t.bias.Grad, kernel.Overwrite, kernel.Right{C: t.weight.gradMatrix(), B: x})
}
