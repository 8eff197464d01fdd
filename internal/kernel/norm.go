package kernel

import "math"

// normEpsilon is added to the variance, as torch.nn.LayerNorm does by default.
const normEpsilon = 1e-5

// NormForward normalises x (Ba et al. 2016, eq. 4): it replaces x by x̂ and adds to dst what the gain and the bias make of
// it, and returns the scale for [NormBackward]:
//
//	μ = Σx/n, σ² = Σ(x−μ)²/n, scale = 1/√(σ²+1e-5)
//	x̂ = (x−μ)·scale, dst += gain⊙x̂ + bias
func NormForward(dst, x, gain, bias []float32) (scale float32) {
	n := float64(len(x))
	sum, squares := moments(x)
	mean := sum / n
	variance := math.Max(0, squares/n-mean*mean)
	scale = float32(1 / math.Sqrt(variance+normEpsilon))
	normalise(x, dst[:len(x)], gain[:len(x)], bias[:len(x)], float32(mean), scale)
	return scale
}

// NormBackward overwrites dx with the gradient of the x that [NormForward] was given, from the gradient dy of its result
// and what it left, x̂ and scale:
//
//	d = dy⊙gain, dx = scale·(d − mean(d) − x̂·mean(d⊙x̂))
func NormBackward(dx, dy, x, gain []float32, scale float32) {
	n := float64(len(dx))
	x = x[:len(dx)]
	sum, slope := weigh(dx, dy[:len(dx)], gain[:len(dx)], x)
	normaliseBack(dx, x, float32(sum/n), float32(slope/n), scale)
}

// Hadamard writes the products of x and y to dst, element by element.
func Hadamard(dst, x, y []float32) { hadamard(dst, x[:len(dst)], y[:len(dst)]) }

// HadamardAdd adds the products of x and y to dst, element by element.
func HadamardAdd(dst, x, y []float32) { hadamardAdd(dst, x[:len(dst)], y[:len(dst)]) }

// momentsGeneric returns Σx and Σx², added up in float64.
func momentsGeneric(x []float32) (sum, squares float64) {
	for _, v := range x {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	return sum, squares
}

// weighGeneric writes d = dy⊙gain to dx and returns Σd and Σd⊙x, added up in float64.
func weighGeneric(dx, dy, gain, x []float32) (sum, slope float64) {
	for i, v := range dy {
		dx[i] = v * gain[i]
		sum += float64(dx[i])
		slope += float64(dx[i]) * float64(x[i])
	}
	return sum, slope
}

func hadamardGeneric(dst, x, y []float32) {
	for i, v := range x {
		dst[i] = v * y[i]
	}
}

func hadamardAddGeneric(dst, x, y []float32) {
	for i, v := range x {
		dst[i] += v * y[i]
	}
}

func normaliseGeneric(x, dst, gain, bias []float32, mean, scale float32) {
	for i, v := range x {
		x[i] = (v - mean) * scale
		dst[i] += gain[i]*x[i] + bias[i]
	}
}

func normaliseBackGeneric(dx, x []float32, mean, slope, scale float32) {
	for i, d := range dx {
		dx[i] = (d - mean - x[i]*slope) * scale
	}
}
