package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveMul is C = start + A·B in float64, with the sum of the terms' magnitudes beside it: rounding errors are measured
// by that.
func naiveMul(start, a, b Matrix) (sum, size [][]float64) {
	for i := range start.Rows {
		s, m := make([]float64, start.Cols), make([]float64, start.Cols)
		for j := range s {
			s[j] = float64(start.Row(i)[j])
			for k, v := range a.Row(i) {
				term := float64(v) * float64(b.Row(k)[j])
				s[j] += term
				m[j] += math.Abs(term)
			}
			m[j] += math.Abs(float64(start.Row(i)[j]))
		}
		sum, size = append(sum, s), append(size, m)
	}
	return sum, size
}

func transposed(m Matrix) Matrix {
	t := NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Row(j)[i] = v
		}
	}
	return t
}

// checkProduct compares c with start + a·b. A chain of K roundings errs by at most K·2⁻²⁴ of the magnitudes, and in Split
// each of three products is rounded, and the sum of two bfloat16 is within 2⁻¹⁷ of a number.
func checkProduct(t testing.TB, precision Precision, c, start, a, b Matrix) {
	t.Helper()
	a, b = as(precision, a), as(precision, b)
	sum, size := naiveMul(start, a, b)
	share := float64(2*a.Cols+2) * 0x1p-24
	if precision == Split {
		share = 3*share + 0x1p-15
	}
	for i := range c.Rows {
		for j, v := range c.Row(i) {
			limit := size[i][j] * share
			if diff := math.Abs(float64(v) - sum[i][j]); !(diff <= limit) {
				t.Fatalf("C[%d][%d] = %v, want %v ± %g", i, j, v, sum[i][j], limit)
			}
		}
	}
}

// startOf is what a product with the mode begins with.
func startOf(c Matrix, mode Mode, bias []float32) Matrix {
	s := clone(c)
	for i := range s.Rows {
		switch mode {
		case Overwrite:
			clear(s.Row(i))
		case Bias:
			copy(s.Row(i), bias)
		}
	}
	return s
}

var mulShapes = [][3]int{
	{0, 3, 4}, {1, 1, 1}, {1, 17, 33}, {2, 0, 5}, {3, 5, 0}, {4, 31, 32}, {5, 7, 31}, {6, 64, 65}, {7, 3, 15}, {8, 9, 16}, {9, 16, 17}, {10, 1, 47},
	{11, 13, 63}, {12, 33, 64}, {13, 2, 1}, {14, 100, 96}, {15, 65, 40}, {27, 19, 70}, {29, 30, 31}, {50, 128, 130}, {100, 67, 33},
	{1, 40, 300}, {2, 1030, 257}, {3, 33, 640}, {4, 12, 130}, {3, 1025, 35}, {17, 2500, 20}, {300, 600, 34},
	{16, 32, 33}, {17, 64, 48}, {31, 63, 15}, {32, 65, 49}, {33, 95, 1}, {34, 2081, 17}, {48, 31, 16},
}

func TestMul(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for i, sh := range mulShapes {
			for mode := Overwrite; mode <= Bias; mode++ {
				testMul(t, newRand(uint64(i)), Float32, sh[0], sh[1], sh[2], i%3, i%16, mode)
			}
		}
	})
}

// testMul checks one product with its right operand packed both ways, between guard words.
func testMul(t testing.TB, r *rand.Rand, precision Precision, m, k, n, gap, offset int, mode Mode) {
	t.Helper()
	a, aGuard := guardedMatrix(r, m, k, gap, offset)
	b, bGuard := guardedMatrix(r, k, n, gap, offset)
	c, cGuard := guardedMatrix(r, m, n, gap, offset)
	bias, _ := guardedMatrix(r, 1, n, 0, offset)
	start := startOf(c, mode, bias.Row(0))
	w := NewWorkers(1)
	p, q := NewPackedAs(k, n, precision), NewPackedAs(k, n, precision)
	w.Pack(p, b)
	w.PackTransposed(q, transposed(b))
	again := clone(c)
	w.Mul(c, a, p, mode, bias.Row(0))
	w.Mul(again, a, q, mode, bias.Row(0))
	sameBits(t, "PackTransposed against Pack, "+shape(m, k, n), again, c)
	checkProduct(t, precision, c, start, a, b)
	for _, g := range []guarded{aGuard, bGuard, cGuard} {
		g.check(t)
	}
	checkGaps(t, c)
}

// TestMulRows asserts that an element's bits depend neither on which rows are multiplied together nor on the columns'
// split over calls.
func TestMulRows(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, precision := range []Precision{Float32, Mixed, Split} {
			for _, sh := range [][3]int{{33, 70, 290}, {20, 1500, 40}} {
				testMulRows(t, precision, sh[0], sh[1], sh[2])
			}
		}
	})
}

