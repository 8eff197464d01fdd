package kernel

import (
	"math"
	"testing"
)

// as returns m as a product of the precision sees it.
func as(precision Precision, m Matrix) Matrix {
	if precision != Mixed {
		return m
	}
	r := clone(m)
	roundAll(r.Data)
	return r
}

func TestMulMixed(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		for i, sh := range mulShapes {
			for mode := Overwrite; mode <= Bias; mode++ {
				testMul(t, newRand(uint64(i)), Mixed, sh[0], sh[1], sh[2], i%3, i%16, mode)
			}
		}
	})
}

// TestMulSplit also asserts that the smaller halves count: without them errors are up to 2⁻⁷.
func TestMulSplit(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		shapes := mulShapes
		if !SplitIsFast() { // it is Float32, which TestMul goes over
			shapes = shapes[:8]
		}
		for i, sh := range shapes {
			for mode := Overwrite; mode <= Bias; mode++ {
				testMul(t, newRand(uint64(i)), Split, sh[0], sh[1], sh[2], i%3, i%16, mode)
			}
		}
	})
}

// TestSplitErrors asserts the error of a product that [Scratch.Mul] states, of numbers beside 1, which come near to it.
func TestSplitErrors(t *testing.T) {
	const n, limit = 500, 0x1p-15
	eachMixed(t, func(t *testing.T) {
		r, a, b, c := newRand(1), NewMatrix(n, 1), NewMatrix(1, n), NewMatrix(n, n)
		for i := range n {
			a.Row(i)[0], b.Row(0)[i] = 1+r.Float32()/128, 1+r.Float32()/128
		}
		w, p := NewWorkers(1), NewPackedAs(1, n, Split)
		w.Pack(p, b)
		w.Mul(c, a, p, Overwrite, nil)
		for i := range n {
			for j, got := range c.Row(i) {
				x, y := a.Row(i)[0], b.Row(0)[j]
				if e := math.Abs(float64(got)/(float64(x)*float64(y)) - 1); e > limit {
					t.Fatalf("%v·%v = %v, which errs by %g, want at most %g", x, y, got, e, limit)
				}
			}
		}
	})
}

func TestMulTNMixed(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		for i, sh := range mulTNShapes {
			for _, gather := range []bool{false, true} {
				for mode := Overwrite; mode <= Accumulate; mode++ {
					testMulTN(t, newRand(uint64(i)), Mixed, sh[0], sh[1], sh[2], i%3, i%16, gather, mode)
				}
			}
		}
		testMulTNsTogether(t, Mixed)
	})
}

// TestMixedOrder asserts the order of a sum: two float32 that cancel leave a third only if nothing has been rounded off
// before. Tiles add up the even ones and the odd ones apart.
func TestMixedOrder(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		var want float32
		if addsByTiles() {
			want = 1
		}
		a, b, c := NewMatrix(1, 4), NewMatrix(4, 1), NewMatrix(1, 1)
		copy(a.Row(0), []float32{1, 1, 1, 1})
		for k, v := range []float32{0x1p24, 1, -0x1p24, 0} {
			b.Row(k)[0] = v
		}
		w, p := NewWorkers(1), NewPackedAs(4, 1, Mixed)
		w.Pack(p, b)
		w.Mul(c, a, p, Overwrite, nil)
		if got := c.Row(0)[0]; got != want {
			t.Errorf("2²⁴ + 1 − 2²⁴ = %v in float32, want %v", got, want)
		}
	})
}

// TestMixedNaN asserts that NaN and infinities pass through rounding and splitting, which makes NaN of either.
func TestMixedNaN(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		a, b := NewMatrix(3, 5), NewMatrix(5, 40)
		b.Row(2)[7], b.Row(4)[39] = float32(math.NaN()), float32(math.Inf(1))
		a.Row(1)[2], a.Row(2)[4] = 1, 1
		for _, precision := range []Precision{Mixed, Split} {
			w, p, c := NewWorkers(1), NewPackedAs(5, 40, precision), NewMatrix(3, 40)
			w.Pack(p, b)
			w.Mul(c, a, p, Overwrite, nil)
			for i := range 3 {
				for j, v := range c.Row(i) {
					if hit := j == 7 || j == 39; math.IsNaN(float64(v-v)) != hit {
						t.Errorf("%v: element %d,%d is %v", precision, i, j, v)
					}
				}
			}
		}
	})
}

func TestMixedAllocates(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		w := NewWorkers(2)
		defer w.Close()
		a, b, c, d, p := NewMatrix(33, 70), NewMatrix(70, 90), NewMatrix(33, 90), NewMatrix(70, 90), NewPackedAs(70, 90, Mixed)
		split := NewPackedAs(70, 90, Split)
		for name, f := range map[string]func(){
			"Pack":  func() { w.Pack(p, b) },
			"Mul":   func() { w.Mul(c, a, p, Accumulate, nil) },
			"Split": func() { w.Mul(c, a, split, Accumulate, nil) },
			"MulTN": func() { w.MulTN(Mixed, a, nil, Overwrite, Right{C: d, B: c}) },
		} {
			if n := testing.AllocsPerRun(20, f); n != 0 {
				t.Errorf("%s allocates %v times", name, n)
			}
		}
	})
}

// BenchmarkMulMixed is [BenchmarkMul] with operands that are rounded to bfloat16.
func BenchmarkMulMixed(b *testing.B) {
	for _, sh := range [][3]int{{25, 512, 2048}, {1250, 512, 2048}, {1250, 2048, 512}} {
		b.Run(shape(sh[:]...), func(b *testing.B) {
			m, k, n := sh[0], sh[1], sh[2]
			s, p, a, c := newScratch(), NewPackedAs(k, n, Mixed), NewMatrix(m, k), NewMatrix(m, n)
			for b.Loop() {
				s.Mul(c, a, p, 0, p.Panels(), Accumulate, nil)
			}
			gflops(b, m, k, n)
		})
	}
}
