package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/textgen-go/textgen/model/optim"
)

// Plan is how long a run is. It is fixed before the first update and saved with the run.
//
// For a budget of time, the speed is measured first, on a save, on steps at learning rate 0 and on one validation. The
// steps are then taken back: optimiser and position start afresh. What remains of the budget is filled with steps, and
// with validations that are each followed by two saves. Therefore a run for a time equals, bit for bit, one with the
// Steps and the EvalEvery of its plan.
type Plan struct {
	Steps     int `json:"steps"`      // number of updates in all
	EvalEvery int `json:"eval_every"` // steps from one validation to the next, the last step has one in any case; 0 means none
	LogEvery  int `json:"log_every"`  // steps from one record to the next
}

const (
	// A run has so many validations when their number is up to the plan, but a short one no more than one in so many steps,
	// as a validation may well take as long as dozens of them.
	defaultValidations = 20
	leastBetween       = 25

	defaultRecords = 1000

	// maxValidationShare is the part of a budget of time that validations may take when their number is up to the plan.
	maxValidationShare = 0.15
)

// newPlan plans a run of so many steps.
func (c Config) newPlan(steps, validations int) Plan {
	p := Plan{Steps: steps, EvalEvery: c.EvalEvery, LogEvery: c.LogEvery}
	switch {
	case p.EvalEvery < 0:
		p.EvalEvery = 0
	case p.EvalEvery == 0:
		p.EvalEvery = ceilDiv(steps, validations)
	}
	if p.LogEvery == 0 {
		p.LogEvery = ceilDiv(steps, defaultRecords)
	}
	return p
}

// validations is how many a run of so many steps has.
func validations(steps int) int { return min(defaultValidations, max(1, steps/leastBetween)) }

// ceilDiv returns ⌈a/b⌉, without an overflow for the largest a.
func ceilDiv(a, b int) int {
	if a%b > 0 {
		return a/b + 1
	}
	return a / b
}

// plan fixes the plan, unless the run already has one.
func (l *Loop) plan(ctx context.Context) error {
	if l.state.Plan.Steps > 0 {
		return nil
	}
	began := l.now()
	if err := l.save(SaveStart); err != nil {
		return err
	}
	saving := l.now().Sub(began)
	switch {
	case l.cfg.Steps > 0:
		l.state.Plan = l.cfg.newPlan(l.cfg.Steps, validations(l.cfg.Steps))
	case l.cfg.Epochs > 0:
		n := l.objective.StepsPerEpoch()
		if n < 1 {
			return errors.New("the training data has no batch: an epoch would be no step at all")
		}
		steps := min(l.cfg.Epochs, math.MaxInt/n) * n
		l.state.Plan = l.cfg.newPlan(steps, validations(steps))
	default:
		s, err := l.measure(ctx)
		if err != nil {
			return err
		}
		s.validation += 2 * saving
		l.state.Plan = l.cfg.fill(l.cfg.Time-l.elapsed(), s)
	}
	return nil
}

// speed is what was measured of a run: the time of a step, and of a validation with what follows it.
type speed struct{ step, validation time.Duration }

// fill plans as many steps as fit into a time, together with their validations.
func (c Config) fill(budget time.Duration, s speed) Plan {
	each := max(1, float64(s.step))
	validation := float64(s.validation)
	if c.EvalEvery < 0 {
		return c.newPlan(max(1, int(float64(budget)/each)), 1)
	}
	if c.EvalEvery > 0 {
		each += validation / float64(c.EvalEvery)
		return c.newPlan(max(1, int(float64(budget)/each)), 1)
	}
	n := 1
	for n < defaultValidations && float64(n+1)*validation <= maxValidationShare*float64(budget) {
		n++
	}
	return c.newPlan(max(1, int((float64(budget)-float64(n)*validation)/each)), n)
}

const (
	// measureShare of a budget goes into measuring the speed, at most maxMeasure.
	measureShare = 0.04
	maxMeasure   = 10 * time.Second

	// Two steps come first and are not measured, for memory and caches are still cold; at least three are.
	coldSteps   = 2
	minMeasured = 3
)

// measure times steps and one validation and takes them back. It may only be called before the first step.
func (l *Loop) measure(ctx context.Context) (s speed, err error) {
	start := l.objective.Position().clone()
	defer func() { err = errors.Join(err, l.takeBack(start)) }()
	if s.step, err = l.timeSteps(ctx); err != nil || l.cfg.EvalEvery < 0 {
		return s, err
	}
	began := l.now()
	if _, err = l.validate(ctx); err != nil {
		return s, err
	}
	s.validation = l.now().Sub(began)
	return s, nil
}

// timeSteps returns the mean time of a step.
func (l *Loop) timeSteps(ctx context.Context) (time.Duration, error) {
	limit := min(maxMeasure, time.Duration(measureShare*float64(l.cfg.Time)))
	var began time.Time
	for n := -coldSteps; ; n++ {
		if n == 0 {
			began = l.now()
		}
		if spent := l.now().Sub(began); n >= minMeasured && spent >= limit {
			return spent / time.Duration(n), nil
		}
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("measuring the speed: %w", err)
		}
		if _, err := l.update(0); err != nil {
			return 0, err
		}
	}
}

// takeBack undoes steps at learning rate 0: they changed the optimiser, which was new, and the position.
func (l *Loop) takeBack(start Position) error {
	fresh, err := optim.New(l.cfg.Optimizer, l.params)
	if err != nil {
		return err
	}
	l.optimizer = fresh
	return l.objective.Restore(start)
}
