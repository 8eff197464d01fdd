package model

import "github.com/textgen-go/textgen/internal/kernel"

// One stream through layers of LSTM is what generating a text mostly is. A layer is then one job, in which a worker
// computes some cells, from their gates' weights to their state.

// computesCells reports whether the strand's layers can be computed so.
func (s *strand) computesCells() bool {
	r := s.model.recurrent
	if r.cfg.Cell != LSTM || s.logits.Rows != 1 || !r.cfg.plain() {
		return false
	}
	for i, directions := range r.layers {
		if r.residual(i) || directions[0].wh.StepBlocks() == 0 {
			return false
		}
	}
	return true
}

// cells carries the state of layer i forward over its input x, or over the product of that if it is projected.
func (s *strand) cells(l *layer, x, h kernel.Matrix, i int, projected bool) {
	step := kernel.Step{
		X: x.Row(0), Wx: l.wx, Start: l.bias, Gates: s.gates.Row(0),
		Prev: h.Row(0), Wh: l.wh, C: s.state.c[i].Row(0), H: s.out.Row(0),
	}
	if projected {
		step.X, step.Wx, step.Start = nil, nil, x.Row(0)
	}
	s.workers.Step(step)
	h.CopyFrom(s.out)
}
