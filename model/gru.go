package model

import "github.com/textgen-go/textgen/internal/kernel"

// gruTrace is the GRU's time step, in PyTorch's form:
//
//	r, z = σ(W_ih·x + b_ih + W_hh·h + b_hh), n = tanh(W_in·x + b_in + r⊙(W_hn·h + b_hn))
//	h' = (1−z)⊙n + z⊙h
//
// A row keeps its three gates, the three blocks of W_hh·h + b_hh and h.
type gruTrace struct{ *trace }

func (t gruTrace) forward(s *kernel.Scratch, run span) {
	carry, before := run.at(t.carry), run.before(t.h)
	s.Mul(carry, before, t.wh, 0, t.wh.Panels(), kernel.Bias, t.bhh.Value)
	kernel.GRUForward(t.computed(run), run.at(t.gates), carry, before)
}

func (t gruTrace) backward(s *kernel.Scratch, run span) {
	carry, dhPrev := run.at(t.carry), run.streams(t.dc) // which nobody reads
	propagates := t.propagates(run)
	if propagates {
		dhPrev = run.before(t.dh)
	}
	kernel.GRUBackward(run.at(t.gates), carry, dhPrev, run.after(t.dh, t.seq.streams), run.before(t.h))
	if propagates {
		s.Mul(dhPrev, carry, t.whT, 0, t.whT.Panels(), kernel.Accumulate, nil)
	}
}

func (t gruTrace) projected() kernel.Matrix { return t.carry }
