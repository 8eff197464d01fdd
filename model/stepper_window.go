package model

// The Stepper knows plain cells. Of a network with more in it, it computes a window of one step, as validation does:
// slower, but by the same code.

// plain reports whether the layers are cells, one behind the other, with no more than residual connections.
func (c RecurrentConfig) plain() bool {
	return c.Zoneout == 0 && c.ZoneoutCell == 0 && c.Dilation <= 1 && !c.Highway && !c.LayerNorm
}

// newStepFront returns the workspace of one step.
func (m *LanguageModel) newStepFront(w *Workers, streams int) *front {
	return newFront(newPass(m.recurrent, uniformSequence(1, streams), w, false), m.embedding, false, false)
}

// window carries the state forward by one step and computes the logits.
func (s *Stepper) window() {
	p := s.front.pass
	p.load(s.state)
	s.front.forward(s.tokens)
	p.forward()
	p.store(s.state, 1)
	s.strands[0].predict(p.inputs[len(p.inputs)-1])
}
