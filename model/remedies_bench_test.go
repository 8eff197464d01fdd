package model

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkRemedies tells how much slower a training step is with each remedy than without: the median of steps in turns.
func BenchmarkRemedies(b *testing.B) {
	words := Config{VocabSize: 10000, Embedding: 200, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 200, Dropout: 0.2}}
	chars := Config{VocabSize: 65, Embedding: 256, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 256, Dropout: 0.2}}
	for _, shape := range []struct {
		name           string
		cfg            Config
		steps, streams int
	}{{"words", words, 35, 20}, {"chars", chars, 64, 32}} {
		for _, remedy := range []struct {
			name string
			set  func(*Config)
		}{
			{"variational", func(c *Config) { c.Variational = true }},
			{"variational-input", func(c *Config) { c.Variational, c.InputDropout = true, 0.2 }},
			{"input-dropout", func(c *Config) { c.InputDropout = 0.2 }},
			{"embedding-dropout", func(c *Config) { c.EmbeddingDropout = 0.1 }},
			{"weight-drop", func(c *Config) { c.WeightDrop = 0.5 }},
			{"ar-tar", func(c *Config) { c.AR, c.TAR = 2, 1 }},
			{"zoneout", func(c *Config) { c.Zoneout, c.ZoneoutCell = 0.1, 0.1 }},
			{"dilation", func(c *Config) { c.Dilation = 2 }},
			{"highway", func(c *Config) { c.Highway = true }},
			{"layer-norm", func(c *Config) { c.LayerNorm = true }},
			{"awd", func(c *Config) {
				c.Variational, c.EmbeddingDropout, c.WeightDrop, c.AR, c.TAR = true, 0.1, 0.5, 2, 1
				c.InputDropout, c.OutputDropout = 0.3, 0.3
			}},
		} {
			b.Run(shape.name+"/"+remedy.name, func(b *testing.B) {
				with := shape.cfg
				remedy.set(&with)
				w := testWorkers(b, 0)
				off, on := stepOf(b, shape.cfg, w, shape.steps, shape.streams), stepOf(b, with, w, shape.steps, shape.streams)
				var ratios []float64
				for b.Loop() {
					ratios = append(ratios, float64(timed(on))/float64(timed(off)))
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "×")
			})
		}
	}
}

// stepOf returns a training step without its update.
func stepOf(b *testing.B, cfg Config, w *Workers, steps, streams int) func() {
	rng := rand.New(rand.NewPCG(1, 2))
	m, err := NewLanguageModel(cfg, rng)
	if err != nil {
		b.Fatal(err)
	}
	window, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
	in, out := frequentTokens(steps*streams, cfg.VocabSize, rng), frequentTokens(steps*streams, cfg.VocabSize, rng)
	return func() {
		m.Pack(w)
		window.Forward(in, out, state, 1)
		window.Backward()
	}
}

// frequentTokens draws n tokens about as unevenly as a text has them: 65 of them with an entropy of 3.2 nats, 25 different
// ones among 64. Characters of Shakespeare have 3.3 nats, and 25.
func frequentTokens(n, vocab int, rng *rand.Rand) []int32 {
	law := rand.NewZipf(rng, 1.5, 3, uint64(vocab-1))
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(law.Uint64())
	}
	return tokens
}

func timed(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}
