package doctor

import (
	"math"
	"math/rand/v2"
)

// adding is the adding problem (Hochreiter & Schmidhuber 1997, section 5.4) in the form of Le et al. (2015) and Arjovsky
// et al. (2016): each of T steps gives a number from U(0, 1) and a mark, which is 1 at two steps, one in each half, and 0
// elsewhere. Asked at the end, the network is to tell the sum of the two marked numbers; the loss is the squared error.
type adding struct{ length int }

// addingTolerance bounds the error of an answer that counts as right. It is that of Hochreiter & Schmidhuber, 0.04 where
// the target's range is 1; here it is 2.
const addingTolerance = 0.08

func (p adding) shape() shape { return shape{Steps: p.length, Inputs: 2, Outputs: 1, Answers: 1} }

func (p adding) far() int { return p.length - 1 }

// baseline is the error of always answering 1: twice the variance of U(0, 1).
func (p adding) baseline() float64 { return 1.0 / 6 }

func (p adding) draw(inputs, targets []float32, streams int, rng *rand.Rand) {
	for b := range streams {
		at := func(step int) []float32 { return inputs[(step*streams+b)*2:][:2] }
		for t := range p.length {
			at(t)[0] = rng.Float32()
		}
		first, second := at(rng.IntN(p.length/2)), at(p.length/2+rng.IntN(p.length-p.length/2))
		first[1], second[1] = 1, 1
		targets[b] = first[0] + second[0]
	}
}

func (p adding) grade(outputs, targets []float32) grade {
	g := grade{asked: len(targets)}
	for b, want := range targets {
		off := outputs[b] - want
		g.loss += float64(off) * float64(off)
		if math.Abs(float64(off)) < addingTolerance {
			g.right++
		}
		outputs[b] = 2 * off / float32(len(targets))
	}
	return g
}
