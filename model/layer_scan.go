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
	alone    kernel.Step   // of an LSTM, where one document is left
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
		l.alone = kernel.Step{Wh: l.wh, C: l.c.Row(0)}
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

// recur runs the time loop over the projected input of a chunk in gates and returns the states, [rows][H].
func (l *layerScan) recur(s *kernel.Scratch, at *chunk) kernel.Matrix {
	l.y.Resize(at.rows(), l.hidden)
	blocks := 0
	if l.cell == LSTM {
		blocks = l.wh.StepBlocks()
	}
	for n := 0; n < at.steps(); {
		i := at.at(n, l.reverse)
		gates, y := at.step(l.gates, i), at.step(l.y, i)
		if gates.Rows == 1 && blocks > 0 {
			n = l.recurAlone(s, at, n, blocks)
			continue
		}
		l.step(s, gates)
		y.CopyFrom(l.h)
		n++
	}
	return l.y
}

// recurAlone runs the steps from the n-th on that have one row, each from the state that the one before left in y, and
// returns the next step.
func (l *layerScan) recurAlone(s *kernel.Scratch, at *chunk, n, blocks int) int {
	l.alone.Prev = l.h.Row(0)
	for ; n < at.steps(); n++ {
		i := at.at(n, l.reverse)
		gates := at.step(l.gates, i)
		if gates.Rows != 1 {
			break
		}
		l.alone.Start, l.alone.H = gates.Row(0), at.step(l.y, i).Row(0)
		s.Step(&l.alone, 0, blocks)
		l.alone.Prev = l.alone.H
	}
	copy(l.h.Row(0), l.alone.Prev)
	return n
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
