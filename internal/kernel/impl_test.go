package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// eachImplementation runs f under every implementation that this machine has, and says which.
func eachImplementation(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for i := generic; i <= best(); i++ {
		t.Run(i.String(), func(t *testing.T) {
			use(t, i)
			f(t)
		})
	}
	t.Logf("implementations: generic to %v", best())
}

// use makes i the active implementation until the test ends.
func use(t testing.TB, i implementation) {
	before := active
	active = i
	t.Cleanup(func() { active = before })
}

// guard stands around buffers: a kernel that writes beyond its bounds changes it.
const guard = -12345.5

// guarded is a buffer between guard words, at an offset from a cache line that tests choose.
type guarded struct {
	all  []float32
	x    []float32
	from int
}

func newGuarded(n, offset int) guarded {
	const margin = 32
	all := Aligned(n + 2*margin + offset)
	for i := range all {
		all[i] = guard
	}
	from := margin + offset
	return guarded{all: all, x: all[from : from+n : from+n], from: from}
}

func (g guarded) check(t testing.TB) {
	t.Helper()
	for i, v := range g.all {
		if (i < g.from || i >= g.from+len(g.x)) && v != guard {
			t.Fatalf("guard word at %d of %d overwritten with %v", i-g.from, len(g.x), v)
		}
	}
}

// guardedMatrix is a matrix of random numbers whose gaps between rows, and surroundings, are guard words.
func guardedMatrix(r *rand.Rand, rows, cols, gap, offset int) (Matrix, guarded) {
	g := newGuarded(max(0, rows*(cols+gap)-gap), offset)
	m := Matrix{Data: g.x, Rows: rows, Cols: cols, Stride: cols + gap}
	for i := range rows {
		for j := range m.Row(i) {
			m.Row(i)[j] = float32(r.NormFloat64())
		}
	}
	return m, g
}

// checkGaps fails if a number between the rows of m has changed.
func checkGaps(t testing.TB, m Matrix) {
	t.Helper()
	for i := 0; i < m.Rows-1; i++ {
		for j := m.Cols; j < m.Stride; j++ {
			if v := m.Data[i*m.Stride+j]; v != guard {
				t.Fatalf("gap after row %d overwritten with %v", i, v)
			}
		}
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func clone(m Matrix) Matrix {
	m.Data = append([]float32(nil), m.Data...)
	return m
}

// sameBits fails unless a and b are equal, NaN being equal to NaN.
func sameBits(t testing.TB, what string, a, b Matrix) {
	t.Helper()
	for i := range a.Rows {
		for j, v := range a.Row(i) {
			w := b.Row(i)[j]
			if math.Float32bits(v) != math.Float32bits(w) && !(v != v && w != w) {
				t.Fatalf("%s: element %d,%d is %v, want %v", what, i, j, v, w)
			}
		}
	}
}

func shape(n ...int) string { return fmt.Sprint(n) }
