package doctor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// batch draws sequences of a problem.
func batch(p problem, streams int, seed uint64) (inputs, targets []float32) {
	s := p.shape()
	inputs, targets = make([]float32, s.Steps*streams*s.Inputs), make([]float32, s.Answers*streams)
	p.draw(inputs, targets, streams, random(seed, forTest))
	return inputs, targets
}

// at returns what a stream reads at a step.
func (s shape) at(inputs []float32, streams, step, stream int) []float32 {
	return inputs[(step*streams+stream)*s.Inputs:][:s.Inputs]
}

func TestAddingDraw(t *testing.T) {
	const streams = 200
	for _, length := range []int{2, 10, 11, 50} {
		p := adding{length}
		inputs, targets := batch(p, streams, 1)
		for b := range streams {
			var marks [2]int
			var sum float32
			for step := range length {
				x := p.shape().at(inputs, streams, step, b)
				if x[0] < 0 || x[0] >= 1 || x[1] != 0 && x[1] != 1 {
					t.Fatalf("T = %d: a step gives %v", length, x)
				}
				if x[1] == 1 {
					marks[step/((length+1)/2)]++
					sum += x[0]
				}
			}
			if length%2 == 0 && marks != [2]int{1, 1} || marks[0]+marks[1] != 2 {
				t.Errorf("T = %d: %v marks in the halves", length, marks)
			}
			if targets[b] != sum {
				t.Errorf("T = %d: target %v, want %v", length, targets[b], sum)
			}
		}
	}
}

func TestCopyingDraw(t *testing.T) {
	const streams, delay = 50, 12
	p := copying{delay}
	s := p.shape()
	if s.Steps != delay+20 || s.Answers != s.Steps {
		t.Fatalf("shape %+v", s)
	}
	inputs, targets := batch(p, streams, 1)
	for b := range streams {
		for step := range s.Steps {
			x, target := s.at(inputs, streams, step, b), targets[step*streams+b]
			given, want := largest(x), copyBlank
			switch {
			case step < copiedSymbols:
				want = int(targets[(step+s.Steps-copiedSymbols)*streams+b])
			case step == delay+copiedSymbols-1:
				want = copyStart
			}
			if given != want || !alone(x) {
				t.Fatalf("step %d gives %v, want symbol %d alone", step, x, want)
			}
			if recall := step >= s.Steps-copiedSymbols; recall != (target < copyAlphabet) || target > copyBlank {
				t.Fatalf("step %d has target %v", step, target)
			}
		}
	}
}

func TestOrderDraw(t *testing.T) {
	const streams, length = 300, 40
	p := order{length}
	s := p.shape()
	inputs, targets := batch(p, streams, 1)
	seen := map[float32]bool{}
	for b := range streams {
		var signs []int
		for step := range length {
			x := s.at(inputs, streams, step, b)
			if !alone(x) {
				t.Fatalf("step %d gives %v", step, x)
			}
			if symbol := largest(x); symbol < orderSigns {
				low, high := 4, 8
				if len(signs) == 1 {
					low, high = 20, 24
				}
				if step < low || step >= high {
					t.Errorf("sign %d stands at step %d", len(signs), step)
				}
				signs = append(signs, symbol)
			}
		}
		if len(signs) != 2 || targets[b] != float32(2*signs[0]+signs[1]) {
			t.Fatalf("signs %v have target %v", signs, targets[b])
		}
		seen[targets[b]] = true
	}
	if len(seen) != 4 {
		t.Errorf("of the four targets only %v occur", seen)
	}
}

// alone reports whether one symbol is given, as a 1.
func alone(x []float32) bool {
	var sum float32
	for _, v := range x {
		sum += v
	}
	return sum == 1 && x[largest(x)] == 1
}

// TestBaselines grades the best answers that need no memory.
func TestBaselines(t *testing.T) {
	const streams = 20000
	blank := []float32{0, 0, 0, 0, 0, 0, 0, 0, 30}
	guess := []float32{0, 0, 0, 0, 0, 0, 0, 0, -30}
	for _, c := range []struct {
		problem   problem
		answer    func(step int) []float32
		want      float64
		tolerance float64
		right     float64
	}{
		{adding{11}, func(int) []float32 { return []float32{1} }, 0.1667, 0.004, 2*addingTolerance - addingTolerance*addingTolerance},
		{copying{5}, func(step int) []float32 {
			if step < 15 {
				return blank
			}
			return guess
		}, 10 * math.Log(8) / 25, 1e-6, 0.125},
		{order{10}, func(int) []float32 { return make([]float32, 4) }, math.Log(4), 1e-6, 0.25},
	} {
		_, targets := batch(c.problem, streams, 2)
		var outputs []float32
		for i := range targets {
			outputs = append(outputs, c.answer(i/streams)...)
		}
		g := c.problem.grade(outputs, targets)
		if got := g.loss / float64(len(targets)); math.Abs(got-c.want) > c.tolerance || math.Abs(c.problem.baseline()-c.want) > 1e-4 {
			t.Errorf("%T: loss %v, baseline %v, want %v", c.problem, got, c.problem.baseline(), c.want)
		}
		if right := float64(g.right) / float64(g.asked); math.Abs(right-c.right) > 0.01 {
			t.Errorf("%T: %v of the answers are right, want %v", c.problem, right, c.right)
		}
	}
}

// TestGrade holds the gradients against central differences, and gives full marks to what is right.
func TestGrade(t *testing.T) {
	const streams, h = 3, 1e-2
	for _, p := range []problem{adding{10}, copying{2}, order{10}} {
		t.Run(fmt.Sprintf("%T", p), func(t *testing.T) {
			_, targets := batch(p, streams, 3)
			rng := rand.New(rand.NewPCG(4, 4))
			outputs := make([]float32, len(targets)*p.shape().Outputs)
			for i := range outputs {
				outputs[i] = float32(rng.NormFloat64())
			}
			loss := func(i int, by float32) float64 {
				moved := append([]float32{}, outputs...)
				moved[i] += by
				return p.grade(moved, targets).loss / float64(len(targets))
			}
			grads := append([]float32{}, outputs...)
			p.grade(grads, targets)
			for i := range outputs {
				want := (loss(i, h) - loss(i, -h)) / (2 * h)
				if math.Abs(float64(grads[i])-want) > 1e-4 {
					t.Errorf("gradient %d is %v, want %v", i, grads[i], want)
				}
			}
			g := p.grade(perfect(p, targets), targets)
			if g.right != g.asked || g.asked == 0 || g.loss > 1e-6 {
				t.Errorf("perfect answers are graded %+v", g)
			}
		})
	}
}

// perfect returns the right answers.
func perfect(p problem, targets []float32) []float32 {
	n := p.shape().Outputs
	if n == 1 {
		return append([]float32{}, targets...)
	}
	logits := make([]float32, len(targets)*n)
	for i, target := range targets {
		logits[i*n+int(target)] = 40
	}
	return logits
}
