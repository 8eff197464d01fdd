package model

import (
	"math"
	"testing"
)

// difference is the step of central differences. In float64 their error is about difference² times the third derivative
// plus 2⁻⁵³/difference times the loss: 1e-10 or less, nothing beside float32.
const difference = 1e-5

// gradientTolerance bounds float32 against that, as a part of the largest element of a tensor. A gradient is made of
// rounded activations by as many roundings again, and its sums cancel: 2e-6 was the most on two kinds of kernels.
const gradientTolerance = 1e-5

// toleranceOf returns gradientTolerance, or more where a gradient comes from differences, which leave rounding errors
// behind: layer normalisation takes parts of it away, and a highway's gate weighs h − x, which is small where both are
// alike (1.3e-5 was seen).
func toleranceOf(cfg RecurrentConfig) float64 {
	switch {
	case cfg.LayerNorm:
		return 10 * gradientTolerance
	case cfg.Highway:
		return 5 * gradientTolerance
	}
	return gradientTolerance
}

// checkGradients holds every element of every variable against central differences of loss.
func checkGradients(t *testing.T, tolerance float64, variables []variable, loss func() float64) {
	t.Helper()
	for _, v := range variables {
		want := make([]float64, len(v.value))
		for i, at := range v.value {
			v.value[i] = at + difference
			above := loss()
			v.value[i] = at - difference
			want[i] = (above - loss()) / (2 * difference)
			v.value[i] = at
		}
		compare(t, "gradient of "+v.name, v.grad, want, tolerance)
	}
}

// checkKinks fails the test if a rectifier was so near to its kink that differences would step over it.
func checkKinks(t *testing.T, r *reference) {
	t.Helper()
	if r.cfg.Cell == ReLURNN && !(r.closest > 10*difference && !math.IsInf(r.closest, 1)) {
		t.Errorf("a rectifier's argument is %v away from the kink: take other weights", r.closest)
	}
}

func TestStackGradients(t *testing.T) {
	for _, cfg := range stackConfigs(2, 3) {
		for _, table := range []bool{false, true} {
			if table && (cfg.Residual || cfg.Highway || cfg.InputDropout+cfg.EmbeddingDropout > 0) {
				continue // none is possible
			}
			for workers := 1; workers <= 2; workers++ {
				if workers == 1 && cfg.LayerNorm {
					continue // its networks are the largest, and TestWorkersDoNotChangeBits has them, too
				}
				t.Run(caseName(cfg, "table ", table, "workers ", workers), func(t *testing.T) {
					n := newStackNet(t, cfg, 4, []int{5, 5, 3, 1}, workers, table)
					n.key, n.ref.key = 79, 79
					n.run()
					checkGradients(t, toleranceOf(cfg), n.variables(), func() float64 {
						loss, _ := n.reference()
						return loss
					})
					checkKinks(t, n.ref)
				})
			}
		}
	}
}

func TestLanguageModelGradients(t *testing.T) {
	for _, cfg := range languageConfigs(5, 4, 2, 3) {
		for _, steps := range []int{2, 4} { // through the rows, and through the table where that is possible
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "steps ", steps), func(t *testing.T) {
				n := newLanguageNet(t, cfg, steps, 3, 2)
				n.ref.key = 80
				n.window.Forward(n.inputs, n.targets, n.state, 80)
				n.window.Backward()
				checkGradients(t, toleranceOf(cfg.RecurrentConfig), gradientsOf(n.Parameters(), n.ref), n.referenceLoss)
				checkKinks(t, n.ref)
			})
		}
	}
}
