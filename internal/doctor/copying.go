package doctor

import (
	"math"
	"math/rand/v2"

	"github.com/textgen-go/textgen/internal/kernel"
)

// copying is the copy memory problem (Hochreiter & Schmidhuber 1997) in the form of Arjovsky et al. (2016, section 4.1):
// ten symbols out of eight come first, then T−1 blanks, a sign to start, and ten blanks. While those pass, the network is
// to repeat the ten symbols, and to say "blank" at every step before. The loss is the mean cross-entropy of all T+20 steps.
type copying struct{ delay int }

const (
	copiedSymbols = 10
	copyAlphabet  = 8
	copyBlank     = copyAlphabet
	copyStart     = copyAlphabet + 1
)

func (p copying) shape() shape {
	steps := p.delay + 2*copiedSymbols
	return shape{Steps: steps, Inputs: copyAlphabet + 2, Outputs: copyAlphabet + 1, Answers: steps, Symbols: true}
}

func (p copying) far() int { return p.delay + copiedSymbols }

// baseline is the loss of saying "blank" until the sign and then guessing: 10·ln 8 / (T+20).
func (p copying) baseline() float64 {
	return copiedSymbols * math.Log(copyAlphabet) / float64(p.delay+2*copiedSymbols)
}

func (p copying) draw(inputs, targets []float32, streams int, rng *rand.Rand) {
	s := p.shape()
	for b := range streams {
		give := func(step, symbol int) { s.give(inputs, streams, step, b, symbol) }
		for t := range s.Steps {
			targets[t*streams+b] = copyBlank
			if t >= copiedSymbols && t != s.Steps-copiedSymbols-1 {
				give(t, copyBlank)
			}
		}
		give(s.Steps-copiedSymbols-1, copyStart)
		for i := range copiedSymbols {
			symbol := rng.IntN(copyAlphabet)
			give(i, symbol)
			targets[(s.Steps-copiedSymbols+i)*streams+b] = float32(symbol)
		}
	}
}

func (p copying) grade(outputs, targets []float32) grade {
	return classify(outputs, targets, func(target int) bool { return target != copyBlank })
}

// classify grades classes by their cross-entropy. Asked says of which targets the right answers are counted.
func classify(logits, targets []float32, asked func(target int) bool) grade {
	var g grade
	classes := len(logits) / len(targets)
	for i, want := range targets {
		row, target := logits[i*classes:(i+1)*classes], int(want)
		if asked(target) {
			g.asked++
			if largest(row) == target {
				g.right++
			}
		}
		g.loss += kernel.CrossEntropy(row, target, 1/float32(len(targets)))
	}
	return g
}

func largest(row []float32) int {
	best := 0
	for i, v := range row {
		if v > row[best] {
			best = i
		}
	}
	return best
}
