package model

import "github.com/textgen-go/textgen/internal/kernel"

// layerNorm normalises what a cell adds up (Ba et al. 2016, eq. 20–22 and 29–31): over the H units of each gate, what
// comes from the input and what comes from the state by themselves, and of an LSTM the state on its way to the output. In
// the cells' formulas it replaces
//
//	W_ih·x + b_ih by gain_ih⊙norm(W_ih·x) + b_ih,  W_hh·h + b_hh by gain_hh⊙norm(W_hh·h) + b_hh
//	tanh c' by tanh(gain_c⊙norm(c') + b_c)
//
// with norm(a) = (a − mean a)/√(var a + 1e-5). The paper takes all gates of an LSTM together, and of a tanh network the
// sum of the two parts; gate by gate is the common form of later programs.
type layerNorm struct {
	gainIH, gainHH *Parameter // [G·H]
	gainC, biasC   *Parameter // [H], of an LSTM; else nil
}

func newLayerNorm(prefix, suffix string, cell Cell, hidden int) *layerNorm {
	rows := cell.gates() * hidden
	n := &layerNorm{gainIH: newParameter(prefix+"gain_ih"+suffix, rows), gainHH: newParameter(prefix+"gain_hh"+suffix, rows)}
	if cell == LSTM {
		n.gainC, n.biasC = newParameter(prefix+"gain_c"+suffix, hidden), newParameter(prefix+"bias_c"+suffix, hidden)
	}
	return n
}

// parameters returns those of a layer's norm, which may be nil.
func (n *layerNorm) parameters() []*Parameter {
	switch {
	case n == nil:
		return nil
	case n.gainC == nil:
		return []*Parameter{n.gainIH, n.gainHH}
	}
	return []*Parameter{n.gainIH, n.gainHH, n.gainC, n.biasC}
}

// initialise lets the norm begin with gains of one.
func (n *layerNorm) initialise() {
	for _, p := range n.parameters() {
		if p != n.biasC {
			for i := range p.Value {
				p.Value[i] = 1
			}
		}
	}
}

// normed is what a norm remembers of R products [R][blocks·H]: the x̂, and one scale a block.
type normed struct {
	x     kernel.Matrix
	scale kernel.Matrix // [R][blocks]
	dx    kernel.Matrix // gradients of the products
}

func (n *normed) resize(rows, blocks, hidden int, training bool) {
	n.x.Resize(rows, blocks*hidden)
	n.scale.Resize(rows, blocks)
	if training {
		n.dx.Resize(rows, blocks*hidden)
	}
}

// forward normalises a row, block by block, and adds the result to dst.
func (n *normed) forward(dst []float32, row int, gain, bias []float32) {
	x, scale := n.x.Row(row), n.scale.Row(row)
	h := len(x) / len(scale)
	for b := range scale {
		from, to := b*h, (b+1)*h
		scale[b] = kernel.NormForward(dst[from:to], x[from:to], gain[from:to], bias[from:to])
	}
}

// backward overwrites a row of dx from the gradient dy of the result.
func (n *normed) backward(dy []float32, row int, gain []float32) {
	x, dx, scale := n.x.Row(row), n.dx.Row(row), n.scale.Row(row)
	h := len(x) / len(scale)
	for b := range scale {
		from, to := b*h, (b+1)*h
		kernel.NormBackward(dx[from:to], dy[from:to], x[from:to], gain[from:to], scale[b])
	}
}

// normTrace is what a layer's norm remembers of a window.
type normTrace struct {
	*layerNorm
	trace            *trace
	input, recurrent normed
	cell             normed
	dcell            kernel.Matrix // [R][H] gradient of the normalised c, then of its norm's result
	dout, zero       kernel.Matrix // [B][H] gradient of the output gate's pre-activation; zeros
	projected        kernel.Matrix // the normalised W_ih·x: the gates or, of all tokens, a table; on the way back their gradients

	inputJob, inputBackJob, inputGainJob, gainJob func(int, *kernel.Scratch)
}

// withLayerNorm gives a trace its norm, if the layer has one.
func withLayerNorm(t *trace) {
	if t.layer.norm == nil {
		return
	}
	n := &normTrace{layerNorm: t.layer.norm, trace: t}
	n.inputJob, n.inputBackJob, n.inputGainJob, n.gainJob = n.inputRows, n.inputBackRows, n.inputGainColumns, n.gainColumns
	t.norms = n
}

// resize makes room for the trace's sequence.
func (n *normTrace) resize() {
	t := n.trace
	rows, gates := t.seq.rows(), t.layer.cell.gates()
	n.recurrent.resize(rows, gates, t.hidden, t.training)
	if t.layer.cell == LSTM {
		n.cell.resize(rows, 1, t.hidden, t.training)
		n.dcell.Resize(rows, t.hidden)
		n.dout.Resize(t.seq.streams, t.hidden)
		n.zero.Resize(t.seq.streams, t.hidden)
	}
}

// project computes the input's part of the pre-activations from the inputs x, or from all tokens' for a table.
func (n *normTrace) project(to, x kernel.Matrix) {
	t := n.trace
	n.projected = to
	n.input.resize(x.Rows, t.layer.cell.gates(), t.hidden, t.training)
	t.workers.Mul(n.input.x, x, t.wx, kernel.Overwrite, nil)
	t.workers.Run(n.inputJob)
}

func (n *normTrace) inputRows(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(n.projected.Rows, 1, worker, n.trace.workers.Len())
	for r := from; r < to; r++ {
		clear(n.projected.Row(r))
		n.input.forward(n.projected.Row(r), r, n.gainIH.Value, n.trace.bih.Value)
	}
}

