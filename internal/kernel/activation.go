package kernel

import "math"

// Sigmoid replaces every x by 1/(1+e^−x).
//
// The error is at most 3 ulp in the assembly for x > −87, where the result is a normal number, and 2⁻¹²⁶ below.
func Sigmoid(x []float32) { sigmoidAll(x) }

// Tanh replaces every x by tanh x.
//
// The error is at most 4 ulp in the assembly.
func Tanh(x []float32) { tanhAll(x) }

func sigmoidGeneric(x []float32) {
	for i, v := range x {
		x[i] = sigmoid(v)
	}
}

func tanhGeneric(x []float32) {
	for i, v := range x {
		x[i] = tanh(v)
	}
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

func tanh(x float32) float32 { return float32(math.Tanh(float64(x))) }
