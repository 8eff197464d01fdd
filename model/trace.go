package model

import "github.com/textgen-go/textgen/internal/kernel"

// trace is what one layer remembers of a window for its backward pass: with R rows and B streams, R·(G+4)·H floats for
// an LSTM, R·(6+2)·H for a GRU, R·3·H for an RNN.
type trace struct {
	*layer
	seq      sequence
	workers  *Workers
	training bool
	alone    bool    // h and dh belong to this direction alone; else the pass gives both directions theirs
	prev     []int32 // the row of h that precedes each row
	inOrder  bool    // prev is every row's own number

	x     kernel.Matrix // [R][In] input, a view of what the layer below wrote; of a table [D][In]
	dx    kernel.Matrix // gradient of x
	gates kernel.Matrix // [R][G·H] pre-activations, then activations, then their gradients
	carry kernel.Matrix // [R][3·H] GRU: W_hh·h + b_hh, then its gradient
	h     kernel.Matrix // [B+R][H] initial states, then outputs
	c     kernel.Matrix // [B+R][H] LSTM: the cell's state
	tanhC kernel.Matrix // [R][H]
	dh    kernel.Matrix // [B+R][H] gradients of h
	dc    kernel.Matrix // [B][H] gradient of c on its way back; GRU: gradients that are not wanted
	step  cellStep

	wh, whT *kernel.Packed // the layer's, or what weight drop leaves of them
	drop    *weightDrop    // nil: none
	zone    *zoneout       // nil: none
	fresh   kernel.Matrix  // [R][H] with zoneout: h as the cell computes it
	norms   *normTrace     // nil: none

	dxMode  kernel.Mode   // what the gradient of x starts from
	stepped bool          // the input is projected in the time loop
	numbers []int32       // of each row, the row of x and of table; nil: its own, and there is no table
	table   kernel.Matrix // [D][G·H] projections of x

	// initialGrad asks for the gradient of the initial states, too, which truncated BPTT does not need.
	initialGrad bool

	forwardJob, backwardJob func(int, *kernel.Scratch)
}

// cellStep is the part of a layer that differs from cell to cell: one time step of some streams, given by their rows.
type cellStep interface {
	forward(s *kernel.Scratch, run span)
	// backward turns the gradient of a row's h into that of its pre-activations and adds to the gradient of prev's h.
	backward(s *kernel.Scratch, run span)
	// projected returns what W_hh·h + b_hh goes into, [R][G·H], and on the way back its gradients.
	projected() kernel.Matrix
}

// newTrace returns a trace without memory; resize gives it some.
func newTrace(l *layer, w *Workers, training bool) *trace {
	t := &trace{layer: l, workers: w, training: training, alone: !l.cfg.Bidirectional}
	switch l.cell {
	case LSTM:
		t.step = lstmTrace{t}
	case GRU:
		t.step = gruTrace{t}
	case ReLURNN:
		t.step = reluTrace{t}
	default:
		t.step = tanhTrace{t}
	}
	t.step = withZoneout(t, t.step)
	withLayerNorm(t)
	if training && l.cfg.WeightDrop > 0 {
		t.drop = newWeightDrop(l)
	}
	t.forwardJob, t.backwardJob = t.forwardStreams, t.backwardStreams
	return t
}

// resize makes room for seq.
func (t *trace) resize(seq sequence) {
	seq = seq.dilated(t.distance)
	rows, states := seq.rows(), seq.streams+seq.rows()
	t.seq = seq
	t.prev, t.inOrder = seq.predecessors(t.prev[:0], t.reverse)
	t.gates.Resize(rows, t.rows())
	if t.alone {
		t.h.Resize(states, t.hidden)
	}
	switch t.cell {
	case LSTM:
		t.c.Resize(states, t.hidden)
		t.tanhC.Resize(rows, t.hidden)
	case GRU:
		t.carry.Resize(rows, t.rows())
	}
	if t.training && t.alone {
		t.dh.Resize(states, t.hidden)
	}
	if t.training {
		t.dc.Resize(seq.streams, t.hidden)
	}
	if t.zone != nil {
		t.zone.resize()
	}
	if t.norms != nil {
		t.norms.resize()
	}
}

