package kernel

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is gonum's float32 BLAS with the matrix products of this package. Nothing uses it unless it is told to.
type BLAS struct{ gonum.Implementation }

var _ blas.Float32 = BLAS{}

// UseBLAS makes gonum's blas32 multiply matrices by this package, for the whole program.
func UseBLAS() { blas32.Use(BLAS{}) }

// smallProduct is the number of multiplications below which packing does not pay.
const smallProduct = 32 * 32 * 32

// Sgemm computes C = alpha·op(A)·op(B) + beta·C, where op transposes or not; op(A) is m×k, op(B) k×n. As in gonum, a beta
// of 0 overwrites C. The product is made apart, so that it rounds as [Scratch.Mul] does whatever alpha and beta are.
func (b BLAS) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, x []float32, ldx int, y []float32, ldy int, beta float32, c []float32, ldc int) {
	if active.tiles() == nil || m*n*k < smallProduct {
		b.Implementation.Sgemm(tA, tB, m, n, k, alpha, x, ldx, y, ldy, beta, c, ldc)
		return
	}
	left, right := oriented(tA, x, ldx, m, k), NewPacked(k, n)
	if tB == blas.NoTrans {
		right.pack(Matrix{Data: y, Rows: k, Cols: n, Stride: ldy}, 0, right.Panels())
	} else {
		right.packTransposed(Matrix{Data: y, Rows: n, Cols: k, Stride: ldy}, 0, right.Panels())
	}
	product := NewMatrix(m, n)
	newScratch().Mul(product, left, right, 0, right.Panels(), Overwrite, nil)
	out := Matrix{Data: c, Rows: m, Cols: n, Stride: ldc}
	out.check()
	for i := range m {
		if row := out.Row(i); beta == 0 {
			clear(row)
		} else if beta != 1 {
			Scale(row, beta)
		}
		Axpy(out.Row(i), alpha, product.Row(i))
	}
}

// oriented returns op(A) as a rows×cols matrix, copied if it is the transpose of what is stored.
func oriented(t blas.Transpose, x []float32, ld, rows, cols int) Matrix {
	if t == blas.NoTrans {
		return Matrix{Data: x, Rows: rows, Cols: cols, Stride: ld}
	}
	stored, m := Matrix{Data: x, Rows: cols, Cols: rows, Stride: ld}, NewMatrix(rows, cols)
	for i := range cols {
		for j, v := range stored.Row(i) {
			m.Data[j*m.Stride+i] = v
		}
	}
	return m
}
