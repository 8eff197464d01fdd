package model

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// TestMixedGradients asserts that rounding to bfloat16, by up to 2⁻⁹, moves a gradient little, and at all: more where
// rectifiers change sides.
func TestMixedGradients(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			want := trainOnce(newLanguageNet(t, cfg, 6, 9, 1), 81)
			n := newLanguageNet(t, cfg, 6, 9, 1)
			n.SetPrecision(Mixed)
			n.Pack(n.workers)
			got := trainOnce(n, 81)
			limit := 0.05
			if cfg.Cell == ReLURNN {
				limit = 0.3
			}
			for i, g := range got.grads {
				w := want.grads[i].Data
				moved := append([]float32(nil), g.Data...)
				kernel.Axpy(moved, -1, w)
				if share := math.Sqrt(kernel.SumSquares(moved) / kernel.SumSquares(w)); !(share > 0 && share < limit) {
					t.Errorf("%s: moved by %v of its norm, want less than %v and not 0", g.Name, share, limit)
				}
			}
		})
	}
}

func TestParseTrainingPrecision(t *testing.T) {
	for name, want := range map[string]Precision{"": Float32, "fp32": Float32, "bf16": Mixed} {
		if got, err := ParseTrainingPrecision(name); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", name, got, err, want)
		}
	}
	if _, err := ParseTrainingPrecision("int8"); err == nil {
		t.Error("int8 is accepted")
	}
}
