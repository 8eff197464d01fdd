package kernel

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// TestSgemm compares all four cases with gonum's own, above and below the size from which ours is used.
func TestSgemm(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(1)
		for _, sh := range [][3]int{{3, 4, 5}, {33, 45, 70}, {65, 31, 40}} {
			m, n, k := sh[0], sh[1], sh[2]
			for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
					for _, beta := range []float32{0, 1, -0.5} {
						a, _ := guardedMatrix(r, max(m, k), max(m, k), 2, 0)
						b, _ := guardedMatrix(r, max(n, k), max(n, k), 1, 0)
						c, g := guardedMatrix(r, m, n, 3, 0)
						want := clone(c)
						gonum.Implementation{}.Sgemm(tA, tB, m, n, k, 0.7, a.Data, a.Stride, b.Data, b.Stride, beta, want.Data, c.Stride)
						BLAS{}.Sgemm(tA, tB, m, n, k, 0.7, a.Data, a.Stride, b.Data, b.Stride, beta, c.Data, c.Stride)
						compare(t, c, want, 1e-4)
						checkGaps(t, c)
						g.check(t)
					}
				}
			}
		}
	})
}

func compare(t *testing.T, got, want Matrix, limit float64) {
	t.Helper()
	for i := range got.Rows {
		for j, v := range got.Row(i) {
			if w := want.Row(i)[j]; !(math.Abs(float64(v-w)) <= limit) {
				t.Fatalf("element %d,%d is %v, want %v", i, j, v, w)
			}
		}
	}
}

// TestSgemmOverwrites asserts that a beta of 0 forgets even a NaN.
func TestSgemmOverwrites(t *testing.T) {
	n := 40
	a, c := NewMatrix(n, n), NewMatrix(n, n)
	c.Row(3)[4] = float32(math.NaN())
	BLAS{}.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, a.Data, a.Stride, a.Data, a.Stride, 0, c.Data, c.Stride)
	if v := c.Row(3)[4]; v != 0 {
		t.Errorf("C[3][4] = %v, want 0", v)
	}
}
