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
}

func (t lstmTrace) backward(s *kernel.Scratch, run span) {
	kernel.LSTMBackward(run.at(t.gates), run.streams(t.dc), run.after(t.dh, t.seq.streams), run.before(t.c), run.at(t.tanhC))
	t.propagate(s, run)
}

func (t lstmTrace) projected() kernel.Matrix { return t.gates }
