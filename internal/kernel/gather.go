package kernel

import "fmt"

// Gather copies rows of a table: dst[i] = src[rows[i]], except that a negative number leaves dst[i] as it is.
func Gather(dst, src Matrix, rows []int32) {
	checkShapes(len(rows), dst.Cols, dst)
	src.check()
	if dst.Cols != src.Cols {
		panic(fmt.Sprintf("kernel: gathering rows of %d numbers from rows of %d", dst.Cols, src.Cols))
	}
	for _, r := range rows {
		if int(r) >= src.Rows {
			panic(fmt.Sprintf("kernel: row %d gathered of %d", r, src.Rows))
		}
	}
	gather(dst, src, rows)
}

func gatherGeneric(dst, src Matrix, rows []int32) {
	for i, r := range rows {
		if r >= 0 {
			copy(dst.Row(i), src.Row(int(r)))
		}
	}
}