func testMulRows(t *testing.T, precision Precision, rows, k, cols int) {
	r := newRand(1)
	a, _ := guardedMatrix(r, rows, k, 3, 0)
	b, _ := guardedMatrix(r, k, cols, 0, 0)
	c, _ := guardedMatrix(r, rows, cols, 1, 0)
	p, s := NewPackedAs(k, cols, precision), newScratch()
	p.pack(b, 0, p.Panels())
	before := clone(c)
	s.Mul(c, a, p, 0, p.Panels(), Accumulate, nil)
	for n := 1; n <= 15; n++ {
		for i := 0; i < rows; i += n {
			part := clone(before).RowRange(i, min(rows, i+n))
			for j := range p.Panels() {
				s.Mul(part, a.RowRange(i, min(rows, i+n)), p, j, j+1, Accumulate, nil)
			}
			sameBits(t, fmt.Sprintf("%v, rows by %d", precision, n), part, c.RowRange(i, min(rows, i+n)))
		}
	}
}

var mulTNShapes = [][3]int{
	{0, 4, 5}, {1, 1, 1}, {5, 0, 3}, {4, 3, 0}, {7, 14, 32}, {9, 15, 33}, {33, 29, 65}, {100, 43, 31}, {385, 20, 50}, {1000, 5, 17}, {50, 64, 400},
	{32, 16, 16}, {31, 17, 33}, {65, 32, 48}, {63, 33, 15}, {800, 3, 700},
}

func TestMulTN(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for i, sh := range mulTNShapes {
			for _, gather := range []bool{false, true} {
				for mode := Overwrite; mode <= Accumulate; mode++ {
					testMulTN(t, newRand(uint64(i)), Float32, sh[0], sh[1], sh[2], i%3, i%16, gather, mode)
				}
			}
		}
	})
}

func testMulTN(t testing.TB, r *rand.Rand, precision Precision, k, m, n, gap, offset int, gather bool, mode Mode) {
	t.Helper()
	a, aGuard := guardedMatrix(r, k, m, gap, offset)
	b, bGuard := guardedMatrix(r, k, n, gap, offset)
	c, cGuard := guardedMatrix(r, m, n, gap, offset)
	used, rows := b, []int32(nil)
	if gather {
		used, rows = NewMatrix(k, n), make([]int32, k)
		for i := range rows {
			rows[i] = r.Int32N(int32(k))
			copy(used.Row(i), b.Row(int(rows[i])))
		}
	}
	start := startOf(c, mode, nil)
	before := clone(c)
	w := NewWorkers(1)
	w.MulTN(precision, a, nil, mode, Right{c, b, rows})
	checkProduct(t, precision, c, start, transposed(a), used)
	for _, g := range []guarded{aGuard, bGuard, cGuard} {
		g.check(t)
	}
	checkGaps(t, c)
	for workers := 2; workers <= 3; workers++ {
		testMulTNWorkers(t, workers, precision, clone(before), a, b, rows, mode, c)
	}
}

func testMulTNWorkers(t testing.TB, workers int, precision Precision, c, a, b Matrix, rows []int32, mode Mode, want Matrix) {
	t.Helper()
	w := NewWorkers(workers)
	defer w.Close()
	w.MulTN(precision, a, nil, mode, Right{c, b, rows})
	sameBits(t, "MulTN by workers", c, want)
}

// TestMulTNTogether asserts that several right operands and the sums get the bits that each gets alone.
func TestMulTNTogether(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		testMulTNsTogether(t, Float32)
	})
}

func testMulTNsTogether(t *testing.T, precision Precision) {
	r := newRand(5)
	for _, sh := range [][4]int{{1, 1, 1, 1}, {9, 15, 33, 64}, {400, 37, 290, 17}, {1000, 130, 100, 200}, {5, 20, 0, 3}} {
		k, m := sh[0], sh[1]
		a, _ := guardedMatrix(r, k, m, 3, 1)
		for mode := Overwrite; mode <= Accumulate; mode++ {
			testMulTNTogether(t, r, precision, a, sh[2], sh[3], mode)
		}
	}
}