// output returns the rows of h that are the layer's output.
func (t *trace) output() kernel.Matrix { return t.h.RowRange(t.seq.streams, t.h.Rows) }

// outputGrad returns the gradients of the output's rows.
func (t *trace) outputGrad() kernel.Matrix { return t.dh.RowRange(t.seq.streams, t.dh.Rows) }

// connect sets the input and the gradient of it, after resize.
func (t *trace) connect(x, dx kernel.Matrix, mode kernel.Mode) {
	t.x, t.dx, t.dxMode = x, dx, mode
	rowsPerStep := t.seq.rows() / (t.seq.steps() * t.workers.Len())
	t.stepped = t.norms == nil && rowsPerStep >= leastStepRows && (t.input+t.hidden)*t.rows() <= mostStepWeights
}

// lookUp lets the time loop take the projection of a row's input from a table, after connect; nil: it does not.
func (t *trace) lookUp(numbers []int32) {
	if t.numbers = numbers; numbers != nil {
		t.table.Resize(t.x.Rows, t.rows())
		t.stepped = false
	}
}

// tabled reports whether a table projects the input.
func (t *trace) tabled() bool { return t.numbers != nil }

// A layer's input is projected in the time loop, where the gates then are in the cache, if each worker has enough rows a
// step to make good use of the weights and if those fit in its cache beside the rest; else all steps at once.
const (
	leastStepRows   = 8
	mostStepWeights = 160 << 10
)

// project computes the input's part of the pre-activations for the whole window, or a table of it.
func (t *trace) project() {
	to := t.gates
	if t.tabled() {
		to = t.table
	}
	switch {
	case t.norms != nil:
		t.norms.project(to, t.x)
	case !t.stepped:
		t.workers.Mul(to, t.x, t.wx, kernel.Bias, t.bias)
	}
}

// draw chooses what is random in a window.
func (t *trace) draw(noisy bool, key uint64) {
	if t.zone != nil {
		t.zone.draw(noisy, key)
	}
	t.wh, t.whT = t.layer.wh, t.layer.whT
	if t.drop != nil {
		t.wh, t.whT = t.drop.draw(noisy, key, t.workers)
	}
}

// forward runs the time loop over the projected input.
func (t *trace) forward() { t.workers.Run(t.forwardJob) }

func (t *trace) forwardStreams(worker int, s *kernel.Scratch) {
	from, to := kernel.Span(t.seq.streams, 1, worker, t.workers.Len())
	for i := range t.seq.steps() {
		runs, n := t.seq.spans(t.seq.at(i, t.reverse), t.reverse, from, to)
		for _, run := range runs[:n] {
			t.begin(s, run)
			t.step.forward(s, run)
		}
	}
}

// begin lays the input's part of the pre-activations of run out, unless that has been done for the whole window.
func (t *trace) begin(s *kernel.Scratch, run span) {
	switch {
	case t.stepped:
		s.Mul(run.at(t.gates), run.at(t.x), t.wx, 0, t.wx.Panels(), kernel.Bias, t.bias)
	case t.tabled():
		for r := run.row; r < run.row+run.n; r++ {
			copy(t.gates.Row(r), t.table.Row(int(t.numbers[r])))
		}
	}
}

// backward runs the time loop in reverse and leaves the gradients of the pre-activations in gates.
func (t *trace) backward() {
	t.dc.Zero()
	if t.initialGrad {
		t.dh.RowRange(0, t.seq.streams).Zero()
	}
	t.workers.Run(t.backwardJob)
	if t.norms != nil && !t.tabled() {
		t.norms.projectBack(t.gates)
	}
}

func (t *trace) backwardStreams(worker int, s *kernel.Scratch) {
	from, to := kernel.Span(t.seq.streams, 1, worker, t.workers.Len())
	for i := t.seq.steps() - 1; i >= 0; i-- {
		runs, n := t.seq.spans(t.seq.at(i, t.reverse), t.reverse, from, to)
		for _, run := range runs[:n] {
			t.step.backward(s, run)
			if t.stepped {
				s.Mul(run.at(t.dx), run.at(t.gates), t.wxT, 0, t.wxT.Panels(), t.dxMode, nil)
			}
		}
	}
}

