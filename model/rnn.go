package model

import "github.com/textgen-go/textgen/internal/kernel"

// tanhTrace is the time step of Elman's network: h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh). A row keeps h alone.
type tanhTrace struct{ *trace }

func (t tanhTrace) forward(s *kernel.Scratch, run span) {
	t.recur(s, run)
	kernel.TanhForward(t.computed(run), run.at(t.gates))
}

func (t tanhTrace) backward(s *kernel.Scratch, run span) {
	kernel.TanhBackward(run.at(t.gates), run.after(t.dh, t.seq.streams), t.computed(run))
	t.propagate(s, run)
}

func (t tanhTrace) projected() kernel.Matrix { return t.gates }

// reluTrace is Elman's network with a rectifier: h' = max(0, W_ih·x + b_ih + W_hh·h + b_hh).
type reluTrace struct{ *trace }

func (t reluTrace) forward(s *kernel.Scratch, run span) {
	t.recur(s, run)
	kernel.ReLUForward(t.computed(run), run.at(t.gates))
}

func (t reluTrace) backward(s *kernel.Scratch, run span) {
	kernel.ReLUBackward(run.at(t.gates), run.after(t.dh, t.seq.streams), t.computed(run))
	t.propagate(s, run)
}

func (t reluTrace) projected() kernel.Matrix { return t.gates }
