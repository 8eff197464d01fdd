package model

import (
	"fmt"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Transduction is the workspace of a [Transducer] over T steps of B streams of which the last A steps are answered. The
// streams start from zero. It is allocated once and serves any number of batches.
type Transduction struct {
	Steps, Streams, Answers int

	network *Transducer
	pass    *pass
	head    *head
	answers kernel.Matrix // [A·B][Outputs], then their gradients
}

// NewTransduction allocates a workspace for forward and backward passes, and the network's gradients, which it shares
// with other workspaces. The network must be packed afterwards. Answers is from 1 to steps.
func (m *Transducer) NewTransduction(w *Workers, steps, streams, answers int) *Transduction {
	m.enableGrad()
	p := newPass(m.recurrent, uniformSequence(steps, streams), w, true)
	p.connectInput()
	rows := answers * streams
	return &Transduction{
		Steps: steps, Streams: streams, Answers: answers, network: m, pass: p, head: m.head,
		answers: kernel.View(kernel.Aligned(rows*m.cfg.Outputs), rows, m.cfg.Outputs),
	}
}

// Forward returns the outputs of the last A steps, [A][B][Outputs], for inputs [T][B][Inputs]. Where they stand, Backward
// expects the gradients of the loss with respect to them; the next Forward overwrites both. It drops out with masks made
// from dropoutKey. Inputs of another size, and a network that is not packed, are a caller's bug and panic.
func (t *Transduction) Forward(inputs []float32, dropoutKey uint64) []float32 {
	p := t.pass
	mustBePacked(t.network.packed)
	if want := t.Steps * t.Streams * p.input; len(inputs) != want {
		panic(fmt.Sprintf("model: %d inputs, want %d", len(inputs), want))
	}
	p.key = dropoutKey
	p.load(nil)
	x := kernel.View(inputs, p.seq.rows(), p.input)
	for r := range x.Rows {
		p.drop(p.inputs[0].Row(r), x.Row(r), 0, p.maskRow(r)*x.Cols)
	}
	for _, trace := range p.traces[0] {
		trace.project()
	}
	p.forward()
	p.workers.Mul(t.answers, t.answered(p.inputs), t.head.w, kernel.Bias, t.head.bias.Value)
	return t.answers.Data
}

// Backward overwrites the gradient of every parameter, by backpropagation through all steps. The caller has replaced the
// outputs by the gradients of its loss with respect to them.
func (t *Transduction) Backward() {
	p := t.pass
	top := len(p.grads) - 1
	p.grads[top].Zero()
	p.workers.Mul(t.answered(p.grads), t.answers, t.head.wT, kernel.Overwrite, nil)
	weight := kernel.Right{C: t.head.weight.gradMatrix(), B: t.answered(p.inputs)}
	p.workers.MulTN(t.head.precision, t.answers, t.head.bias.Grad, kernel.Overwrite, weight)
	p.backward()
}

// GradientByLag measures the last Backward: ‖∂L_b/∂h_{T−k}‖₂ of a layer's output h by the lag k from 0 to T−1, averaged
// over the streams, where L_b is what stream b adds to the loss. If the gradients were zero but for the last step's, it is
// the curve that a [Probe] measures of a language model.
func (t *Transduction) GradientByLag(layer int) []float64 {
	byLag := make([]float64, t.Steps)
	normsByLag(byLag, t.pass.traces[layer][0].outputGrad(), t.Streams)
	return byLag
}

// answered returns the rows of the last A steps of what stands behind the last layer.
func (t *Transduction) answered(joins []kernel.Matrix) kernel.Matrix {
	rows := t.pass.seq.rows()
	return joins[len(joins)-1].RowRange(rows-t.answers.Rows, rows)
}
