package doctor

import (
	"math"
	"math/rand/v2"
)

// order is the temporal order problem (Hochreiter & Schmidhuber 1997, section 5.6, task 6a) for any length T, as Pascanu
// et al. (2013, section 4.1) have it: among four kinds of distractors stand two signs, each A or B, the first at a random
// step from T/10 to 2T/10, the second from 5T/10 to 6T/10. At the end the network is to tell in which order they came: AA,
// AB, BA or BB.
type order struct{ length int }

const (
	orderSigns       = 2
	orderDistractors = 4
)

func (p order) shape() shape {
	return shape{Steps: p.length, Inputs: orderSigns + orderDistractors, Outputs: orderSigns * orderSigns, Answers: 1, Symbols: true}
}

func (p order) far() int { return p.length - 1 - p.length/10 }

// baseline is the loss of guessing.
func (p order) baseline() float64 { return math.Log(orderSigns * orderSigns) }

func (p order) draw(inputs, targets []float32, streams int, rng *rand.Rand) {
	s := p.shape()
	within := func(from, to int) int { return p.length*from/10 + rng.IntN(p.length*to/10-p.length*from/10) }
	for b := range streams {
		first, second := within(1, 2), within(5, 6)
		for t := range p.length {
			symbol := orderSigns + rng.IntN(orderDistractors)
			if t == first || t == second {
				symbol = rng.IntN(orderSigns)
				targets[b] = orderSigns*targets[b] + float32(symbol)
			}
			s.give(inputs, streams, t, b, symbol)
		}
	}
}

func (p order) grade(outputs, targets []float32) grade {
	return classify(outputs, targets, func(int) bool { return true })
}
