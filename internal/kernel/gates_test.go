package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// cell is a function of the gates: widths are the operands' columns in units of H.
type cell struct {
	name    string
	widths  []int
	run     func(m []Matrix)
	generic func(m []Matrix)
}

var cells = []cell{
	{
		"LSTMForward", []int{1, 1, 1, 4, 1},
		func(m []Matrix) { LSTMForward(m[0], m[1], m[2], m[3], m[4]) },
		func(m []Matrix) { lstmForwardGeneric(m[0], m[1], m[2], m[3], m[4]) },
	},
	{
		"LSTMBackward", []int{4, 1, 1, 1, 1},
		func(m []Matrix) { LSTMBackward(m[0], m[1], m[2], m[3], m[4]) },
		func(m []Matrix) { lstmBackwardGeneric(m[0], m[1], m[2], m[3], m[4]) },
	},
	{
		"GRUForward", []int{1, 3, 3, 1},
		func(m []Matrix) { GRUForward(m[0], m[1], m[2], m[3]) },
		func(m []Matrix) { gruForwardGeneric(m[0], m[1], m[2], m[3]) },
	},
	{
		"GRUBackward", []int{3, 3, 1, 1, 1},
		func(m []Matrix) { GRUBackward(m[0], m[1], m[2], m[3], m[4]) },
		func(m []Matrix) { gruBackwardGeneric(m[0], m[1], m[2], m[3], m[4]) },
	},
	{
		"TanhForward", []int{1, 1},
		func(m []Matrix) { TanhForward(m[0], m[1]) },
		func(m []Matrix) { tanhForwardGeneric(m[0], m[1]) },
	},
	{
		"TanhBackward", []int{1, 1, 1},
		func(m []Matrix) { TanhBackward(m[0], m[1], m[2]) },
		func(m []Matrix) { tanhBackwardGeneric(m[0], m[1], m[2]) },
	},
}

// specials are NaN, whose lower bits may be anything, and large numbers.
var specials = []float32{
	float32(math.NaN()), math.Float32frombits(0x7fc00001), math.Float32frombits(0xffffffff),
	float32(math.Inf(1)), float32(math.Inf(-1)), 1e30, -math.MaxFloat32,
}

// TestCells compares the gates with their generic twins, for every width, with gaps between rows and guard words around.
func TestCells(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, c := range cells {
			t.Run(c.name, func(t *testing.T) {
				r := newRand(1)
				for h := range 70 {
					testCell(t, r, c, h%5, h, h%3, h%16, 0)
				}
				for _, special := range specials {
					testCell(t, r, c, 3, 21, 2, 0, special)
				}
			})
		}
	})
}

// testCell puts special, unless it is 0, into one element of every operand.
func testCell(t *testing.T, r *rand.Rand, c cell, rows, h, gap, offset int, special float32) {
	t.Helper()
	var got, want []Matrix
	var guards []guarded
	for i, w := range c.widths {
		m, g := guardedMatrix(r, rows, w*h, gap+i%2, (offset+5*i)%16)
		if special != 0 {
			m.Row(i % rows)[7*i%h] = special
		}
		got, want, guards = append(got, m), append(want, clone(m)), append(guards, g)
	}
	c.run(got)
	tested := active
	active = generic // the twins call what dispatches
	c.generic(want)
	active = tested
	op := operation{floor: 10} // products of three normal numbers
	for i, m := range got {
		for row := range rows {
			for j, v := range m.Row(row) {
				if w := want[i].Row(row)[j]; !op.agrees(v, w) && !(v != v && hasNaN(want, row, j%h, h)) {
					t.Fatalf("%d×%d: operand %d[%d][%d] is %v, want %v", rows, h, i, row, j, v, w)
				}
			}
		}
		guards[i].check(t)
		checkGaps(t, m)
	}
}