// computed returns the rows of h as the cell computes them.
func (t *trace) computed(run span) kernel.Matrix {
	if t.zone != nil {
		return run.at(t.fresh)
	}
	return run.after(t.h, t.seq.streams)
}

// recur adds W_hh·h to the projected input.
func (t *trace) recur(s *kernel.Scratch, run span) {
	if t.norms != nil {
		t.norms.recur(s, run)
		return
	}
	s.Mul(run.at(t.gates), run.before(t.h), t.wh, 0, t.wh.Panels(), kernel.Accumulate, nil)
}

// propagate adds W_hhᵀ times the gradients of W_hh·h to the gradient of the state before run.
func (t *trace) propagate(s *kernel.Scratch, run span) {
	grads := run.at(t.step.projected())
	if t.norms != nil {
		grads = t.norms.recurBack(run)
	}
	if t.propagates(run) {
		s.Mul(run.before(t.dh), grads, t.whT, 0, t.whT.Panels(), kernel.Accumulate, nil)
	}
}

// propagates reports whether the gradient of the state before run is wanted.
func (t *trace) propagates(run span) bool { return t.initialGrad || run.prev >= t.seq.streams }

// weightGrads overwrites the gradients of the recurrent weights and of the biases and, unless a table projects the input,
// of the input weights. The gradients of the gates are read once for all that comes from them.
func (t *trace) weightGrads() {
	recurrent, input := kernel.Right{C: t.whh.gradMatrix(), B: t.h, Rows: t.prev}, kernel.Right{C: t.wih.gradMatrix(), B: t.x}
	if t.inOrder {
		recurrent.B, recurrent.Rows = t.h.RowRange(0, t.seq.rows()), nil
	}
	rights := [...]kernel.Right{recurrent, input}
	n := len(rights)
	if t.tabled() {
		n--
	}
	switch {
	case t.norms != nil:
		t.norms.weightGrads(recurrent, input)
	case t.cell == GRU:
		t.workers.MulTN(t.precision, t.step.projected(), t.bhh.Grad, kernel.Overwrite, recurrent)
		t.workers.MulTN(t.precision, t.gates, t.bih.Grad, kernel.Overwrite, rights[1:n]...)
	default:
		t.workers.MulTN(t.precision, t.gates, t.bih.Grad, kernel.Overwrite, rights[:n]...)
		copy(t.bhh.Grad, t.bih.Grad)
	}
	if t.drop != nil {
		t.drop.mask(t.whh.Grad, t.whh.Grad)
	}
}

// tableGrads computes the gradients of the input weights, and of the table's input, from those of its projections.
func (t *trace) tableGrads(grads kernel.Matrix, mode kernel.Mode) {
	if t.norms != nil {
		t.norms.projectBack(grads)
		t.norms.inputGains()
		grads = t.norms.input.dx
	}
	t.workers.MulTN(t.precision, grads, nil, kernel.Overwrite, kernel.Right{C: t.wih.gradMatrix(), B: t.x})
	t.workers.Mul(t.dx, grads, t.wxT, mode, nil)
}

// inputGrads computes the gradient of the input.
func (t *trace) inputGrads() {
	switch {
	case t.norms != nil:
		t.workers.Mul(t.dx, t.norms.input.dx, t.wxT, t.dxMode, nil)
	case !t.stepped:
		t.workers.Mul(t.dx, t.gates, t.wxT, t.dxMode, nil)
	}
}

// at returns the rows of m that belong to run; before returns those of their predecessors, from a matrix with initial
// states in front, and after those of run itself there.
func (r span) at(m kernel.Matrix) kernel.Matrix { return m.RowRange(r.row, r.row+r.n) }

func (r span) before(m kernel.Matrix) kernel.Matrix { return m.RowRange(r.prev, r.prev+r.n) }

func (r span) after(m kernel.Matrix, streams int) kernel.Matrix {
	return m.RowRange(streams+r.row, streams+r.row+r.n)
}

func (r span) streams(m kernel.Matrix) kernel.Matrix { return m.RowRange(r.stream, r.stream+r.n) }
