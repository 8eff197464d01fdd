//go:build !purego

package kernel

// gather leaves rows of odd lengths to Go.
func gather(dst, src Matrix, rows []int32) {
	switch {
	case active == generic || len(rows) == 0 || src.Rows == 0 || dst.Cols == 0 || dst.Cols%strideUnit != 0:
		gatherGeneric(dst, src, rows)
	case active == avx512:
		gatherAVX512(&dst.Data[0], &src.Data[0], &rows[0], len(rows), dst.Cols/strideUnit, dst.bytes(), src.bytes())
	case active == avx2:
		gatherAVX2(&dst.Data[0], &src.Data[0], &rows[0], len(rows), dst.Cols/strideUnit, dst.bytes(), src.bytes())
	}
}
