package kernel

import "testing"

// TestGather asserts every row, those left alone, and what lies around, for widths with kernels and without.
func TestGather(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(1)
		for _, cols := range []int{0, 1, 15, 16, 17, 32, 48, 512} {
			for n := range 9 {
				src, _ := guardedMatrix(r, 7, cols, 3, 0)
				dst, g := guardedMatrix(r, n, cols, 2, n)
				want, rows := clone(dst), make([]int32, n)
				for i := range rows {
					rows[i] = int32(r.IntN(8) - 1)
					if rows[i] >= 0 {
						copy(want.Row(i), src.Row(int(rows[i])))
					}
				}
				Gather(dst, src, rows)
				sameBits(t, "gathered "+shape(n, cols), dst, want)
				g.check(t)
				checkGaps(t, dst)
			}
		}
	})
}

// TestGatherFromAnEmptyTable: without rows to copy, everything stays.
func TestGatherFromAnEmptyTable(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		dst, guard := guardedMatrix(newRand(1), 2, strideUnit, 0, 0)
		before := clone(dst)
		Gather(dst, NewMatrix(0, strideUnit), []int32{-1, -1})
		sameBits(t, "rows that are left as they are", dst, before)
		guard.check(t)
	})
}
