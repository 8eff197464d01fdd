package model

import (
	"fmt"
	"math"
	"testing"
)

// compare fails the test unless got is want within tolerance times the largest magnitude in want. Relative to the largest
// and not to each element, because what cancels to a small number keeps the rounding errors of the summands.
func compare(t *testing.T, name string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", name, len(got), len(want))
	}
	scale := 0.0
	for _, v := range want {
		scale = math.Max(scale, math.Abs(v))
	}
	worst, at := -1.0, 0
	for i := range want {
		if e := math.Abs(got[i] - want[i]); e > worst || math.IsNaN(e) {
			worst, at = e, i
		}
	}
	if len(want) > 0 && !(worst <= tolerance*scale) {
		t.Errorf("%s[%d] is %v, want %v: off by %.1e of the largest, %.1e allowed", name, at, got[at], want[at], worst/scale, tolerance)
	}
}

// sameBits fails the test unless two tensors are equal to the bit.
func sameBits(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", name, len(got), len(want))
	}
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Errorf("%s[%d] is %v, want the bits of %v", name, i, got[i], want[i])
			return
		}
	}
}

// caseName names a subtest after what matters in a configuration.
func caseName(cfg RecurrentConfig, extra ...any) string {
	name := fmt.Sprintf("%s/%dx%d", cfg.Cell, cfg.Layers, cfg.Hidden)
	for _, option := range []struct {
		on   bool
		name string
	}{
		{cfg.Bidirectional, "bidirectional"}, {cfg.Residual, "residual"},
		{cfg.Dropout+cfg.InputDropout+cfg.OutputDropout > 0, "dropout"},
		{cfg.Variational, "variational"}, {cfg.EmbeddingDropout > 0, "embedding dropout"}, {cfg.WeightDrop > 0, "weight drop"},
		{cfg.Zoneout+cfg.ZoneoutCell > 0, "zoneout"}, {cfg.Dilation > 1, "dilation"}, {cfg.Highway, "highway"},
	} {
		if option.on {
			name += "," + option.name
		}
	}
	for _, e := range extra {
		name += fmt.Sprint(",", e)
	}
	return name
}
