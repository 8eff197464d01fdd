package model

import "testing"

// forwardTolerance bounds what float32 may cost a forward pass, as a part of the largest value. The unit is 2⁻²⁴ = 6e-8;
// an activation is off by up to 4 of them and a sum of 40 products by some √40, and what 36 steps in a row add up the
// cells' saturation damps again. 6e-7 was the most on two kinds of kernels; an error in a formula shows at 1e-2.
const forwardTolerance = 5e-6

// stackConfigs lists stacks of every cell with what may be switched on; the sizes are no multiples of a vector's length.
func stackConfigs(layers, hidden int) []RecurrentConfig {
	var list []RecurrentConfig
	for _, cell := range Cells {
		plain := RecurrentConfig{Cell: cell, Layers: layers, Hidden: hidden}
		residual, dropout := plain, plain
		residual.Residual = true
		dropout.InputDropout, dropout.Dropout, dropout.OutputDropout = 0.1, 0.3, 0.2
		dropout.Residual = true
		for _, cfg := range append([]RecurrentConfig{plain, residual, dropout}, remedies(plain)...) {
			list = append(list, cfg)
			if cfg.Bidirectional = true; cfg.Validate() == nil {
				list = append(list, cfg)
			}
		}
	}
	return list
}

// remedies lists what may be switched on against gradients that vanish and against overfitting, alone and together.
func remedies(plain RecurrentConfig) []RecurrentConfig {
	var list []RecurrentConfig
	add := func(change func(*RecurrentConfig)) {
		c := plain
		change(&c)
		list = append(list, c)
	}
	add(func(c *RecurrentConfig) {
		c.Variational, c.InputDropout, c.Dropout, c.OutputDropout = true, 0.1, 0.3, 0.2
	})
	add(func(c *RecurrentConfig) { c.EmbeddingDropout = 0.3 })
	add(func(c *RecurrentConfig) { c.WeightDrop = 0.4 })
	add(func(c *RecurrentConfig) { c.Highway = true })
	add(func(c *RecurrentConfig) { c.Highway, c.InputDropout, c.Dropout, c.OutputDropout = true, 0.1, 0.3, 0.2 })
	add(func(c *RecurrentConfig) {
		if c.Zoneout = 0.3; c.Cell == LSTM {
			c.ZoneoutCell = 0.4
		}
	})
	return list
}

func TestStackForward(t *testing.T) {
	lengths := []int{12, 12, 9, 4, 1}
	for _, cfg := range stackConfigs(3, 37) {
		for _, table := range []bool{false, true} {
			t.Run(caseName(cfg, "table ", table), func(t *testing.T) {
				n := newStackNet(t, cfg, 19, lengths, 2, table)
				n.key, n.ref.key = 77, 77
				n.run()
				_, results := n.reference()
				for b, result := range results {
					var out, wantOut []float64
					for step, y := range result.out {
						out = append(out, widen(n.output().Row(n.seq.row(step, b)))...)
						wantOut = append(wantOut, y...)
					}
					compare(t, "output", out, wantOut, forwardTolerance)
				}
			})
		}
	}
}

// dilatedConfigs lists stacks of every cell with dilation, which is for language models alone.
func dilatedConfigs(layers, hidden int) []RecurrentConfig {
	var list []RecurrentConfig
	for _, cell := range Cells {
		plain := RecurrentConfig{Cell: cell, Layers: layers, Hidden: hidden, Dilation: 2}
		noisy := plain
		noisy.WeightDrop, noisy.Zoneout, noisy.Variational, noisy.Dropout, noisy.Residual = 0.2, 0.1, true, 0.2, true
		list = append(list, plain, noisy)
	}
	return list
}

func languageConfigs(vocab, embedding, layers, hidden int) []Config {
	var list []Config
	for _, cfg := range append(stackConfigs(layers, hidden), dilatedConfigs(layers, hidden)...) {
		if cfg.Bidirectional {
			continue
		}
		list = append(list,
			Config{VocabSize: vocab, Embedding: embedding, RecurrentConfig: cfg},
			Config{VocabSize: vocab, Embedding: hidden, TieWeights: true, RecurrentConfig: cfg, AR: 2, TAR: 3})
	}
	return list
}

func TestLanguageModelForward(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 3, 37) {
		for _, steps := range []int{3, 12} { // through the rows, and through the table where that is possible
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "steps ", steps), func(t *testing.T) {
				n := newLanguageNet(t, cfg, steps, 5, 2)
				n.ref.key = 78
				nats := n.window.Forward(n.inputs, n.targets, n.state, 78)
				want, final := n.reference()
				compare(t, "loss", []float64{nats}, []float64{want}, forwardTolerance)
				for b, result := range final {
					for i, past := range states(n.state, b) {
						for k, s := range past {
							compare(t, "h", s.h, result.final[i][k].h, forwardTolerance)
							if cfg.Cell == LSTM {
								compare(t, "c", s.c, result.final[i][k].c, forwardTolerance)
							}
						}
					}
				}
			})
		}
	}
}