// hasNaN reports whether anything of a cell is a NaN.
func hasNaN(m []Matrix, row, cell, h int) bool {
	for _, m := range m {
		for j := cell; j < m.Cols; j += h {
			if v := m.Row(row)[j]; v != v {
				return true
			}
		}
	}
	return false
}

// TestGateErrors asserts the error bounds of the documentation, where every gate meets others of all sizes: two may share a
// division.
func TestGateErrors(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		x, r := denseArguments(), newRand(1)
		n := len(x)
		some := func(parts int) Matrix {
			m := NewMatrix(1, parts*n)
			for i := range parts {
				for j, k := range r.Perm(n) {
					m.Row(0)[i*n+j] = x[k]
				}
			}
			return m
		}
		gates, prev, c, tanhC, h := some(4), some(1), NewMatrix(1, n), NewMatrix(1, n), NewMatrix(1, n)
		before := clone(gates).Row(0)
		LSTMForward(h, c, tanhC, gates, prev)
		checkSigmoid(t, "i, f", before[:2*n], gates.Row(0))
		checkTanh(t, "g", before[2*n:3*n], gates.Row(0)[2*n:], 5)
		checkSigmoid(t, "o", before[3*n:], gates.Row(0)[3*n:])
		checkTanh(t, "tanh c", c.Row(0), tanhC.Row(0), 4)
		gates = some(3)
		before = clone(gates).Row(0)
		GRUForward(h, gates, NewMatrix(1, 3*n), prev)
		checkSigmoid(t, "r, z", before[:2*n], gates.Row(0))
		checkTanh(t, "n", before[2*n:], gates.Row(0)[2*n:], 4)
		TanhForward(h, prev)
		checkTanh(t, "tanh", prev.Row(0), h.Row(0), 4)
	})
}

func checkSigmoid(t *testing.T, name string, x, y []float32) {
	t.Helper()
	checkUlps(t, name, x, y, func(x float64) (want, limit float64) {
		switch want = 1 / (1 + math.Exp(-x)); {
		case x < -43: // from 0 to σ(−43)
			return math.Exp(-43) / 2, 1 << 24
		case math.Abs(x) <= 10:
			return want, 5
		}
		return want, 12
	})
}

func checkTanh(t *testing.T, name string, x, y []float32, limit float64) {
	t.Helper()
	checkUlps(t, name, x, y, func(x float64) (want, _ float64) { return math.Tanh(x), limit })
}

// checkUlps compares y with what a function makes of x, within a limit in units of the last place.
func checkUlps(t *testing.T, name string, x, y []float32, f func(float64) (want, limit float64)) {
	t.Helper()
	for i, v := range x {
		want, limit := f(float64(v))
		if u := ulps(y[i], want); !(u <= limit) {
			t.Fatalf("%s of %v is %v, want %v: %.1f ulp, want at most %v", name, v, y[i], want, u, limit)
		}
	}
}

func BenchmarkCells(b *testing.B) {
	const rows, h = 25, 512
	eachFast(b, func(b *testing.B) {
		for _, c := range cells {
			b.Run(c.name, func(b *testing.B) {
				var m []Matrix
				for _, w := range c.widths {
					m = append(m, NewMatrix(rows, w*h))
				}
				for b.Loop() {
					c.run(m)
				}
				perElement(b, rows*h)
			})
		}
	})
}

// TestCellsCheckShapes: a shape that does not fit panics, of whatever cell.
func TestCellsCheckShapes(t *testing.T) {
	h, narrow := NewMatrix(2, 4), NewMatrix(2, 3)
	for name, f := range map[string]func(){
		"TanhForward":  func() { TanhForward(h, narrow) },
		"TanhBackward": func() { TanhBackward(h, h, narrow) },
		"ReLUForward":  func() { ReLUForward(h, narrow) },
		"ReLUBackward": func() { ReLUBackward(h, h, narrow) },
		"LSTMForward":  func() { LSTMForward(h, h, h, h, h) },
		"GRUForward":   func() { GRUForward(h, h, h, h) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
