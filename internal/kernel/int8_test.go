package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveInt8 is the product by int8 in the plainest form, from the definition in [Scratch.Mul]'s comment.
func naiveInt8(c, a, b Matrix, mode Mode, bias []float32) {
	for i := range c.Rows {
		x, factor := naiveMultiples(a.Row(i))
		for j := range c.Cols {
			column := make([]float32, b.Rows)
			for k := range column {
				column[k] = b.Row(k)[j]
			}
			w, scale := naiveMultiples(column)
			sum := 0
			for k := range x {
				sum += x[k] * w[k]
			}
			from := map[Mode]float32{Overwrite: 0, Accumulate: c.Row(i)[j]}[mode]
			if mode == Bias {
				from = bias[j]
			}
			c.Row(i)[j] = from + float32(float32(sum)*float32(factor*scale))
		}
	}
}

func naiveMultiples(x []float32) ([]int, float32) {
	top := float32(0)
	for _, v := range x {
		if v != v || math.IsInf(float64(v), 0) {
			return make([]int, len(x)), float32(math.NaN())
		}
		top = max(top, v, -v)
	}
	multiples := make([]int, len(x))
	if top < 0x1p-100 {
		return multiples, 0
	}
	a := 127 / top
	for i, v := range x {
		multiples[i] = int(math.RoundToEven(float64(v * a)))
	}
	return multiples, top / 127
}

// mulInt8Both packs b both ways and returns both products, with C between guard words.
func mulInt8Both(t *testing.T, c, a, b Matrix, mode Mode, bias []float32, workers int) (straight, other Matrix) {
	t.Helper()
	w := NewWorkers(workers)
	defer w.Close()
	packed, transposedly := NewPackedAs(b.Rows, b.Cols, Int8), NewPackedAs(b.Rows, b.Cols, Int8)
	w.Pack(packed, b)
	w.PackTransposed(transposedly, transposed(b))
	other = clone(c)
	w.Mul(c, a, packed, mode, bias)
	w.Mul(other, a, transposedly, mode, bias)
	return c, other
}

// TestMulInt8 asserts the bits of the plain definition: for every depth up to past two vectors, and for widths about
// those of panels and every number of rows that tiles take.
func TestMulInt8(t *testing.T) {
	shapes := [][3]int{{1, 300, 129}, {2, 65, 130}, {3, 7, 300}, {5, 33, 65}, {4, 2, 513}, {20, 64, 128}, {17, 5, 3}}
	for k := range 80 {
		shapes = append(shapes, [3]int{1 + k%4, k, 60 + k})
	}
	eachImplementation(t, func(t *testing.T) {
		r := newRand(1)
		for i, sh := range shapes {
			mode := Mode(i % 3)
			a, _ := guardedMatrix(r, sh[0], sh[1], 2, 3)
			b, _ := guardedMatrix(r, sh[1], sh[2], 1, 0)
			c, g := guardedMatrix(r, sh[0], sh[2], 3, 5)
			bias, _ := guardedMatrix(r, 1, sh[2], 0, 1)
			want := clone(c)
			naiveInt8(want, a, b, mode, bias.Row(0))
			got, other := mulInt8Both(t, c, a, b, mode, bias.Row(0), 1+i%3)
			sameBits(t, "int8 "+shape(sh[:]...), got, want)
			sameBits(t, "int8 transposed "+shape(sh[:]...), other, want)
			g.check(t)
			checkGaps(t, c)
		}
	})
}

// TestMulInt8Extremes: numbers of equal magnitude make every multiple ±127, at which instructions that saturate would.
func TestMulInt8Extremes(t *testing.T) {
	const k, n = 600, 70
	eachImplementation(t, func(t *testing.T) {
		for _, signs := range []func(i int) float32{
			func(int) float32 { return 1 }, func(int) float32 { return -1 },
			func(i int) float32 { return float32(1 - i%2*2) }, func(i int) float32 { return float32(1 - i/2%2*2) },
		} {
			a, b, c := NewMatrix(2, k), NewMatrix(k, n), NewMatrix(2, n)
			for i := range k {
				a.Row(0)[i], a.Row(1)[i] = 3*signs(i), -3*signs(i)
				for j := range n {
					b.Row(i)[j] = float32(j+1) * signs(i)
				}
			}
			want := clone(c)
			naiveInt8(want, a, b, Overwrite, nil)
			got, _ := mulInt8Both(t, c, a, b, Overwrite, nil, 1)
			sameBits(t, "extremes", got, want)
		}
	})
}

// TestMulInt8Strange: what is not finite makes its whole row or column NaN and nothing else; what is tiny is zero.
func TestMulInt8Strange(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-45, 0x1p-101, math.MaxFloat32} {
			r := newRand(2)
			a, _ := guardedMatrix(r, 3, 21, 0, 0)
			b, _ := guardedMatrix(r, 21, 33, 0, 0)
			bias, _ := guardedMatrix(r, 1, 33, 0, 0)
			for k := range 21 {
				a.Row(1)[k], b.Row(k)[2] = 0, 0
			}
			a.Row(1)[20], b.Row(20)[2] = v, v
			c := NewMatrix(3, 33)
			want := clone(c)
			naiveInt8(want, a, b, Bias, bias.Row(0))
			got, _ := mulInt8Both(t, c, a, b, Bias, bias.Row(0), 1)
			sameBits(t, fmt.Sprint(v), got, want)
		}
	})
}

// TestMultiples holds every implementation's rounding to int8 against the generic one, for every length and alignment.
func TestMultiples(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(3)
		for n := range 81 {
			x, g := guardedMatrix(r, 1, n, 0, n%5)
			for i := range n / 3 {
				x.Data[i] = float32(r.IntN(255)-127) / 254 // a tie
			}
			const margin = 32
			all := make([]int8, rowBytes(n)+2*margin)
			for i := range all {
				all[i] = -128
			}
			dst, want := all[margin:margin+rowBytes(n)], make([]int8, n)
			scale := quantise(active.tiles(), dst, x.Data[:n])
			if wantScale := quantise(nil, want, x.Data[:n]); scale != wantScale {
				t.Fatalf("scale of %d numbers is %v, want %v", n, scale, wantScale)
			}
			for i, v := range want {
				if dst[i] != v {
					t.Fatalf("%v in %v is %d, want %d", x.Data[i], scale, dst[i], v)
				}
			}
			for i := range margin {
				if all[i] != -128 || all[len(all)-1-i] != -128 {
					t.Fatalf("%d numbers: wrote beyond the row", n)
				}
			}
			g.check(t)
		}
	})
}

func FuzzMulInt8(f *testing.F) {
	f.Add(uint8(1), uint8(5), uint8(65), uint64(1))
	f.Fuzz(func(t *testing.T, rows, depth, cols uint8, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 5))
		a, _ := guardedMatrix(r, int(rows%9), int(depth), 1, 1)
		b, _ := guardedMatrix(r, int(depth), int(cols), 0, 2)
		c, g := guardedMatrix(r, int(rows%9), int(cols), 2, 3)
		want := clone(c)
		naiveInt8(want, a, b, Accumulate, nil)
		got, _ := mulInt8Both(t, c, a, b, Accumulate, nil, 2)
		sameBits(t, "int8", got, want)
		g.check(t)
	})
}
