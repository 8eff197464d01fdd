package model

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// scanConfigs returns stacks of every cell, pooling and kind of memory.
func scanConfigs() []ClassifierConfig {
	var list []ClassifierConfig
	for _, cell := range Cells {
		for _, pooling := range Poolings {
			for layers := 1; layers <= 2; layers++ {
				for _, both := range []bool{false, true} {
					for _, hidden := range []int{40, 64} {
						if hidden == 64 && cell != LSTM { // they are read in fused steps
							continue
						}
						list = append(list, ClassifierConfig{
							VocabSize: 600, Embedding: 2 * hidden, Labels: 3, Pooling: pooling,
							RecurrentConfig: RecurrentConfig{Cell: cell, Layers: layers, Hidden: hidden, Bidirectional: both, Residual: layers > 1 && pooling != PoolMean},
						})
					}
				}
			}
		}
	}
	return list
}

// scanDocuments returns documents, some of them longer than several chunks.
func scanDocuments(vocab int) []Document {
	rng := rand.New(rand.NewPCG(5, 6))
	var docs []Document
	for _, n := range []int{3, 700, 1, 300, 300, 200} {
		docs = append(docs, Document{Tokens: randomTokens(n, vocab, rng)})
	}
	return docs
}

// Prediction computes what training does: chunks, groups and directions side by side change nothing but the order of a
// mean's summands.
func TestScanIsForward(t *testing.T) {
	for _, cfg := range scanConfigs() {
		t.Run(classifierName(cfg), func(t *testing.T) {
			c, err := NewClassifier(cfg, rand.New(rand.NewPCG(3, 4)))
			if err != nil {
				t.Fatal(err)
			}
			docs, w := scanDocuments(cfg.VocabSize), testWorkers(t, 2)
			training := c.NewTrainingBatch(w)
			c.Pack(w)
			var want [][]float64
			for _, row := range training.Forward(docs, 0) {
				want = append(want, widen(row))
			}
			first := c.NewBatch(testWorkers(t, 1)).Forward(docs, 0)
			for d, row := range first {
				compare(t, fmt.Sprint("logits of document ", d), widen(row), want[d], 1e-5)
			}
			for _, workers := range []int{2, 3} {
				for d, row := range c.NewBatch(testWorkers(t, workers)).Forward(docs, 0) {
					sameBits(t, fmt.Sprintf("logits of document %d with %d workers", d, workers), row, first[d])
				}
			}
		})
	}
}

// A chunk visits every row of every step once, in either direction, and never exceeds its size but for a single step.
func TestChunksCoverDocuments(t *testing.T) {
	docs := [][]int32{make([]int32, 9), make([]int32, 9), make([]int32, 4), make([]int32, 1)}
	const rows = 9 + 9 + 4 + 1
	for _, reverse := range []bool{false, true} {
		for most := 1; most <= rows+1; most++ {
			var c chunk
			c.begin(docs, rows, reverse, chunkBytes/4/most)
			c.most = most
			visited := make([]bool, rows)
			for c.next(docs, reverse) {
				if c.rows() > most && c.steps() > 1 {
					t.Errorf("a chunk of %d steps has %d rows, at most %d were allowed", c.steps(), c.rows(), most)
				}
				at := c.row
				for i := range c.steps() {
					for d := range c.offsets[i+1] - c.offsets[i] {
						if len(docs[d]) <= c.first+i {
							t.Errorf("document %d has no step %d", d, c.first+i)
						}
						if visited[at] {
							t.Errorf("row %d is visited twice", at)
						}
						visited[at] = true
						at++
					}
				}
			}
			for r, ok := range visited {
				if !ok {
					t.Errorf("reverse %t, %d rows a chunk: row %d is not visited", reverse, most, r)
				}
			}
		}
	}
}

// A batch that has grown to its size labels documents without allocating.
func TestPredictionAllocatesNothing(t *testing.T) {
	for _, cfg := range scanConfigs() {
		c, err := NewClassifier(cfg, rand.New(rand.NewPCG(3, 4)))
		if err != nil {
			t.Fatal(err)
		}
		w := testWorkers(t, 2)
		c.Pack(w)
		b, docs := c.NewBatch(w), scanDocuments(cfg.VocabSize)
		b.Forward(docs, 0)
		if n := testing.AllocsPerRun(2, func() { b.Forward(docs, 0) }); n != 0 {
			t.Errorf("%s: %v allocations a batch", classifierName(cfg), n)
		}
	}
}

// What Streams says of memory is so, whatever the layers are made of.
func TestStreamsIsSo(t *testing.T) {
	const hidden, tokens = 16, 20000
	outputs := uint64(4 * hidden * tokens) // bytes of what a layer puts out
	rng := rand.New(rand.NewPCG(3, 4))
	long := Document{Tokens: randomTokens(tokens, stackVocab, rng)}
	half := Document{Tokens: long.Tokens[:tokens/2]} // several chunks
	for _, stack := range stackConfigs(2, hidden) {
		cfg := ClassifierConfig{VocabSize: stackVocab, Embedding: 5, Labels: 2, Pooling: PoolMean, RecurrentConfig: stack}
		t.Run(classifierName(cfg), func(t *testing.T) {
			c, err := NewClassifier(cfg, rng)
			if err != nil {
				t.Fatal(err)
			}
			w := testWorkers(t, 1)
			c.Pack(w)
			b := c.NewBatch(w)
			b.Forward([]Document{half}, 0)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b.Forward([]Document{long}, 0)
			runtime.ReadMemStats(&after)
			if bytes := after.TotalAlloc - before.TotalAlloc; cfg.Streams() != (bytes < outputs) {
				t.Errorf("Streams is %t, and %d bytes were allocated for a longer document; a layer's outputs have %d", cfg.Streams(), bytes, outputs)
			}
		})
	}
}
