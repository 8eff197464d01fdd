package kernel

import (
	"math"
	"testing"
)

// TestMulBF16 asserts that a product by bfloat16 weights has the bits of one by rounded float32 weights.
func TestMulBF16(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(1)
		for _, sh := range [][3]int{{1, 1, 1}, {1, 64, 128}, {2, 65, 130}, {3, 7, 300}, {5, 33, 65}, {4, 2, 513}} {
			for mode := Overwrite; mode <= Bias; mode++ {
				a, _ := guardedMatrix(r, sh[0], sh[1], 2, 3)
				b, _ := guardedMatrix(r, sh[1], sh[2], 1, 0)
				c, g := guardedMatrix(r, sh[0], sh[2], 3, 5)
				bias, _ := guardedMatrix(r, 1, sh[2], 0, 1)
				rounded, want := clone(b), clone(c)
				for i, v := range b.Data {
					rounded.Data[i] = math.Float32frombits(roundBF16(v))
				}
				w := NewWorkers(2)
				full, half, other := NewPacked(sh[1], sh[2]), NewPackedAs(sh[1], sh[2], BFloat16), NewPackedAs(sh[1], sh[2], BFloat16)
				w.Pack(full, rounded)
				w.Pack(half, b)
				w.PackTransposed(other, transposed(b))
				again := clone(c)
				w.Mul(want, a, full, mode, bias.Row(0))
				w.Mul(c, a, half, mode, bias.Row(0))
				w.Mul(again, a, other, mode, bias.Row(0))
				w.Close()
				sameBits(t, "bf16 "+shape(sh[:]...), c, want)
				sameBits(t, "bf16 transposed "+shape(sh[:]...), again, want)
				g.check(t)
				checkGaps(t, c)
			}
		}
	})
}

func TestRoundBF16(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{
		{0, 0}, {1, 1}, {-2.5, -2.5}, {1 + 0x1p-8, 1}, {1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7}, {1 + 3*0x1p-8, 1 + 0x1p-6},
		{float32(math.Inf(-1)), float32(math.Inf(-1))}, {math.MaxFloat32, float32(math.Inf(1))},
	} {
		if got := math.Float32frombits(roundBF16(c.x)); got != c.want {
			t.Errorf("%v rounds to %v, want %v", c.x, got, c.want)
		}
	}
	if got := math.Float32frombits(roundBF16(math.Float32frombits(0x7f800001))); got == got {
		t.Errorf("NaN rounds to %v", got)
	}
}
