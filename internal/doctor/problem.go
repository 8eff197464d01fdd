package doctor

import "math/rand/v2"

// problem is a task at one length: sequences drawn at random, and what a network should answer to them.
type problem interface {
	shape() shape

	// draw fills inputs, [Steps][streams][Inputs] and zero so far, and targets, [Answers][streams], with new sequences. A
	// target is a number, or the number of the right class.
	draw(inputs, targets []float32, streams int, rng *rand.Rand)

	// grade compares outputs, [Answers][streams][Outputs], with targets and replaces them by the gradients of the mean loss
	// of an answer.
	grade(outputs, targets []float32) grade

	// baseline is the mean loss of the best answer that needs no memory.
	baseline() float64

	// far is the longest lag over which something must be remembered, in steps.
	far() int
}

// shape is the size of a problem: it has Steps steps of Inputs numbers each, and the last Answers of them are to be
// answered by Outputs numbers. Symbols says that an input is one of Inputs symbols: 1 at its place, and zeros.
type shape struct {
	Steps, Inputs, Outputs, Answers int
	Symbols                         bool
}

// give writes the symbol that a stream reads at a step: 1 at its place, and zeros.
func (s shape) give(inputs []float32, streams, step, stream, symbol int) {
	inputs[(step*streams+stream)*s.Inputs+symbol] = 1
}

// grade is how good some answers are.
type grade struct {
	loss         float64 // sum over all answers
	right, asked int     // of the answers that need memory
}

func (g *grade) add(other grade) {
	g.loss += other.loss
	g.right += other.right
	g.asked += other.asked
}
