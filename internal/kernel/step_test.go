package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// stepCase is a step with operands between guard words, and what products and a cell apart make of it.
type stepCase struct {
	Step
	guards []guarded
	state  []Matrix // C, H
	want   []Matrix
}

func newStepCase(t *testing.T, r *rand.Rand, precision Precision, input, hidden, offset int) *stepCase {
	s := &stepCase{}
	row := func(n int) Matrix {
		m, g := guardedMatrix(r, 1, n, 0, (offset+3*len(s.guards))%16)
		s.guards = append(s.guards, g)
		return m
	}
	w := NewWorkers(1)
	defer w.Close()
	pack := func(k int) *Packed {
		b, _ := guardedMatrix(r, k, 4*hidden, 0, 0)
		p := NewPackedAs(k, 4*hidden, precision)
		w.Pack(p, b)
		return p
	}
	x, prev, start, gates, c, h := row(input), row(hidden), row(4*hidden), row(4*hidden), row(hidden), row(hidden)
	s.Step = Step{
		X: x.Data, Prev: prev.Data, Wh: pack(hidden), Start: start.Data, Gates: gates.Data, C: c.Data, H: h.Data,
	}
	s.state = []Matrix{c, h}
	wantC, wantH, sums := clone(c), clone(h), clone(start)
	if input > 0 {
		s.Wx = pack(input)
		w.Mul(sums, x, s.Wx, Accumulate, nil)
	}
	w.Mul(sums, prev, s.Wh, Accumulate, nil)
	LSTMForward(wantH, wantC, NewMatrix(1, hidden), sums, wantC)
	s.want = []Matrix{wantC, wantH}
	return s
}

// TestStep asserts the bits of the products and the cell that a step consists of, in every precision, for inputs of odd
// lengths and for none, computed at once, by two workers, and block by block in any order.
func TestStep(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, precision := range []Precision{Float32, BFloat16, Int8} {
			r := newRand(uint64(precision))
			for i, sh := range [][2]int{{0, 32}, {0, 64}, {1, 32}, {5, 32}, {33, 64}, {70, 96}, {0, 128}, {64, 16}, {7, 48}} {
				c := newStepCase(t, r, precision, sh[0], sh[1], i)
				blocks := c.Wh.StepBlocks()
				if blocks == 0 {
					if active != generic && sh[1]%32 == 0 && tilesHaveSteps() {
						t.Errorf("%v: no step of %d cells", precision, sh[1])
					}
					continue
				}
				s := newScratch()
				switch i % 3 {
				case 0:
					s.Step(&c.Step, 0, blocks)
				case 1:
					w := NewWorkers(2)
					defer w.Close()
					w.Step(c.Step)
				default:
					for b := blocks - 1; b >= 0; b-- {
						s.Step(&c.Step, b, b+1)
					}
				}
				for j, m := range c.state {
					sameBits(t, precision.String()+" step "+shape(sh[:]...)+" of "+[]string{"C", "H"}[j], m, c.want[j])
				}
				for _, g := range c.guards {
					g.check(t)
				}
			}
		}
	})
}

func tilesHaveSteps() bool { return active.tiles() != nil && active.tiles().step != nil }

// TestStepPassesNaN: what is no number stays none.
func TestStepPassesNaN(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		if !tilesHaveSteps() {
			t.Skip("this implementation has no steps")
		}
		c := newStepCase(t, newRand(1), Float32, 0, 32, 0)
		c.Start[7] = float32(math.NaN())
		newScratch().Step(&c.Step, 0, c.Wh.StepBlocks())
		for j, h := range c.H {
			if (h != h) != (j == 7) {
				t.Errorf("h[%d] is %v", j, h)
			}
		}
	})
}

// TestStepChecksShapes: a shape that does not fit panics before assembly reads beyond it.
func TestStepChecksShapes(t *testing.T) {
	if !tilesHaveSteps() {
		t.Skip("this machine has no steps")
	}
	c := newStepCase(t, newRand(1), Float32, 3, 32, 0)
	c.X = c.X[:2]
	defer func() {
		if recover() == nil {
			t.Error("a short input was taken")
		}
	}()
	newScratch().Step(&c.Step, 0, 1)
}

// BenchmarkStep is a step of a layer whose weights are in a cache of the core.
func BenchmarkStep(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		if !tilesHaveSteps() {
			b.Skip("this implementation has no steps")
		}
		const h = 128
		w := newLayers(1, h, Float32)[0]
		p := Step{
			Prev: make([]float32, h), Wh: w, Start: make([]float32, 4*h), C: make([]float32, h), H: make([]float32, h),
		}
		s, fastest := newScratch(), time.Hour
		const some = 20
		for b.Loop() {
			began := time.Now()
			for range some {
				s.Step(&p, 0, w.StepBlocks())
			}
			fastest = min(fastest, time.Since(began))
		}
		b.ReportMetric(some*4*h*h*floatBytes/fastest.Seconds()/1e9, "best-GB/s")
	})
}
