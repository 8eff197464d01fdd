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

// TestSumRows holds sums against one row after the other, bit by bit.
func TestSumRows(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(1)
		for cols := range 40 {
			src, _ := guardedMatrix(r, 7, cols, 3, 0)
			dst, g := guardedMatrix(r, 1, cols, 0, cols%16)
			want, rows := clone(dst), []int32{106, 100, 103, 103, 106}
			for _, row := range rows {
				addGeneric(want.Row(0), src.Row(int(row)-100))
			}
			SumRows(dst.Row(0), src, 100, rows)
			sameBits(t, "sum of rows of "+shape(cols), dst, want)
			SumRows(dst.Row(0), src, 100, nil)
			sameBits(t, "no rows added to "+shape(cols), dst, want)
			g.check(t)
		}
	})
}

// BenchmarkSumRows adds up the weights of a short text's n-grams from a table that L2 does not hold.
func BenchmarkSumRows(b *testing.B) {
	for _, cols := range []int{2, 6, 20} {
		b.Run(shape(cols), func(b *testing.B) {
			r, src, dst := newRand(1), NewMatrix(1<<20, cols), make([]float32, cols)
			rows := make([]int32, 100*150)
			for i := range rows {
				rows[i] = r.Int32N(1 << 20)
			}
			for i := 0; b.Loop(); i++ {
				SumRows(dst, src, 0, rows[i%100*150:][:150])
			}
			perElement(b, 150)
		})
	}
}
