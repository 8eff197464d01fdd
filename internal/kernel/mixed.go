package kernel

import "unsafe"

// rounding returns a tile set that multiplies float32 which are rounded to bfloat16 when they are packed.
func rounding(t tileSet) *tileSet {
	plain := t
	t.few = nil
	t.copyStrip = func(dst, src *float32, rows *int32, n, stride, cols int) {
		plain.copyStrip(dst, src, rows, n, stride, cols)
		roundAll(unsafe.Slice(dst, n*t.strip))
	}
	t.copyPanel = func(dst, src *float32, rows *int32, n, stride, cols int) {
		plain.copyPanel(dst, src, rows, n, stride, cols)
		roundAll(unsafe.Slice(dst, n*t.width))
	}
	t.addStrip = func(dst, src, sums *float32, n, stride, cols int) {
		plain.addStrip(dst, src, sums, n, stride, cols)
		roundAll(unsafe.Slice(dst, n*t.strip))
	}
	t.transposeStrip = roundingTransposer(plain.transposeStrip, t.strip)
	t.transpose = roundingTransposer(plain.transpose, t.lanes)
	return &t
}

// roundingTransposer rounds what transpose packs, width wide.
func roundingTransposer(transpose rowTransposer, width int) rowTransposer {
	return func(dst, src *float32, rows, cols, strideDst, strideSrc int) {
		transpose(dst, src, rows, cols, strideDst, strideSrc)
		for j := range cols {
			roundAll(unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(dst), j*strideDst)), width))
		}
	}
}

// roundAll rounds every number to bfloat16.
func roundAll(x []float32) {
	for i, v := range x {
		x[i] = nearestBF16(v)
	}
}

// rounded returns a rounded copy of m, in buf if it is large enough, and that buffer.
func rounded(buf []float32, m Matrix) (Matrix, []float32) {
	buf = grow(buf, m.Rows*m.Cols)
	r := View(buf, m.Rows, m.Cols)
	r.CopyFrom(m)
	roundAll(buf[:m.Rows*m.Cols])
	return r, buf
}
