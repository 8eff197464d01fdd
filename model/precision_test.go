package model

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// TestMixedGradients asserts that rounding to bfloat16, by up to 2⁻⁸, moves gradients and states little, and at all.
func TestMixedGradients(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			want := trainOnce(newLanguageNet(t, cfg, 6, 9, 1), 81)
			n := newLanguageNet(t, cfg, 6, 9, 1)
			n.SetPrecision(Mixed)
			n.Pack(n.workers)
			got := trainOnce(n, 81)
			limit := mixedLimit(cfg.Cell)
			for i, g := range got.grads {
				if share := moved(g.Data, want.grads[i].Data); !(share > 0 && share < limit) {
					t.Errorf("%s: moved by %v of its norm, want less than %v and not 0", g.Name, share, limit)
				}
			}
			for i, s := range got.state { // which the layers alone compute
				if share := moved(s.Data, want.state[i].Data); !(share > 0 && share < limit) {
					t.Errorf("%s: moved by %v of its norm, want less than %v and not 0", s.Name, share, limit)
				}
			}
		})
	}
}

// TestPrecisionReachesWindows asserts that a window computes in the precision that the model has, not in that of the time
// when it was made.
func TestPrecisionReachesWindows(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			before, after := newLanguageNet(t, cfg, 6, 9, 1), newLanguageNet(t, cfg, 6, 9, 1)
			for _, n := range []*languageNet{before, after} {
				n.SetPrecision(Mixed)
				n.Pack(n.workers)
			}
			after.window = after.NewTrainingWindow(after.workers, 6, 9)
			want, got := trainOnce(after, 81), trainOnce(before, 81)
			sameNats(t, got.nats, want.nats)
			sameTensors(t, got.grads, want.grads)
		})
	}
}

// TestMixedClassifier asserts that rounding moves a classifier's logits and gradients little, and at all, and that a
// document still gets the same bits alone and in any batch.
func TestMixedClassifier(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 37) {
		t.Run(classifierName(cfg), func(t *testing.T) {
			exact, n := newClassifierNet(t, cfg, 1), newClassifierNet(t, cfg, 1)
			n.SetPrecision(Mixed)
			n.Pack(testWorkers(t, 1))
			want, got := exact.run(), n.run()
			for d := range want {
				if share := moved(got[d], want[d]); !(share > 0 && share < 0.05) {
					t.Errorf("logits of document %d: moved by %v of their norm", d, share)
				}
			}
			limit := mixedLimit(cfg.Cell)
			if cfg.Pooling == PoolMax || cfg.Pooling == PoolMeanMax { // another step may be the largest
				limit = 0.3
			}
			for i, p := range n.Parameters() {
				if share := moved(p.Grad, exact.Parameters()[i].Grad); !(share <= limit) {
					t.Errorf("gradient of %s: moved by %v of its norm", p.Name, share)
				}
			}
			together := n.NewBatch(testWorkers(t, 2)).Forward(n.docs, 0)
			alone := n.NewBatch(testWorkers(t, 1))
			for d := range n.docs {
				sameBits(t, "logits alone", alone.Forward(n.docs[d:d+1], 0)[0], together[d])
			}
		})
	}
}

// moved is how far got is from want, as a share of want's norm.
func moved(got, want []float32) float64 {
	by := append([]float32(nil), got...)
	kernel.Axpy(by, -1, want)
	return math.Sqrt(kernel.SumSquares(by) / kernel.SumSquares(want))
}

// mixedLimit is how far rounding may move a gradient: more where rectifiers change sides.
func mixedLimit(c Cell) float64 {
	if c == ReLURNN {
		return 0.3
	}
	return 0.05
}

func TestParsePrecisions(t *testing.T) {
	for name, want := range map[string]Precision{"": Float32, "fp32": Float32, "bf16": Mixed} {
		for _, parse := range []func(string) (Precision, error){ParseProductPrecision, ParseLabelPrecision} {
			if got, err := parse(name); err != nil || got != want {
				t.Errorf("%q: %v, %v; want %v", name, got, err, want)
			}
		}
	}
	if got, err := ParseLabelPrecision("bf16x3"); err != nil || got != Split {
		t.Errorf("bf16x3: %v, %v", got, err)
	}
	if _, err := ParseProductPrecision("bf16x3"); err == nil {
		t.Error("bf16x3 is accepted in training")
	}
	if _, err := ParseLabelPrecision("int8"); err == nil {
		t.Error("int8 is accepted")
	}
}
