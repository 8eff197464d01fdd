package doctor

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
)

const (
	batchSize = 32
	// testBatches of batchSize sequences are the test, which is always the same.
	testBatches = 16
)

// What random numbers are for: generators of the same seed but of another purpose are independent.
const (
	forWeights = iota
	forTest
	forTraining // and above: one for every step
)

// objective trains a network on a problem: every batch is new. It implements [train.Objective]; what that calls a token is
// an answer here.
type objective struct {
	problem problem
	network *model.Transducer
	workers *model.Workers
	pass    *model.Transduction
	gain    float32 // factor on symbols
	seed    uint64
	steps   int // done
	inputs  []float32
	targets []float32
}

// newObjective prepares training. Loud says that symbols are given with a mean square of 1, as an embedding's elements
// have it, not as ones: √n at a symbol's place among n.
func newObjective(p problem, n *model.Transducer, loud bool, w *model.Workers, seed uint64) *objective {
	s := p.shape()
	gain := 1.0
	if loud && s.Symbols {
		gain = math.Sqrt(float64(s.Inputs))
	}
	return &objective{
		problem: p, network: n, workers: w, seed: seed, gain: float32(gain),
		pass:    n.NewTransduction(w, s.Steps, batchSize, s.Answers),
		inputs:  make([]float32, s.Steps*batchSize*s.Inputs),
		targets: make([]float32, s.Answers*batchSize),
	}
}

func (o *objective) Parameters() []*model.Parameter { return o.network.Parameters() }

// StepsPerEpoch is none: there are no two batches alike.
func (o *objective) StepsPerEpoch() int { return 0 }

func (o *objective) Updated() { o.network.Pack(o.workers) }

func (o *objective) Step() (train.Batch, error) {
	g := o.try(random(o.seed, forTraining+uint64(o.steps)))
	o.pass.Backward()
	o.steps++
	return train.Batch{Nats: g.loss, Tokens: len(o.targets)}, nil
}

// try answers a batch and leaves the gradients of the loss where the answers were.
func (o *objective) try(rng *rand.Rand) grade {
	outputs := o.answer(rng)
	return o.problem.grade(outputs, o.targets)
}

// answer draws a batch and returns what the network answers.
func (o *objective) answer(rng *rand.Rand) []float32 {
	clear(o.inputs)
	clear(o.targets)
	o.problem.draw(o.inputs, o.targets, batchSize, rng)
	kernel.Scale(o.inputs, o.gain)
	return o.pass.Forward(o.inputs, 0)
}

// Validate tests the network: the score is the share of right answers.
func (o *objective) Validate(ctx context.Context) (train.Metrics, error) {
	var sum grade
	rng := random(o.seed, forTest)
	for range testBatches {
		if err := ctx.Err(); err != nil {
			return train.Metrics{}, err
		}
		sum.add(o.try(rng))
	}
	answers := testBatches * len(o.targets)
	score := float64(sum.right) / float64(sum.asked)
	return train.Metrics{Loss: sum.loss / float64(answers), Score: &score, Tokens: answers}, nil
}

func (o *objective) Position() train.Position { return train.Position{Batch: o.steps, Seed: o.seed} }

func (o *objective) Restore(p train.Position) error {
	o.steps, o.seed = p.Batch, p.Seed
	return nil
}

// gradientByLag measures, by the lag k from 0 to T−1, how the loss of the last answer to a sequence depends on what the
// network put out k steps earlier: ‖∂L_T/∂h_{T−k}‖₂, averaged over the first batch of the test, of the layer where it is
// greatest. Bengio et al. (1994) and Pascanu et al. (2013) study this curve.
func (o *objective) gradientByLag() []float64 {
	s := o.problem.shape()
	outputs := o.answer(random(o.seed, forTest))
	o.problem.grade(outputs, o.targets)
	clear(outputs[:len(outputs)-batchSize*s.Outputs])
	o.pass.Backward()
	byLag := make([]float64, s.Steps)
	for l := range o.network.Config().Layers {
		for k, norm := range o.pass.GradientByLag(l) {
			if norm *= float64(len(o.targets)); norm > byLag[k] {
				byLag[k] = min(norm, math.MaxFloat32) // JSON knows no infinity
			}
		}
	}
	return byLag
}

// random returns the generator of a purpose.
func random(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }
