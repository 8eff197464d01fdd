package model

import (
	"math"
	"testing"
)

// TestPredictFrequencies holds the probabilities of a model whose other weights are zero against the counts: 8 tokens
// that were counted 72 times make shares of 80.
func TestPredictFrequencies(t *testing.T) {
	counts := []int{39, 19, 8, 4, 2, 0, 0, 0}
	for _, c := range []struct {
		name    string
		cutoffs []int
		want    []float64 // in 80ths
	}{
		{"full", nil, []float64{40, 20, 9, 5, 3, 1, 1, 1}},
		{"adaptive", []int{2, 5}, []float64{40, 20, 17. / 3, 17. / 3, 17. / 3, 1, 1, 1}}, // a tail's tokens share alike
	} {
		m, err := NewEmptyLanguageModel(Config{
			VocabSize: len(counts), Embedding: 16, Cutoffs: c.cutoffs,
			RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 1, Hidden: 16},
		})
		if err != nil {
			t.Fatal(err)
		}
		m.PredictFrequencies(counts)
		w := NewWorkers(1)
		m.Pack(w)
		win := m.NewWindow(w, 1, 1)
		for token, share := range c.want {
			nats := win.Forward([]int32{3}, []int32{int32(token)}, m.NewState(1), 0)
			if want := -math.Log(share / 80); math.Abs(nats-want) > 1e-5 {
				t.Errorf("%s: token %d has %v nats, want %v", c.name, token, nats, want)
			}
		}
		w.Close()
	}
}
