package model

import "github.com/textgen-go/textgen/internal/kernel"

// layerScan is one layer in one direction that goes over documents chunk by chunk and remembers nothing but their state.
type layerScan struct {
	*layer
	residual bool
	column   int           // of the direction in the layer's input, for a residual
	h, c     kernel.Matrix // [docs][H]
	tanhC    kernel.Matrix // [docs][H] LSTM
	carry    kernel.Matrix // [docs][3·H] GRU: W_hh·h + b_hh
	gates    kernel.Matrix // [chunk][G·H]
	y        kernel.Matrix // [chunk][H]
	alone    kernel.Step   // LSTM: of a document that is alone,
	blocks   int           // if there is a kernel for it
}

// begin sets the state of all documents to zero.
func (l *layerScan) begin(docs int) {
	l.h.Resize(docs, l.hidden)
	l.h.Zero()
	switch l.cell {
	case LSTM:
		l.c.Resize(docs, l.hidden)
		l.c.Zero()
		l.tanhC.Resize(docs, l.hidden)
		l.alone, l.blocks = kernel.Step{Wh: l.wh, C: l.c.Row(0)}, l.wh.StepBlocks()
	case GRU:
		l.carry.Resize(docs, l.rows())
	}
}

// forward returns the outputs of a chunk, [rows][H], from its inputs x.
func (l *layerScan) forward(s *kernel.Scratch, x kernel.Matrix, at *chunk) kernel.Matrix {
	l.gates.Resize(at.rows(), l.rows())
	l.project(s, l.gates, x)
	y := l.recur(s, at)
	if l.residual {
		for r := range y.Rows {
			kernel.Add(y.Row(r), x.Row(r)[l.column:l.column+l.hidden])
		}
	}
	return y
}

// project computes the input's part of pre-activations.
func (l *layerScan) project(s *kernel.Scratch, gates, x kernel.Matrix) {
	s.Mul(gates, x, l.wx, 0, l.wx.Panels(), kernel.Bias, l.bias)
}

// recur runs the time loop over the projected input of a chunk in gates and returns the states, [rows][H]. A step reads the
// state where the one before has left it.
func (l *layerScan) recur(s *kernel.Scratch, at *chunk) kernel.Matrix {
	l.y.Resize(at.rows(), l.hidden)
	prev := l.h
	for n := range at.steps() {
		i := at.at(n, l.reverse)
		gates, y := at.step(l.gates, i), at.step(l.y, i)
		if prev.Rows < gates.Rows { // read backwards, documents begin
			l.keep(prev)
			prev = l.h
		}
		l.step(s, y, prev.RowRange(0, gates.Rows), gates)
		prev = y
	}
	l.keep(prev)
	return l.y
}

// keep stores the state of the first documents.
func (l *layerScan) keep(h kernel.Matrix) { l.h.RowRange(0, h.Rows).CopyFrom(h) }

// step computes the next state of some documents from the last one and their projected input.
func (l *layerScan) step(s *kernel.Scratch, next, prev, gates kernel.Matrix) {
	switch {
	case l.cell == GRU:
		carry := l.carry.RowRange(0, gates.Rows)
		s.Mul(carry, prev, l.wh, 0, l.wh.Panels(), kernel.Bias, l.bhh.Value)
		kernel.GRUForward(next, gates, carry, prev)
		return
	case l.blocks > 0 && gates.Rows == 1:
		l.alone.Start, l.alone.Prev, l.alone.H = gates.Row(0), prev.Row(0), next.Row(0)
		s.Step(&l.alone, 0, l.blocks)
		return
	}
	s.Mul(gates, prev, l.wh, 0, l.wh.Panels(), kernel.Accumulate, nil)
	switch l.cell {
	case LSTM:
		c := l.c.RowRange(0, gates.Rows)
		kernel.LSTMForward(next, c, l.tanhC.RowRange(0, gates.Rows), gates, c)
	case ReLURNN:
		kernel.ReLUForward(next, gates)
	default:
		kernel.TanhForward(next, gates)
	}
}
