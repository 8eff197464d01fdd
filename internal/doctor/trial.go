package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/textgen-go/textgen/model/train"
)

// Trial is one experiment: a network on a task at one length.
type Trial struct {
	Task    string `json:"task"`
	Network string `json:"network"`
	Length  int    `json:"length"` // T
	Far     int    `json:"far"`    // the longest lag over which something must be remembered

	Outcome  Outcome `json:"outcome"`
	Steps    int     `json:"steps"`             // updates done
	Learned  int     `json:"learned,omitempty"` // the step at which a test first had a loss below half the baseline; 0: none
	Baseline float64 `json:"baseline"`          // loss of the best answer that needs no memory
	Loss     float64 `json:"loss"`              // the lowest of all tests
	Right    float64 `json:"right"`             // the highest share of right answers of all tests
	Tests    []Test  `json:"tests"`

	Lags   []int     `json:"lags"`
	Before []float64 `json:"gradient_before"` // see gradientByLag
	After  []float64 `json:"gradient_after,omitempty"`
}

// Test is what a test after some steps found.
type Test struct {
	Step  int     `json:"step"`
	Loss  float64 `json:"loss"`
	Right float64 `json:"right"` // share
}

// Outcome says how a trial ended.
type Outcome string

// The outcomes.
const (
	Solved   Outcome = "solved"   // fewer than 1 % of the test's answers were wrong
	Partly   Outcome = "partly"   // neither the one nor the other
	Baseline Outcome = "baseline" // the loss stayed above 85 % of the baseline: nothing far back is remembered
	Diverged Outcome = "diverged" // values were no longer finite
)

const (
	// solvedShare of the test's answers must be right: as in Martens & Sutskever (2011) and Pascanu et al. (2013), less
	// than 1 % may be wrong.
	solvedShare = 0.99
	// baselineShare of the baseline is not exceeded downwards by noise, nor by what the last few steps tell.
	baselineShare = 0.85
	learnedShare  = 0.5
	// testEvery is the number of steps from one test to the next.
	testEvery = 100
)

// errSolved ends a training.
var errSolved = errors.New("solved")

// experiment is a trial in the making.
type experiment struct {
	*Trial
	objective *objective
	loop      *train.Loop
}

// try makes a trial. An error is ctx's, or that of a network that cannot be built; what training comes to is an outcome.
func try(ctx context.Context, task Task, n Network, length int, seed uint64) (*Trial, error) {
	w := model.NewWorkers(1)
	defer w.Close()
	e, err := newExperiment(task, n, length, seed, w)
	if err == nil {
		err = e.run(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%s, T = %d, %s: %w", task.Name, length, n.Name, err)
	}
	return e.Trial, nil
}

func newExperiment(task Task, n Network, length int, seed uint64, w *model.Workers) (*experiment, error) {
	p := task.at(length)
	s := p.shape()
	network, err := model.NewTransducer(model.TransducerConfig{
		Inputs: s.Inputs, Outputs: s.Outputs, RecurrentConfig: n.stack(task.Hidden, p.far()),
	}, random(seed, forWeights))
	if err != nil {
		return nil, err
	}
	e := &experiment{objective: newObjective(p, network, n.Gated, w, seed)}
	e.Trial = &Trial{
		Task: task.Name, Network: n.Name, Length: length, Far: p.far(), Baseline: p.baseline(), Lags: someLags(s.Steps),
	}
	e.loop, err = train.NewLoop(e.objective, w, train.Config{
		Steps: task.Steps, EvalEvery: testEvery, LogEvery: task.Steps, HealthEvery: -1, Guard: train.GuardOff,
		Schedule: optim.ScheduleConfig{Rate: n.Rate}, Clip: optim.Clip{Norm: n.Clip},
	}, train.Hooks{OnValidation: func(v, _ train.Validation) error { return e.test(v.Step, v.Metrics) }})
	return e, err
}

func (e *experiment) run(ctx context.Context) error {
	e.objective.Updated()
	e.Before = at(e.objective.gradientByLag(), e.Lags)
	untrained, err := e.objective.Validate(ctx)
	if err == nil {
		err = e.test(0, untrained)
	}
	if err == nil {
		_, err = e.loop.Run(ctx)
	}
	e.Steps = e.objective.steps
	switch {
	case errors.Is(err, train.ErrDiverged):
		e.Outcome = Diverged
		return nil
	case err != nil && !errors.Is(err, errSolved):
		return err
	}
	e.After = at(e.objective.gradientByLag(), e.Lags)
	e.Outcome = e.outcome()
	return nil
}

// test takes a test and ends the training if the task is solved.
func (t *Trial) test(step int, m train.Metrics) error {
	now := Test{step, m.Loss, *m.Score}
	if len(t.Tests) == 0 || now.Loss < t.Loss {
		t.Loss = now.Loss
	}
	t.Tests = append(t.Tests, now)
	t.Right = max(t.Right, now.Right)
	if t.Learned == 0 && now.Loss < learnedShare*t.Baseline {
		t.Learned = now.Step
	}
	if now.Right > solvedShare {
		return errSolved
	}
	return nil
}

func (t *Trial) outcome() Outcome {
	switch {
	case t.Right > solvedShare:
		return Solved
	case t.Loss > baselineShare*t.Baseline:
		return Baseline
	}
	return Partly
}

// maxLags bounds how many lags a curve shows.
const maxLags = 40

// someLags returns lags from 0 to steps−1, evenly spaced, with the last.
func someLags(steps int) []int {
	var lags []int
	gap := (steps + maxLags - 2) / (maxLags - 1)
	for k := 0; k < steps-1; k += gap {
		lags = append(lags, k)
	}
	return append(lags, steps-1)
}

// at returns what byLag has at some lags.
func at(byLag []float64, lags []int) []float64 {
	values := make([]float64, len(lags))
	for i, k := range lags {
		values[i] = byLag[k]
	}
	return values
}
