package model

import "github.com/textgen-go/textgen/internal/kernel"

// Stepper advances streams by one token at a time, as generation does. It has buffers of its own: one Stepper serves one
// goroutine, and a model serves many. It belongs to the weights that the model had when it was made.
type Stepper struct {
	model   *LanguageModel
	workers *Workers
	front   *front        // of networks that are not plain; else nil
	table   kernel.Matrix // [V][G·H] the projected embeddings of a small vocabulary, or none
	logits  kernel.Matrix // [B][V]
	rows    [][]float32
	strands []strand // one for all streams, or one a worker

	state     *State
	tokens    []int32
	strandJob func(int, *kernel.Scratch)
}

// minStrand is the number of streams from which on a worker takes its streams through all layers alone: with fewer, the
// workers share the weights of each product, because a few streams do not pay for reading all of them.
const minStrand = 8

// NewStepper allocates a Stepper for a number of streams. The model must be packed, and the Stepper made anew whenever it is
// packed again.
func (m *LanguageModel) NewStepper(w *Workers, streams int) *Stepper {
	mustBePacked(m.packed)
	cfg := m.cfg
	s := &Stepper{model: m, workers: w, logits: kernel.NewMatrix(streams, cfg.VocabSize)}
	for i := range streams {
		s.rows = append(s.rows, s.logits.Row(i))
	}
	if !m.cfg.plain() {
		s.front, s.strands = m.newStepFront(w, streams), []strand{s.newStrand(0, streams)}
		return s
	}
	if cfg.VocabSize <= tableLimit && !m.recurrent.residual(0) {
		first := m.recurrent.layers[0][0]
		s.table = kernel.NewMatrix(cfg.VocabSize, first.rows())
		w.Mul(s.table, m.embedding.matrix(), first.wx, kernel.Bias, first.bias)
	}
	n := 1
	if streams >= minStrand*w.Len() {
		n = w.Len()
	}
	for i := range n {
		from, to := kernel.Span(streams, 1, i, n)
		s.strands = append(s.strands, s.newStrand(from, to))
	}
	s.strandJob = func(worker int, scratch *kernel.Scratch) {
		s.strands[worker].alone = scratch
		s.strands[worker].step()
	}
	return s
}

// Step reads one token a stream, carries state forward and returns the logits of the next token, [B][V]. They are valid
// until the next Step and may be changed by the caller. As in [Window.Forward], wrong tokens and states panic.
func (s *Stepper) Step(state *State, tokens []int32) [][]float32 {
	checkStreams(state, s.logits.Rows)
	checkTokens(tokens, s.logits.Rows, s.model.cfg.VocabSize)
	s.state, s.tokens = state, tokens
	switch {
	case s.front != nil:
		s.window()
	case len(s.strands) == 1:
		s.strands[0].step()
	default:
		s.workers.Run(s.strandJob)
	}
	return s.rows
}

// strand takes some streams, B' of them, through a step.
type strand struct {
	*Stepper
	from, to int
	whole    bool            // a layer is one job: see cells
	alone    *kernel.Scratch // of the worker that has the streams for itself; nil where all workers share each product
	x        kernel.Matrix   // [B'][max(E, H)]: what the layer reads
	gates    kernel.Matrix   // [B'][G·H]
	hidden   kernel.Matrix   // [B'][G·H], GRU
	scratch  kernel.Matrix   // [B'][H]
	out      kernel.Matrix   // [B'][H]

	frequent kernel.Matrix   // [B'][Cutoffs[0]+tails] logits of an adaptive softmax
	tails    []kernel.Matrix // [B'][H/4^(i+1)] features of its tails, or nil
	list     []kernel.Product
}

