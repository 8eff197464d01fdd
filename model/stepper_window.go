package model

import "github.com/textgen-go/textgen/internal/kernel"

// The Stepper knows plain cells. Of a network with more in it, it computes a window of one step, as validation does:
// slower, but by the same code.

// plain reports whether the layers are cells, one behind the other, with no more than residual connections.
func (r *Recurrent) plain() bool {
	return r.cfg.Zoneout == 0 && r.cfg.ZoneoutCell == 0 && r.cfg.Dilation <= 1 && !r.cfg.Highway
}

// newStepFront returns the workspace of one step.
func (m *LanguageModel) newStepFront(w *Workers, streams int) *front {
	return newFront(newPass(m.recurrent, uniformSequence(1, streams), w, false), m.embedding, false, false)
}

// window carries the state forward by one step and computes the logits.
func (s *Stepper) window() {
	p, head := s.front.pass, s.model.head
	p.load(s.state)
	s.front.forward(s.tokens)
	p.forward()
	p.store(s.state, 1)
	s.workers.Mul(s.logits, p.inputs[len(p.inputs)-1], head.w, kernel.Bias, head.bias.Value)
}
