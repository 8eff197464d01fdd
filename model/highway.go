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

	numbers    []int32       // of each row, the row of a table that holds its T; nil: there is none
	tableX     kernel.Matrix // [D][W] what the table is computed from
	table      kernel.Matrix // [D][W]
	tableGrads kernel.Matrix // of the pre-activations of table
}

func (t *highwayTrace) resize(rows int) {
	t.gate.Resize(rows, t.weight.Shape[0])
	t.step.Resize(rows, t.weight.Shape[0])
}

// lookUp lets the gates of the rows be looked up in a table of those of x; nil: they are computed row by row.
func (t *highwayTrace) lookUp(numbers []int32, x kernel.Matrix) {
	if t.numbers, t.tableX = numbers, x; numbers != nil {
		t.table.Resize(x.Rows, x.Cols)
	}
}

// tabled reports whether the gates are looked up.
func (t *highwayTrace) tabled() bool { return t.numbers != nil }

func (t *highwayTrace) resizeTableGrads() { t.tableGrads.Resize(t.table.Rows, t.table.Cols) }

// project computes the gate's pre-activations from the layer's input, or a table of them.
func (t *highwayTrace) project(x kernel.Matrix, w *Workers) {
	to := t.gate
	if t.tabled() {
		to, x = t.table, t.tableX
	}
	w.Mul(to, x, t.w, kernel.Bias, t.bias.Value)
}

// join turns a row of y that holds h into h's mixture with x.
func (t *highwayTrace) join(row int, y, x []float32) {
	gate, step := t.gate.Row(row), t.step.Row(row)
	if t.tabled() {
		copy(gate, t.table.Row(int(t.numbers[row])))
	}
	kernel.Sigmoid(gate)
	copy(step, y)
	kernel.Axpy(step, -1, x)
	copy(y, x)
	kernel.HadamardAdd(y, gate, step)
}

// unjoin overwrites a row of dx with the gradient that the gate lets through to the input, and dy, that of the mixture,
// with that of h.
func (t *highwayTrace) unjoin(row int, dy, dx []float32) {
	gate, step := t.gate.Row(row), t.step.Row(row)
	copy(dx, dy)
	kernel.Hadamard(dy, dy, gate)
	kernel.Axpy(dx, -1, dy)         // dy⊙(1−T)
	kernel.Hadamard(gate, gate, dx) // dy⊙T⊙(1−T)
	kernel.Hadamard(gate, gate, step)
}

// inputGrads adds to dx what comes through the gate, from the gradients of its pre-activations.
func (t *highwayTrace) inputGrads(dx, grads kernel.Matrix, w *Workers) {
	w.Mul(dx, grads, t.wT, kernel.Accumulate, nil)
}

// weightGrads overwrites the gradients of the parameters, from those of the pre-activations that were computed from x.
func (t *highwayTrace) weightGrads(x, grads kernel.Matrix, w *Workers) {
	w.MulTN(t.precision, grads, t.bias.Grad, kernel.Overwrite, kernel.Right{C: t.weight.gradMatrix(), B: x})
}
