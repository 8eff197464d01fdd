//go:build !purego

package kernel

import "unsafe"

// at returns the number that lies some bytes behind p.
func at(p *float32, bytes int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), bytes)) }

// copyRows returns a [rowCopier] of a width.
func copyRows(width int) rowCopier {
	return func(dst, src *float32, rows *int32, n, stride, cols int) {
		for k := range n {
			row := k
			if rows != nil {
				row = int(unsafe.Slice(rows, n)[k])
			}
			packRow(dst, src, k*width, width, row*stride, cols)
		}
	}
}

// packRow copies a row from some bytes behind src, and zeros up to the width.
func packRow(dst, src *float32, to, width, from, cols int) (packed []float32) {
	packed = unsafe.Slice(at(dst, to*floatBytes), width)
	copy(packed, unsafe.Slice(at(src, from), cols))
	clear(packed[cols:])
	return packed
}

// addRows returns a [rowAdder] of a width.
func addRows(width int) rowAdder {
	return func(dst, src, sums *float32, n, stride, cols int) {
		for k := range n {
			Add(unsafe.Slice(sums, cols), packRow(dst, src, k*width, width, k*stride, cols)[:cols])
		}
	}
}

// transposeRows returns a [rowTransposer] of a width.
func transposeRows(width int) rowTransposer {
	return func(dst, src *float32, rows, cols, strideDst, strideSrc int) {
		for j := range cols {
			clear(unsafe.Slice(at(dst, j*strideDst), width))
		}
		for i := range min(rows, width) {
			from := unsafe.Slice(at(src, i*strideSrc), cols)
			for j, v := range from {
				*at(dst, j*strideDst+i*floatBytes) = v
			}
		}
	}
}
