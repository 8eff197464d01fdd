package model

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkPrediction labels documents of 200 tokens with shape e of docs/benchmarks.md, on one core.
func BenchmarkPrediction(b *testing.B) {
	for _, pooling := range []Pooling{PoolMean, PoolMeanMax} {
		for _, size := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", pooling, size), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				c, err := NewClassifier(ClassifierConfig{
					VocabSize: 20000, Embedding: 100, Labels: 4, Pooling: pooling,
					RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 1, Hidden: 128, Bidirectional: true},
				}, rng)
				if err != nil {
					b.Fatal(err)
				}
				w := testWorkers(b, 1)
				c.Pack(w)
				batch, docs := c.NewBatch(w), make([]Document, size)
				for i := range docs {
					docs[i].Tokens = randomTokens(200, 20000, rng)
				}
				for b.Loop() {
					batch.Forward(docs, 0)
				}
				b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
			})
		}
	}
}
