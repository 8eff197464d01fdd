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

// fewColumns is the number of columns below which a row is too short for a call of its own, which computes whole vectors
// (measured: rows of 2 take half the time, rows of 8 as long).
const fewColumns = 8

// SumRows adds rows of a table to dst, in their order: dst += src[rows[0]−first], and so on.
func SumRows(dst []float32, src Matrix, first int, rows []int32) {
	src.check()
	if len(dst) != src.Cols {
		panic(fmt.Sprintf("kernel: rows of %d numbers added to %d", src.Cols, len(dst)))
	}
	if src.Cols >= fewColumns {
		for _, r := range rows {
			Add(dst, src.Row(int(r)-first))
		}
		return
	}
	j := 0
	for ; j+2 <= src.Cols; j += 2 {
		dst[j], dst[j+1] = sumPair(dst[j], dst[j+1], src.Data[j:], src.Stride, first, rows)
	}
	if j < src.Cols {
		dst[j] = sumColumn(dst[j], src.Data[j:], src.Stride, first, rows)
	}
}

// sumPair adds the first two numbers of rows to a and b, which stay in registers: rows that lie scattered in a large table
// are fetched side by side, for nothing waits for a sum that is stored.
func sumPair(a, b float32, data []float32, stride, first int, rows []int32) (float32, float32) {
	for _, r := range rows {
		row := data[(int(r)-first)*stride:][:2]
		a += row[0]
		b += row[1]
	}
	return a, b
}

func sumColumn(a float32, data []float32, stride, first int, rows []int32) float32 {
	for _, r := range rows {
		a += data[(int(r)-first)*stride]
	}
	return a
}

func gatherGeneric(dst, src Matrix, rows []int32) {
	for i, r := range rows {
		if r >= 0 {
			copy(dst.Row(i), src.Row(int(r)))
		}
	}
}