func (s *Stepper) newStrand(from, to int) strand {
	cfg, streams := s.model.cfg, to-from
	width := cfg.Cell.gates() * cfg.Hidden
	st := strand{
		Stepper: s, from: from, to: to,
		x:     kernel.NewMatrix(streams, max(cfg.Embedding, cfg.Hidden)),
		gates: kernel.NewMatrix(streams, width), hidden: kernel.NewMatrix(streams, width),
		scratch: kernel.NewMatrix(streams, cfg.Hidden), out: kernel.NewMatrix(streams, cfg.Hidden),
	}
	st.makeTails()
	st.whole = st.computesCells()
	return st
}

func (s *strand) step() { s.predict(s.stack()) }

// stack carries the state forward and returns the output of the last layer.
func (s *strand) stack() kernel.Matrix {
	m, x := s.model, s.first()
	for i, directions := range m.recurrent.layers {
		h := s.state.h[i].RowRange(s.from, s.to)
		projected := i == 0 && s.table.Rows > 0
		if s.whole {
			s.cells(directions[0], x, h, i, projected)
		} else {
			s.multiply(directions[0], x, h, projected)
			s.advance(directions[0], h, i)
		}
		if m.recurrent.residual(i) {
			x = s.sum(x, h)
		} else {
			x = h
		}
	}
	return x
}

// predict computes the logits of the output of the last layer.
func (s *strand) predict(x kernel.Matrix) {
	logits := s.logits.RowRange(s.from, s.to)
	if s.tails == nil {
		s.products(s.model.head.product(logits, x))
		return
	}
	s.predictAdaptively(logits, x)
}

// first looks the tokens up: their projections into gates where there is a table of these, else their embeddings.
func (s *strand) first() kernel.Matrix {
	from, to := s.model.embedding.matrix(), s.x.ColRange(0, s.model.cfg.Embedding)
	if s.table.Rows > 0 {
		from, to = s.table, s.gates
	}
	for i, token := range s.tokens[s.from:s.to] {
		copy(to.Row(i), from.Row(int(token)))
	}
	return to
}

// sum adds a layer's output h to its input x, which may be the result of the last sum.
func (s *strand) sum(x, h kernel.Matrix) kernel.Matrix {
	sum := s.x.ColRange(0, h.Cols)
	for r := range sum.Rows {
		copy(sum.Row(r), x.Row(r))
		kernel.Add(sum.Row(r), h.Row(r))
	}
	return sum
}

// multiply computes a layer's pre-activations from its input x, unless that is projected already, and its state h.
func (s *strand) multiply(l *layer, x, h kernel.Matrix, projected bool) {
	input := kernel.Product{C: s.gates, A: x, B: l.wx, Mode: kernel.Bias, Bias: l.bias}
	recurrent := kernel.Product{C: s.gates, A: h, B: l.wh, Mode: kernel.Accumulate}
	if l.cell == GRU {
		recurrent = kernel.Product{C: s.hidden, A: h, B: l.wh, Mode: kernel.Bias, Bias: l.bhh.Value}
	}
	if projected {
		s.products(recurrent)
	} else {
		s.products(input, recurrent)
	}
}

// products computes products, of which a later one may add to an earlier one's.
func (s *strand) products(list ...kernel.Product) {
	if s.alone == nil {
		s.workers.MulAll(list...)
		return
	}
	for _, p := range list {
		s.alone.Mul(p.C, p.A, p.B, 0, p.B.Panels(), p.Mode, p.Bias)
	}
}

// advance carries layer i's state forward over the pre-activations.
func (s *strand) advance(l *layer, h kernel.Matrix, i int) {
	switch l.cell {
	case LSTM:
		c := s.state.c[i].RowRange(s.from, s.to)
		kernel.LSTMForward(h, c, s.scratch, s.gates, c)
	case GRU:
		kernel.GRUForward(s.out, s.gates, s.hidden, h)
		h.CopyFrom(s.out)
	case ReLURNN:
		kernel.ReLUForward(h, s.gates)
	default:
		kernel.TanhForward(h, s.gates)
	}
}
