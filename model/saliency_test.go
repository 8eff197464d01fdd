package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Gradient × input is the slope of the logits' sum when a token's embedding grows, whichever way the embeddings take
// into the first layer.
func TestSaliencyIsTheSlopeAlongTheEmbedding(t *testing.T) {
	for _, vocab := range []int{7, tableLimit + 1} {
		for _, pooling := range []Pooling{PoolMean, PoolAttention} {
			cfg := ClassifierConfig{VocabSize: vocab, Embedding: 4, Labels: 3, Pooling: pooling,
				RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 1, Hidden: 5, Bidirectional: true}}
			c, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
			if err != nil {
				t.Fatal(err)
			}
			w := NewWorkers(1)
			defer w.Close()
			b := c.NewTrainingBatch(w)
			docs := []Document{{Tokens: []int32{1, 2}}, {Tokens: []int32{3, 4, 5}}}
			sum := func() float64 {
				c.Pack(w)
				rows := b.Forward(docs, 0)
				return float64(rows[1][0]) - 2*float64(rows[1][2])
			}
			sum()
			b.Backward([][]float32{{0, 0, 0}, {1, 0, -2}})
			saliency := b.Saliency()
			if attention := b.Attention(); (attention != nil) != (pooling == PoolAttention) {
				t.Errorf("%s: attention is %v", pooling, attention)
			} else if attention != nil && math.Abs(float64(attention[1][0]+attention[1][1]+attention[1][2])-1) > 1e-6 {
				t.Errorf("attention %v does not add up to one", attention[1])
			}
			for i, token := range docs[1].Tokens {
				row := c.embedding.matrix().Row(int(token))
				before := slices.Clone(row)
				const step = 1e-2
				slope := 0.0
				for _, sign := range []float32{1, -1} {
					for j := range row {
						row[j] = before[j] * (1 + sign*step)
					}
					slope += float64(sign) * sum() / (2 * step)
				}
				copy(row, before)
				if got := float64(saliency[1][i]); math.Abs(got-slope) > 1e-4+1e-2*math.Abs(slope) {
					t.Errorf("vocabulary %d, %s pooling, token %d: saliency %v, slope %v", vocab, pooling, i, got, slope)
				}
			}
			if s := saliency[0]; len(s) != 2 || s[0] != 0 || s[1] != 0 {
				t.Errorf("saliency %v of a document without gradient", s)
			}
		}
	}
}
