package model

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The same window through a table and through the rows gives the same loss to the bit, and the same gradients but for the
// order in which they were added up; rows of the embedding's gradient whose tokens were in the window before are zero again.
func TestTableAndRowsAgree(t *testing.T) {
	for _, cell := range []RecurrentConfig{
		{Cell: LSTM}, {Cell: GRU}, {Cell: RNN}, {Cell: LSTM, Residual: true}, {Cell: GRU, Highway: true},
		{Cell: LSTM, LayerNorm: true, Highway: true}, {Cell: LSTM, EmbeddingDropout: 0.3},
		{Cell: LSTM, InputDropout: 0.3, Variational: true}, {Cell: GRU, InputDropout: 0.3, Variational: true, Residual: true, EmbeddingDropout: 0.3},
	} {
		cell.Layers, cell.Hidden = 2, 21
		cfg := Config{VocabSize: 40, Embedding: 21, RecurrentConfig: cell}
		var losses []float64
		var grads [][]float32
		for _, tabling := range []bool{true, false} {
			rng := rand.New(rand.NewPCG(1, 2))
			m, err := NewLanguageModel(cfg, rng)
			if err != nil {
				t.Fatal(err)
			}
			w := testWorkers(t, 2)
			window, state := m.NewTrainingWindow(w, 10, 4), m.NewState(4)
			m.Pack(w)
			window.front.tabling = tabling
			var loss float64
			for _, words := range []int{30, 12} { // more different words at first
				if cell.InputDropout > 0 {
					words /= 4 // of each of four streams
				}
				tokens := randomTokens(40, words, rng) // at most 30 of them different
				loss = window.Forward(tokens, tokens, state, 0)
				window.Backward()
				if window.front.tabled != tabling {
					t.Fatalf("tabling %v: through a table: %v", tabling, window.front.tabled)
				}
			}
			losses = append(losses, loss)
			for i, p := range m.Parameters() {
				if !tabling {
					compare(t, caseName(cell)+": "+p.Name, widen(p.Grad), widen(grads[i]), 1e-5)
				}
				grads = append(grads, slices.Clone(p.Grad))
			}
			if rows := m.embedding.Rows; len(rows) > 12 || !slices.IsSorted(rows) {
				t.Errorf("rows %v of the gradient were written", rows)
			}
		}
		if losses[0] != losses[1] {
			t.Errorf("%s: losses %v and %v", caseName(cell), losses[0], losses[1])
		}
		for row := int32(12); row < 40; row++ {
			if g := grads[0][row*21 : row*21+21]; slices.Max(g) != 0 || slices.Min(g) != 0 {
				t.Errorf("row %d of the gradient is left from another window", row)
			}
		}
	}
}
