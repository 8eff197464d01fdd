package kernel

import "math"

// LogSumExp returns ln Σ e^x[i], with the maximum taken out first; −∞ for an empty x.
func LogSumExp(x []float32) float64 {
	top := maximum(x)
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v - top))
	}
	return float64(top) + math.Log(sum)
}

// Softmax replaces x by e^x[i] / Σ e^x.
func Softmax(x []float32) {
	lse := LogSumExp(x)
	for i, v := range x {
		x[i] = float32(math.Exp(float64(v) - lse))
	}
}

// CrossEntropy returns −ln softmax(logits)[target] in nats and replaces logits by the loss's gradient, times scale:
//
//	logits[i] ← scale·(softmax(logits)[i] − [i = target])
func CrossEntropy(logits []float32, target int, scale float32) float64 {
	hit := float64(logits[target])
	lse := LogSumExp(logits)
	for i, v := range logits {
		logits[i] = scale * float32(math.Exp(float64(v)-lse))
	}
	logits[target] -= scale
	return lse - hit
}

// maximum returns the largest element; a NaN anywhere makes it NaN.
func maximum(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		top = max(top, v)
	}
	return top
}
