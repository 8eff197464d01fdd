package kernel

import "math"

// Sigmoid replaces every x by 1/(1+e^−x).
func Sigmoid(x []float32) {
	for i, v := range x {
		x[i] = sigmoid(v)
	}
}

// Tanh replaces every x by tanh x.
func Tanh(x []float32) {
	for i, v := range x {
		x[i] = tanh(v)
	}
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

func tanh(x float32) float32 { return float32(math.Tanh(float64(x))) }