func testMulTNTogether(t *testing.T, r *rand.Rand, precision Precision, a Matrix, n1, n2 int, mode Mode) {
	t.Helper()
	k, m := a.Rows, a.Cols
	first, second := randomRight(r, k, m, n1), randomRight(r, k, m, n2)
	second.Rows = make([]int32, k)
	for i := range second.Rows {
		second.Rows[i] = r.Int32N(int32(k))
	}
	before, guard := guardedMatrix(r, 1, m, 0, 0)
	want := clone(before)
	start(want.Row(0), mode, nil, 0)
	for i := range k {
		Add(want.Row(0), a.Row(i))
	}
	alone := [...]Right{first, second}
	for i := range alone {
		alone[i].C = clone(alone[i].C)
		w := NewWorkers(1)
		w.MulTN(precision, a, nil, mode, alone[i])
		w.Close()
	}
	for workers := 1; workers <= 3; workers++ {
		w := NewWorkers(workers)
		one, two, sums := first, second, before
		one.C, two.C = clone(first.C), clone(second.C)
		if workers > 1 {
			sums = clone(before)
		}
		saved := clone(before)
		w.MulTN(precision, a, sums.Row(0), mode, one, two)
		w.Close()
		sameBits(t, "first of two", one.C, alone[0].C)
		sameBits(t, "second of two", two.C, alone[1].C)
		sameBits(t, "sums", sums, want)
		guard.check(t)
		before = saved
	}
}

// randomRight is a right operand of k rows with a product of m×n random numbers.
func randomRight(r *rand.Rand, k, m, n int) Right {
	b, _ := guardedMatrix(r, k, n, 2, 3)
	c, _ := guardedMatrix(r, m, n, 1, 5)
	return Right{C: c, B: b}
}

// TestMulWorkers asserts the same bits for one, two and three workers, whether rows or columns are split.
func TestMulWorkers(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := newRand(3)
		for _, rows := range []int{1, 5, 23, 100} {
			a, _ := guardedMatrix(r, rows, 40, 0, 0)
			b, _ := guardedMatrix(r, 40, 200, 0, 0)
			var want Matrix
			for n := 1; n <= 3; n++ {
				w := NewWorkers(n)
				p, c := NewPacked(40, 200), NewMatrix(rows, 200)
				w.Pack(p, b)
				w.Mul(c, a, p, Overwrite, nil)
				w.Close()
				if n == 1 {
					want = c
				}
				sameBits(t, "Mul by workers", c, want)
			}
		}
	})
}

// TestMulNaN asserts that a zero does not hide a NaN or an infinity of the other operand.
func TestMulNaN(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		a, b := NewMatrix(3, 5), NewMatrix(5, 40)
		b.Row(2)[7], b.Row(4)[39] = float32(math.NaN()), float32(math.Inf(1))
		w, p := NewWorkers(1), NewPacked(5, 40)
		w.Pack(p, b)
		c := NewMatrix(3, 40)
		w.Mul(c, a, p, Overwrite, nil)
		d := NewMatrix(3, 40)
		w.MulTN(Float32, transposed(a), nil, Overwrite, Right{C: d, B: b})
		for i := range 3 {
			for j := range 40 {
				hit := j == 7 || j == 39
				if x, y := c.Row(i)[j], d.Row(i)[j]; (x != x) != hit || (y != y) != hit {
					t.Fatalf("element %d,%d: %v and %v", i, j, x, y)
				}
			}
		}
	})
}

func TestMulAllocates(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		w := NewWorkers(2)
		defer w.Close()
		a, b, c, d := NewMatrix(33, 70), NewMatrix(70, 90), NewMatrix(33, 90), NewMatrix(70, 90)
		bt, p := transposed(b), NewPacked(70, 90)
		for name, f := range map[string]func(){
			"Pack":           func() { w.Pack(p, b) },
			"PackTransposed": func() { w.PackTransposed(p, bt) },
			"Mul":            func() { w.Mul(c, a, p, Accumulate, nil) },
			"MulTN":          func() { w.MulTN(Float32, a, nil, Overwrite, Right{C: d, B: c}) },
		} {
			if n := testing.AllocsPerRun(20, f); n != 0 {
				t.Errorf("%s allocates %v times", name, n)
			}
		}
	})
}

func FuzzMul(f *testing.F) {
	f.Add(uint64(1), uint16(13), uint16(65), uint16(33), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, m, k, n uint16, gap, mode uint8) {
		eachImplementation(t, func(t *testing.T) {
			precision := []Precision{Float32, Mixed, Split}[mode/4%3]
			testMul(t, newRand(seed), precision, int(m%64), int(k%1200), int(n%128), int(gap%20), int(seed%16), Mode(mode%3))
		})
	})
}

func FuzzMulTN(f *testing.F) {
	f.Add(uint64(1), uint16(65), uint16(13), uint16(33), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, k, m, n uint16, gap, mode uint8) {
		eachImplementation(t, func(t *testing.T) {
			testMulTN(t, newRand(seed), Precision(mode&4/4)*Mixed, int(k%1200), int(m%64), int(n%128), int(gap%20), int(seed%16), mode&2 > 0, Mode(mode%2))
		})
	})
}
