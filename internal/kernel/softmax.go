package kernel

import "math"

// LogSumExp returns ln Σ e^x[i], with the maximum taken out first; −∞ for an empty x.
//
// A term's error is at most 2 ulp of float32 in the assembly; terms are added up in float64.
func LogSumExp(x []float32) float64 {
	top := maximum(x)
	return float64(top) + math.Log(expSum(x, top))
}

// Softmax replaces x by e^x[i] / Σ e^x.
func Softmax(x []float32) {
	Scale(x, float32(1/expSumStore(x, maximum(x))))
}

// CrossEntropy returns −ln softmax(logits)[target] in nats and replaces logits by the loss's gradient, times scale:
//
//	logits[i] ← scale·(softmax(logits)[i] − [i = target])
func CrossEntropy(logits []float32, target int, scale float32) float64 {
	hit := float64(logits[target])
	top := maximum(logits)
	sum := expSumStore(logits, top)
	Scale(logits, float32(float64(scale)/sum))
	logits[target] -= scale
	return float64(top) + math.Log(sum) - hit
}

// maximumGeneric returns the largest element; a NaN anywhere makes it NaN.
func maximumGeneric(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

// expSumGeneric returns Σ e^(x[i]−top).
func expSumGeneric(x []float32, top float32) float64 {
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v - top))
	}
	return sum
}

// expSumStoreGeneric replaces x[i] by e^(x[i]−top) and returns the sum.
func expSumStoreGeneric(x []float32, top float32) float64 {
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v - top))
		x[i] = float32(e)
		sum += e
	}
	return sum
}