// recur computes the state's part: added to that of the input or, for a GRU, beside it.
func (n *normTrace) recur(s *kernel.Scratch, run span) {
	t := n.trace
	s.Mul(run.at(n.recurrent.x), run.before(t.h), t.wh, 0, t.wh.Panels(), kernel.Overwrite, nil)
	to := t.step.projected()
	for r := run.row; r < run.row+run.n; r++ {
		if t.layer.cell == GRU {
			clear(to.Row(r))
		}
		n.recurrent.forward(to.Row(r), r, n.gainHH.Value, t.bhh.Value)
	}
}

// output replaces the h that an LSTM's cell has computed by that of the normalised c.
func (n *normTrace) output(run span) {
	t := n.trace
	h, c := t.computed(run), run.after(t.c, t.seq.streams)
	for i := range run.n {
		r := run.row + i
		copy(n.cell.x.Row(r), c.Row(i))
		squashed := t.tanhC.Row(r)
		clear(squashed)
		n.cell.forward(squashed, r, n.gainC.Value, n.biasC.Value)
		kernel.Tanh(squashed)
		kernel.Hadamard(h.Row(i), t.gates.Row(r)[3*t.hidden:], squashed)
	}
}

// outputBack is output's backward: it adds to dc, takes the output gate's gradient aside and returns what is left of dh
// for the cell, which is nothing.
func (n *normTrace) outputBack(run span) (dh kernel.Matrix) {
	t := n.trace
	given, dc, dout := run.after(t.dh, t.seq.streams), run.streams(t.dc), run.streams(n.dout)
	for i := range run.n {
		r := run.row + i
		o, squashed, d, a := t.gates.Row(r)[3*t.hidden:], t.tanhC.Row(r), n.dcell.Row(r), n.cell.dx.Row(r)
		kernel.Hadamard(d, given.Row(i), o)       // dh⊙o
		kernel.Hadamard(dout.Row(i), d, squashed) // dh⊙o⊙tanh
		kernel.Hadamard(a, dout.Row(i), squashed) // dh⊙o⊙tanh²
		kernel.Axpy(d, -1, a)                     // dh⊙o⊙(1−tanh²)
		kernel.Hadamard(a, dout.Row(i), o)        // dh⊙o²⊙tanh
		kernel.Axpy(dout.Row(i), -1, a)           // dh⊙tanh⊙o(1−o)
		n.cell.backward(d, r, n.gainC.Value)      // a is its dx
		kernel.Add(dc.Row(i), n.cell.dx.Row(r))
	}
	return run.streams(n.zero)
}

// putOutput puts the output gate's gradient in its place.
func (n *normTrace) putOutput(run span) {
	for i := range run.n {
		copy(n.trace.gates.Row(run.row + i)[3*n.trace.hidden:], n.dout.Row(run.stream+i))
	}
}

// recurBack returns the gradients of run's W_hh·h.
func (n *normTrace) recurBack(run span) kernel.Matrix {
	grads := n.trace.step.projected()
	for r := run.row; r < run.row+run.n; r++ {
		n.recurrent.backward(grads.Row(r), r, n.gainHH.Value)
	}
	return run.at(n.recurrent.dx)
}

// projectBack computes the gradients of W_ih·x from those of what project made of it.
func (n *normTrace) projectBack(grads kernel.Matrix) {
	n.projected = grads
	n.trace.workers.Run(n.inputBackJob)
}

func (n *normTrace) inputBackRows(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(n.projected.Rows, 1, worker, n.trace.workers.Len())
	for r := from; r < to; r++ {
		n.input.backward(n.projected.Row(r), r, n.gainIH.Value)
	}
}

// inputGains overwrites the gradients of the input's gains and biases, after projectBack.
func (n *normTrace) inputGains() { n.trace.workers.Run(n.inputGainJob) }

func (n *normTrace) inputGainColumns(worker int, _ *kernel.Scratch) {
	n.gainGrad(n.gainIH, n.trace.bih, n.projected, n.input.x, worker)
}

// weightGrads overwrites the gradients of the layer's parameters, but those of W_ih, its gains and biases where a table
// projects the input.
func (n *normTrace) weightGrads(recurrent, input kernel.Right) {
	t, w := n.trace, n.trace.workers
	w.MulTN(t.precision, n.recurrent.dx, nil, kernel.Overwrite, recurrent)
	if !t.tabled() {
		w.MulTN(t.precision, n.input.dx, nil, kernel.Overwrite, input)
		n.inputGains()
	}
	w.Run(n.gainJob)
}

// gainColumns computes a worker's columns of the other gains' and biases' gradients.
func (n *normTrace) gainColumns(worker int, _ *kernel.Scratch) {
	t := n.trace
	n.gainGrad(n.gainHH, t.bhh, t.step.projected(), n.recurrent.x, worker)
	if n.gainC != nil {
		n.gainGrad(n.gainC, n.biasC, n.dcell, n.cell.x, worker)
	}
}

// gainGrad overwrites a worker's columns of the gradients of gain, Σ dy⊙x̂, and bias, Σ dy, over the rows in their order.
func (n *normTrace) gainGrad(gain, bias *Parameter, dy, x kernel.Matrix, worker int) {
	from, to := kernel.Span(gain.Len(), 16, worker, n.trace.workers.Len())
	gains, biases := gain.Grad[from:to], bias.Grad[from:to]
	clear(gains)
	clear(biases)
	for r := range dy.Rows {
		row := dy.Row(r)[from:to]
		kernel.HadamardAdd(gains, row, x.Row(r)[from:to])
		kernel.Add(biases, row)
	}
}
