package model

import "github.com/textgen-go/textgen/internal/kernel"

// makeTails allocates what predictAdaptively needs.
func (s *strand) makeTails() {
	cfg, streams := s.model.cfg, s.to-s.from
	if s.model.tails == nil {
		return
	}
	s.frequent = kernel.NewMatrix(streams, cfg.Cutoffs[0]+len(cfg.Cutoffs))
	for i := range s.model.tails {
		s.tails = append(s.tails, kernel.NewMatrix(streams, cfg.tailWidth(i)))
	}
}

// predictAdaptively computes logits of all tokens: those of frequent tokens as they are; those of a tail moved so that
// together they weigh what the tail weighs among the frequent tokens.
func (s *strand) predictAdaptively(logits, x kernel.Matrix) {
	m := s.model
	s.product(m.head.product(s.frequent, x))
	for i, t := range m.tails {
		s.product(t.project.product(s.tails[i], x))
		s.product(t.words.product(logits.ColRange(t.low, t.high), s.tails[i]))
	}
	frequent := m.cfg.Cutoffs[0]
	for r := range logits.Rows {
		row, head := logits.Row(r), s.frequent.Row(r)
		copy(row, head[:frequent])
		for i, t := range m.tails {
			shift(row[t.low:t.high], float64(head[frequent+i]))
		}
	}
}

// shift adds what makes ln Σ e^x[i] equal to total.
func shift(x []float32, total float64) {
	by := float32(total - kernel.LogSumExp(x))
	for i := range x {
		x[i] += by
	}
}
