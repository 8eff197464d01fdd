package model

import "github.com/textgen-go/textgen/internal/kernel"

// Stepper advances streams by one token at a time, as generation does. It has buffers of its own: one Stepper serves one
// goroutine, and a model serves many. It belongs to the weights that the model had when it was made.
type Stepper struct {
	model   *LanguageModel
	workers *Workers
	front   *front        // of networks that are not plain; else nil
	table   kernel.Matrix // [V][G·H] the projected embeddings of a small vocabulary, or none
	x       kernel.Matrix // [B][max(E, H)]: what the layer reads
	gates   kernel.Matrix // [B][G·H]
	hidden  kernel.Matrix // [B][3·H], GRU
	scratch kernel.Matrix // [B][H]
	out     kernel.Matrix // [B][H]
	logits  kernel.Matrix // [B][V]
	rows    [][]float32
}

// NewStepper allocates a Stepper for a number of streams.
func (m *LanguageModel) NewStepper(w *Workers, streams int) *Stepper {
	cfg := m.cfg
	s := &Stepper{model: m, workers: w}
	s.x = kernel.NewMatrix(streams, max(cfg.Embedding, cfg.Hidden))
	s.gates = kernel.NewMatrix(streams, cfg.Cell.gates()*cfg.Hidden)
	s.hidden = kernel.NewMatrix(streams, cfg.Cell.gates()*cfg.Hidden)
	s.scratch, s.out = kernel.NewMatrix(streams, cfg.Hidden), kernel.NewMatrix(streams, cfg.Hidden)
	s.logits = kernel.NewMatrix(streams, cfg.VocabSize)
	for i := range streams {
		s.rows = append(s.rows, s.logits.Row(i))
	}
	if !m.recurrent.plain() {
		s.front = m.newStepFront(w, streams)
		return s
	}
	if cfg.VocabSize <= tableLimit && !m.recurrent.residual(0) {
		first := m.recurrent.layers[0][0]
		s.table = kernel.NewMatrix(cfg.VocabSize, first.rows())
		w.Mul(s.table, m.embedding.matrix(), first.wx, kernel.Bias, first.bias)
	}
	return s
}

// Step reads one token a stream, carries state forward and returns the logits of the next token, [B][V]. They are valid
// until the next Step and may be changed by the caller. As in [Window.Forward], wrong tokens panic.
func (s *Stepper) Step(state *State, tokens []int32) [][]float32 {
	m := s.model
	checkTokens(tokens, s.x.Rows, m.cfg.VocabSize)
	x := s.stack(state, tokens)
	s.workers.Mul(s.logits, x, m.head.w, kernel.Bias, m.head.bias.Value)
	return s.rows
}

// stack carries state forward and returns the output of the last layer.
func (s *Stepper) stack(state *State, tokens []int32) kernel.Matrix {
	if s.front != nil {
		return s.window(state, tokens)
	}
	m, x := s.model, s.first(tokens)
	for i, directions := range m.recurrent.layers {
		l := directions[0]
		if i > 0 || s.table.Rows == 0 {
			s.workers.Mul(s.gates, x, l.wx, kernel.Bias, l.bias)
		}
		s.advance(l, state, i)
		if m.recurrent.residual(i) {
			x = s.sum(x, state.h[i])
		} else {
			x = state.h[i]
		}
	}
	return x
}

// first looks the tokens up: their projections into gates where there is a table of these, else their embeddings.
func (s *Stepper) first(tokens []int32) kernel.Matrix {
	from, to := s.model.embedding.matrix(), s.x.ColRange(0, s.model.cfg.Embedding)
	if s.table.Rows > 0 {
		from, to = s.table, s.gates
	}
	for i, token := range tokens {
		copy(to.Row(i), from.Row(int(token)))
	}
	return to
}

// sum adds a layer's output h to its input x, which may be the result of the last sum.
func (s *Stepper) sum(x, h kernel.Matrix) kernel.Matrix {
	sum := s.x.ColRange(0, h.Cols)
	for r := range sum.Rows {
		copy(sum.Row(r), x.Row(r))
		kernel.Add(sum.Row(r), h.Row(r))
	}
	return sum
}

// advance carries layer i's state forward over the projected input in gates.
func (s *Stepper) advance(l *layer, state *State, i int) {
	h := state.h[i]
	switch l.cell {
	case LSTM:
		s.workers.Mul(s.gates, h, l.wh, kernel.Accumulate, nil)
		kernel.LSTMForward(h, state.c[i], s.scratch, s.gates, state.c[i])
	case GRU:
		s.workers.Mul(s.hidden, h, l.wh, kernel.Bias, l.bhh.Value)
		kernel.GRUForward(s.out, s.gates, s.hidden, h)
		h.CopyFrom(s.out)
	case ReLURNN:
		s.workers.Mul(s.gates, h, l.wh, kernel.Accumulate, nil)
		kernel.ReLUForward(h, s.gates)
	default:
		s.workers.Mul(s.gates, h, l.wh, kernel.Accumulate, nil)
		kernel.TanhForward(h, s.gates)
	}
}
