package kernel

import (
	"math"
	"slices"
	"testing"
)

// TestMomentsAndWeigh tries every length up to 80, with guard words around what is written.
func TestMomentsAndWeigh(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := range 81 {
			x, _ := guardedMatrix(newRand(1), 1, n, 0, n%16)
			dy, _ := guardedMatrix(newRand(2), 1, n, 0, (n+3)%16)
			gain, _ := guardedMatrix(newRand(3), 1, n, 0, (n+5)%16)
			dx, check := guardedMatrix(newRand(4), 1, n, 0, (n+7)%16)
			var sum, squares, weighed, slope float64
			for i, v := range x.Data {
				sum += float64(v)
				squares += float64(v) * float64(v)
				d := dy.Data[i] * gain.Data[i]
				weighed += float64(d)
				slope += float64(d) * float64(v)
			}
			bound := 1e-12 * float64(n)
			if a, b := moments(x.Data); math.Abs(a-sum) > bound || math.Abs(b-squares) > bound {
				t.Errorf("length %d: moments %v and %v, want %v and %v", n, a, b, sum, squares)
			}
			if a, b := weigh(dx.Data, dy.Data, gain.Data, x.Data); math.Abs(a-weighed) > bound || math.Abs(b-slope) > bound {
				t.Errorf("length %d: sums %v and %v, want %v and %v", n, a, b, weighed, slope)
			}
			for i, d := range dx.Data {
				if want := dy.Data[i] * gain.Data[i]; d != want {
					t.Errorf("length %d: d[%d] is %v, want %v", n, i, d, want)
				}
			}
			check.check(t)
		}
	})
}

// TestNorm holds the forward pass against its formula, and the backward pass against central differences of it.
func TestNorm(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, n := range []int{2, 5, 16, 37} {
			r := newRand(uint64(n))
			var v [4][]float32
			for i := range v {
				m, _ := guardedMatrix(r, 1, n, 0, i)
				v[i] = m.Data
			}
			input, gain, bias, dy := v[0], v[1], v[2], v[3]
			x, y, dx := slices.Clone(input), make([]float32, n), make([]float32, n)
			for i := range y {
				y[i] = 1
			}
			scale := NormForward(y, x, gain, bias)
			NormBackward(dx, dy, x, gain, scale)
			for i, want := range normInFloat64(input, gain, bias) {
				if math.Abs(float64(y[i])-1-want) > 1e-5 {
					t.Errorf("length %d: y[%d] is %v, want %v", n, i, y[i]-1, want)
				}
			}
			for i := range dx {
				const step = 1e-3
				above, below := slices.Clone(input), slices.Clone(input)
				above[i] += step
				below[i] -= step
				high, low := normInFloat64(above, gain, bias), normInFloat64(below, gain, bias)
				want := 0.0
				for j, d := range dy {
					want += float64(d) * (high[j] - low[j]) / float64(above[i]-below[i])
				}
				if math.Abs(float64(dx[i])-want) > 1e-4*(1+math.Abs(want)) {
					t.Errorf("length %d: dx[%d] is %v, want %v", n, i, dx[i], want)
				}
			}
		}
	})
}

func normInFloat64(x, gain, bias []float32) []float64 {
	var mean, variance float64
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(gain[i])*(float64(v)-mean)/math.Sqrt(variance+normEpsilon) + float64(bias[i])
	}
	return y
}

// TestNormOfEqualNumbers: what does not vary is no division by zero.
func TestNormOfEqualNumbers(t *testing.T) {
	x, y, ones := []float32{3, 3, 3}, []float32{0, 0, 0}, []float32{1, 1, 1}
	if scale := NormForward(y, x, ones, ones); !(scale > 0 && scale < 1000) || !slices.Equal(y, ones) {
		t.Errorf("scale %v, %v", scale, y)
	}
}
