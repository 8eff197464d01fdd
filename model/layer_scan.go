package model

import "github.com/textgen-go/textgen/internal/kernel"

// layerScan is one layer in one direction that goes over documents chunk by chunk and remembers nothing but their state.
type layerScan struct {
	*layer
	residual bool
	column   int           // of the direction in the layer's input, for a residual
	h, c     kernel.Matrix // [docs][H]
	scratch  kernel.Matrix // [docs][H] LSTM: tanh c; GRU: the next h
	carry    kernel.Matrix // [docs][3·H] GRU: W_hh·h + b_hh
	gates    kernel.Matrix // [chunk][G·H]
	y        kernel.Matrix // [chunk][H]
}

// begin sets the state of all documents to zero.
func (l *layerScan) begin(docs int) {
	l.h.Resize(docs, l.hidden)
	l.h.Zero()
	l.scratch.Resize(docs, l.hidden)
	switch l.cell {
	case LSTM:
		l.c.Resize(docs, l.hidden)
		l.c.Zero()
	case GRU:
		l.carry.Resize(docs, l.rows())
	}
}

// forward returns the outputs of a chunk, [rows][H], from its inputs x.
func (l *layerScan) forward(s *kernel.Scratch, x kernel.Matrix, at *chunk) kernel.Matrix {
	l.gates.Resize(at.rows(), l.rows())
	l.y.Resize(at.rows(), l.hidden)
	s.Mul(l.gates, x, l.wx, 0, l.wx.Panels(), kernel.Bias, l.bias)
	for n := range at.steps() {
		i := at.at(n, l.reverse)
		gates, y := at.step(l.gates, i), at.step(l.y, i)
		l.step(s, gates)
		y.CopyFrom(l.h)
	}
	if l.residual {
		for r := range l.y.Rows {
			kernel.Add(l.y.Row(r), x.Row(r)[l.column:l.column+l.hidden])
		}
	}
	return l.y
}

// step carries the state of the first documents forward over their projected input.
func (l *layerScan) step(s *kernel.Scratch, gates kernel.Matrix) {
	h, scratch := l.h.RowRange(0, gates.Rows), l.scratch.RowRange(0, gates.Rows)
	if l.cell == GRU {
		carry := l.carry.RowRange(0, gates.Rows)
		s.Mul(carry, h, l.wh, 0, l.wh.Panels(), kernel.Bias, l.bhh.Value)
		kernel.GRUForward(scratch, gates, carry, h)
		h.CopyFrom(scratch)
		return
	}
	s.Mul(gates, h, l.wh, 0, l.wh.Panels(), kernel.Accumulate, nil)
	switch l.cell {
	case LSTM:
		c := l.c.RowRange(0, gates.Rows)
		kernel.LSTMForward(h, c, scratch, gates, c)
	case ReLURNN:
		kernel.ReLUForward(h, gates)
	default:
		kernel.TanhForward(h, gates)
	}
}
