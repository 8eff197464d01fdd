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
	for _, repeats := range []int{1, 4} { // of the document's words; then they are looked up in a table
		for _, pooling := range []Pooling{PoolMean, PoolAttention} {
			cfg := ClassifierConfig{VocabSize: 7, Embedding: 10, Labels: 3, Pooling: pooling,
				RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 1, Hidden: 5, Bidirectional: true}}
			testSaliency(t, cfg, repeats)
			cfg.Residual = true
			testSaliency(t, cfg, repeats)
			cfg.Residual, cfg.Highway = false, true
			testSaliency(t, cfg, repeats)
		}
	}
}

func testSaliency(t *testing.T, cfg ClassifierConfig, repeats int) {
	t.Helper()
	c, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	w := NewWorkers(1)
	defer w.Close()
	b := c.NewTrainingBatch(w)
	words := []int32{3, 4, 5}
	docs := []Document{{Tokens: []int32{1, 2}}, {Tokens: slices.Repeat(words, repeats)}}
	sum := func() float64 {
		c.Pack(w)
		rows := b.Forward(docs, 0)
		return float64(rows[1][0]) - 2*float64(rows[1][2])
	}
	sum()
	b.Backward([][]float32{{0, 0, 0}, {1, 0, -2}})
	saliency := b.Saliency()
	if b.front.tabled != (repeats > 1) {
		t.Errorf("%d repeats: through a table: %v", repeats, b.front.tabled)
	}
	if attention := b.Attention(); (attention != nil) != (cfg.Pooling == PoolAttention) {
		t.Errorf("%s: attention is %v", cfg.Pooling, attention)
	} else if attention != nil && math.Abs(total(attention[1])-1) > 1e-6 {
		t.Errorf("attention %v does not add up to one", attention[1])
	}
	for i, token := range words {
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
		got := 0.0
		for at := i; at < len(docs[1].Tokens); at += len(words) {
			got += float64(saliency[1][at])
		}
		if math.Abs(got-slope) > 1e-4+1e-2*math.Abs(slope) {
			t.Errorf("%+v, %d repeats, token %d: saliency %v, slope %v", cfg, repeats, token, got, slope)
		}
	}
	if s := saliency[0]; len(s) != 2 || s[0] != 0 || s[1] != 0 {
		t.Errorf("saliency %v of a document without gradient", s)
	}
}

func total(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(v)
	}
	return sum
}
