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
