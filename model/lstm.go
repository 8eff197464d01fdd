package model

import "github.com/textgen-go/textgen/internal/kernel"

// lstmTrace is the LSTM's time step:
//
//	i, f, g, o = σ, σ, tanh, σ (W_ih·x + b_ih + W_hh·h + b_hh)
//	c' = f⊙c + i⊙g, h' = o⊙tanh c'
//
// A row keeps its four gates, c, tanh c and h.
type lstmTrace struct{ *trace }

func (t lstmTrace) forward(s *kernel.Scratch, run span) {
	t.recur(s, run)
	b := t.seq.streams
	kernel.LSTMForward(t.computed(run), run.after(t.c, b), run.at(t.tanhC), run.at(t.gates), run.before(t.c))
	if t.norms != nil {
		t.norms.output(run)
	}
}

func (t lstmTrace) backward(s *kernel.Scratch, run span) {
	dh := run.after(t.dh, t.seq.streams)
	if t.norms != nil {
		dh = t.norms.outputBack(run)
	}
	kernel.LSTMBackward(run.at(t.gates), run.streams(t.dc), dh, run.before(t.c), run.at(t.tanhC))
	if t.norms != nil {
		t.norms.putOutput(run)
	}
	t.propagate(s, run)
}

func (t lstmTrace) projected() kernel.Matrix { return t.gates }
