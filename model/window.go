package model

import "fmt"

// Window is the workspace of a language model over T steps of B streams; it is allocated once and serves every window of
// a run. Of one model many windows may exist, but training windows share its gradients.
type Window struct {
	Steps, Streams int
	model          *LanguageModel
	front          *front
	loss           *lossPass
}

// NewWindow allocates a workspace for forward passes.
func (m *LanguageModel) NewWindow(w *Workers, steps, streams int) *Window {
	return m.newWindow(w, steps, streams, false)
}

// NewTrainingWindow allocates a workspace for forward and backward passes, and the model's gradients. The model must be
// packed afterwards.
func (m *LanguageModel) NewTrainingWindow(w *Workers, steps, streams int) *Window {
	m.enableGrad()
	return m.newWindow(w, steps, streams, true)
}

func (m *LanguageModel) newWindow(w *Workers, steps, streams int, training bool) *Window {
	seq := uniformSequence(steps, streams)
	p := newPass(m.recurrent, seq, w, training)
	p.penalty = newActivationPenalty(p, m.cfg)
	return &Window{
		Steps: steps, Streams: streams, model: m,
		front: newFront(p, m.embedding, m.cfg.TieWeights, true),
		loss:  m.newLoss(seq.rows(), w, training),
	}
}

// Forward predicts targets from inputs, both [T][B] with the token of step t and stream b at t·B+b, and returns the sum
// of −ln p(target) over all of them, in nats. The streams start from s, and s is replaced by where they end. A training
// window drops out with masks made from dropoutKey, and already computes the gradients of the head. Tokens outside the
// vocabulary, or not T·B of them, a state of other than B streams, and a model that is not packed are a caller's bug and panic.
func (win *Window) Forward(inputs, targets []int32, s *State, dropoutKey uint64) (nats float64) {
	return win.ForwardPart(inputs, targets, s, dropoutKey, 0, win.Steps)
}

// ForwardPart is [Window.Forward] for windows that overlap. Its loss, and so what Backward computes, is that of the steps
// from scored on, their mean; the steps before are only read, for gradients to flow back through them. It leaves in s
// where the streams are after next steps, which is where the window after this one begins. Scored is from 0 to T−1, next
// from 1 to T, else it panics.
func (win *Window) ForwardPart(inputs, targets []int32, s *State, dropoutKey uint64, scored, next int) (nats float64) {
	p := win.front.pass
	mustBePacked(win.model.packed)
	checkStreams(s, win.Streams)
	checkTokens(inputs, p.seq.rows(), win.front.embedding.Shape[0])
	checkTokens(targets, p.seq.rows(), win.front.embedding.Shape[0])
	if scored < 0 || scored >= win.Steps || next < 1 || next > win.Steps {
		panic(fmt.Sprintf("model: scored from step %d, and %d steps on, in a window of %d", scored, next, win.Steps))
	}
	p.key = dropoutKey
	p.load(s)
	win.front.forward(inputs)
	p.forward()
	p.store(s, next)
	top := len(p.inputs) - 1
	from, rows := scored*win.Streams, p.seq.rows()
	learned, grads := p.inputs[top].RowRange(from, rows), p.grads[top]
	if p.training {
		grads.RowRange(0, from).Zero()
		grads = grads.RowRange(from, rows)
	}
	nats = win.loss.forward(learned, grads, targets[from:])
	if p.penalty != nil {
		p.penalty.addToOutputs(from)
	}
	return nats
}

// Losses returns −ln p(target) of each target of the last Forward, [T][B], until the next.
func (win *Window) Losses() []float64 { return win.loss.nats }

// Backward overwrites the gradient of every parameter with that of the mean loss of the last Forward, in nats a token,
// and of AR and TAR (see [Config]) if they are on.
// Gradients end where the window begins: the truncated backpropagation through time of Williams & Peng (1990). The window
// must be one of [LanguageModel.NewTrainingWindow].
func (win *Window) Backward() {
	if !win.front.pass.training {
		panic("model: Backward of a window that NewWindow made: NewTrainingWindow has gradients")
	}
	win.front.pass.backward()
	win.front.backward()
}

// checkStreams panics unless a state is one of so many streams.
func checkStreams(s *State, streams int) {
	if s.streams != streams {
		panic(fmt.Sprintf("model: a state of %d streams for %d", s.streams, streams))
	}
}

// checkTokens panics unless there is one token of the vocabulary for every row. What comes from a tokenizer is right; the
// check makes a caller's mistake known by name, and in the caller's goroutine instead of a worker's.
func checkTokens(tokens []int32, rows, vocab int) {
	if len(tokens) != rows {
		panic(fmt.Sprintf("model: %d tokens for %d rows", len(tokens), rows))
	}
	for i, token := range tokens {
		if token < 0 || int(token) >= vocab {
			panic(fmt.Sprintf("model: token %d at %d is not of a vocabulary of %d", token, i, vocab))
		}
	}
}
