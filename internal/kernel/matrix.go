package kernel

import "fmt"

// Matrix is a view of Rows×Cols numbers; row i is Data[i*Stride : i*Stride+Cols].
type Matrix struct {
	Data               []float32
	Rows, Cols, Stride int
}

// strideUnit is the number of float32 in a cache line: rows that start on one are read without straddling two.
const strideUnit = 16

// NewMatrix allocates rows×cols zeros; rows start on cache lines.
func NewMatrix(rows, cols int) Matrix {
	stride := (cols + strideUnit - 1) / strideUnit * strideUnit
	return Matrix{Data: Aligned(rows * stride), Rows: rows, Cols: cols, Stride: stride}
}

// Resize gives m the shape rows×cols in the memory that it has, or in new memory if that is too small. The numbers that it
// holds afterwards are undefined.
func (m *Matrix) Resize(rows, cols int) {
	stride := (cols + strideUnit - 1) / strideUnit * strideUnit
	if cap(m.Data) < rows*stride {
		*m = NewMatrix(rows, cols)
		return
	}
	*m = Matrix{Data: m.Data[:rows*stride], Rows: rows, Cols: cols, Stride: stride}
}

// View presents data as a dense rows×cols matrix.
func View(data []float32, rows, cols int) Matrix {
	return Matrix{Data: data, Rows: rows, Cols: cols, Stride: cols}
}

// Row returns row i.
func (m Matrix) Row(i int) []float32 {
	return m.Data[i*m.Stride : i*m.Stride+m.Cols : i*m.Stride+m.Cols]
}

// RowRange returns the view of rows from up to, but without, to.
func (m Matrix) RowRange(from, to int) Matrix {
	m.Data, m.Rows = m.Data[from*m.Stride:], to-from
	return m
}

// ColRange returns the view of columns from up to, but without, to.
func (m Matrix) ColRange(from, to int) Matrix {
	m.Data, m.Cols = m.Data[from:], to-from
	return m
}

// check panics unless every row lies in Data.
func (m Matrix) check() {
	if m.Rows > 0 && (m.Stride < m.Cols && m.Rows > 1 || (m.Rows-1)*m.Stride+m.Cols > len(m.Data)) {
		panic(fmt.Sprintf("kernel: %d×%d with stride %d does not fit in %d numbers", m.Rows, m.Cols, m.Stride, len(m.Data)))
	}
}

// bytes is the stride as assembly takes it.
func (m Matrix) bytes() int { return m.Stride * floatBytes }

// checkShapes panics unless every m is rows×cols and its rows lie in its Data.
func checkShapes(rows, cols int, ms ...Matrix) {
	for _, m := range ms {
		m.check()
		if m.Rows != rows || m.Cols != cols {
			panic(fmt.Sprintf("kernel: %d×%d where %d×%d is needed", m.Rows, m.Cols, rows, cols))
		}
	}
}

// Zero sets every element to zero.
func (m Matrix) Zero() {
	for i := range m.Rows {
		clear(m.Row(i))
	}
}

// CopyFrom copies src, which has the same shape.
func (m Matrix) CopyFrom(src Matrix) {
	for i := range m.Rows {
		copy(m.Row(i), src.Row(i))
	}
}
