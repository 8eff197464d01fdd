package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// Loop trains one objective.
type Loop struct {
	objective Objective
	workers   *model.Workers
	cfg       Config
	hooks     Hooks
	params    []*model.Parameter
	optimizer optim.Optimizer
	schedule  *optim.Schedule
	clipper   *optim.Clipper

	state State     // its Seconds are those of earlier sessions; optimiser, schedule and position keep theirs
	began time.Time // of this session; zero before Run
}

// Result is how a run ended.
type Result struct {
	Ending  Ending
	Steps   int        // updates done
	Plan    Plan       // to repeat the run
	Tokens  int64      // tokens trained on
	Seconds float64    // time spent, over all sessions
	Best    Validation // its Step is 0 if nothing was validated
}

// Ending says why a run ended.
type Ending string

// The endings.
const (
	Completed   Ending = "completed"   // all planned steps were done
	Stale       Ending = "stale"       // validation had no new best for Patience validations
	Interrupted Ending = "interrupted" // the context was cancelled
	Failed      Ending = "failed"      // by the error that Run returned
)

// NewLoop prepares a run. The workers do the clipping and the updates.
func NewLoop(o Objective, w *model.Workers, cfg Config, hooks Hooks) (*Loop, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &Loop{objective: o, workers: w, cfg: cfg, hooks: hooks, params: o.Parameters()}
	var err error
	if l.schedule, err = optim.NewSchedule(cfg.Schedule); err != nil {
		return nil, err
	}
	if l.optimizer, err = optim.New(cfg.Optimizer, l.params); err != nil {
		return nil, err
	}
	if l.clipper, err = optim.NewClipper(cfg.Clip, l.params); err != nil {
		return nil, err
	}
	return l, nil
}

// Run trains until the plan is fulfilled, Patience is at an end or ctx is cancelled, and saves then. The current step is
// always finished. After a cancellation the error wraps that of ctx; a value that is not finite ends the run with a
// [DivergedError] and without a save.
func (l *Loop) Run(ctx context.Context) (Result, error) {
	l.began = l.now()
	l.objective.Updated()
	ending, err := l.run(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		ending, err = Interrupted, errors.Join(err, l.save(SaveInterrupted))
	}
	l.state.Seconds += l.elapsed().Seconds()
	l.began = time.Time{}
	return Result{
		Ending: ending, Steps: l.state.Step, Plan: l.state.Plan,
		Tokens: l.state.Tokens, Seconds: l.state.Seconds, Best: l.state.Best,
	}, err
}

func (l *Loop) run(ctx context.Context) (Ending, error) {
	if err := l.plan(ctx); err != nil {
		return Failed, err
	}
	for {
		if err := l.settle(ctx); err != nil {
			return Failed, err
		}
		if ending, over := l.over(); over {
			if err := l.save(SaveFinal); err != nil {
				return Failed, err
			}
			return ending, nil
		}
		if err := ctx.Err(); err != nil {
			return Failed, fmt.Errorf("training stopped after step %d of %d: %w", l.state.Step, l.state.Plan.Steps, err)
		}
		if err := l.step(); err != nil {
			return Failed, err
		}
	}
}

// over says whether the run has come to its end.
func (l *Loop) over() (Ending, bool) {
	switch {
	case l.state.Step >= l.state.Plan.Steps:
		return Completed, true
	case l.cfg.Patience > 0 && l.state.Stale >= l.cfg.Patience:
		return Stale, true
	}
	return "", false
}

// step trains on one batch and keeps the books.
func (l *Loop) step() error {
	began := l.now()
	rate := l.schedule.Rate(l.state.Step, l.state.Plan.Steps)
	u, err := l.update(rate)
	if err != nil {
		return err
	}
	s := &l.state
	s.Step++
	s.Tokens += int64(u.Batch.Tokens)
	s.Pending.Nats += u.Batch.Nats
	s.Pending.Tokens += u.Batch.Tokens
	s.Pending.Seconds += l.now().Sub(began).Seconds()
	s.Pending.Rate = rate
	s.Pending.GradNorm = u.Clipped.Norm
	return nil
}

// update does one step's arithmetic: loss, gradients, clipping, update.
func (l *Loop) update(rate float64) (Update, error) {
	u := Update{Step: l.state.Step + 1, Rate: rate, Clipper: l.clipper}
	var err error
	if u.Batch, err = l.objective.Step(); err != nil {
		return u, fmt.Errorf("training step %d: %w", u.Step, err)
	}
	if !finite(u.Batch.Nats) {
		return u, &DivergedError{Step: u.Step, What: "loss", Value: u.Batch.Nats}
	}
	u.Clipped = l.clipper.Clip(l.workers)
	if !u.Clipped.Finite() {
		return u, &DivergedError{Step: u.Step, What: "gradient", Tensor: l.clipper.NonFinite(), Value: u.Clipped.Norm}
	}
	if rate > 0 && l.hooks.BeforeUpdate != nil { // at rate 0 the speed is being measured
		if err := l.hooks.BeforeUpdate(u); err != nil {
			return u, err
		}
	}
	l.optimizer.Step(rate, u.Clipped.Scale, l.workers)
	l.objective.Updated()
	return u, nil
}

// settle does what is due after a step: validation, record, saves. A step that was settled is not settled again, so that
// a run that was interrupted in a validation resumes with it.
func (l *Loop) settle(ctx context.Context) error {
	s := &l.state
	if s.Settled == s.Step {
		return nil
	}
	last := s.Step == s.Plan.Steps
	var v *Validation
	if every := s.Plan.EvalEvery; every > 0 && (last || s.Step%every == 0) {
		m, err := l.validate(ctx)
		if err != nil {
			return err
		}
		v = &Validation{Step: s.Step, Metrics: m}
		if err := l.judge(*v); err != nil {
			return err
		}
		if m.Score != nil && !finite(*m.Score) {
			v.Score = nil
		}
	}
	s.Settled = s.Step
	if v != nil || last || s.Step%s.Plan.LogEvery == 0 {
		if err := l.report(v); err != nil {
			return err
		}
	}
	return l.saveIfDue(v)
}

// validate measures the objective and refuses a loss that is not finite.
func (l *Loop) validate(ctx context.Context) (Metrics, error) {
	m, err := l.objective.Validate(ctx)
	if err != nil {
		return m, fmt.Errorf("validation after step %d: %w", l.state.Step, err)
	}
	if !finite(m.Loss) {
		return m, &DivergedError{Step: l.state.Step, What: "validation loss", Value: m.Loss}
	}
	return m, nil
}

// judge compares a validation with the best.
func (l *Loop) judge(v Validation) error {
	s := &l.state
	now, err := l.criterion(v.Metrics)
	if err != nil {
		return err
	}
	best := math.Inf(1)
	if s.Best.Step > 0 {
		if best, err = l.criterion(s.Best.Metrics); err != nil {
			return err
		}
	}
	s.Stale++
	if now < best {
		s.Best, s.Stale = v, 0
	}
	l.schedule.Observe(now)
	return nil
}

func (l *Loop) criterion(m Metrics) (float64, error) { return l.cfg.Criterion.value(m) }

// report hands out the validation and the record of a step.
func (l *Loop) report(v *Validation) error {
	s, p := &l.state, l.state.Pending
	r := Record{
		Step: s.Step, Tokens: s.Tokens, Seconds: s.Seconds + l.elapsed().Seconds(),
		Rate: p.Rate, GradNorm: p.GradNorm, Loss: p.Nats / float64(max(1, p.Tokens)),
	}
	if p.Seconds > 0 {
		r.TokensPerSecond = float64(p.Tokens) / p.Seconds
	}
	s.Pending = Pending{}
	if v != nil {
		r.ValidLoss, r.ValidScore = &v.Loss, v.Score
		if l.hooks.OnValidation != nil {
			if err := l.hooks.OnValidation(*v, s.Best); err != nil {
				return err
			}
		}
	}
	if l.hooks.OnStep == nil {
		return nil
	}
	return l.hooks.OnStep(r)
}

// saveIfDue saves after a step, given the step's validation if it had one. The last step's save is left to run.
func (l *Loop) saveIfDue(v *Validation) error {
	s := &l.state
	if v != nil && s.Best.Step == s.Step {
		if err := l.save(SaveBest); err != nil {
			return err
		}
	}
	due := v != nil
	if every := l.cfg.SaveEvery; every != 0 {
		due = every > 0 && s.Step%every == 0
	}
	if _, over := l.over(); over || !due {
		return nil
	}
	return l.save(SavePeriodic)
}

// save hands out the state, unless it is spoilt.
func (l *Loop) save(reason SaveReason) error {
	if l.hooks.Save == nil {
		return nil
	}
	s := l.State()
	tensors := s.Tensors()
	for _, p := range l.params {
		tensors = append(tensors, model.Named{Name: p.Name, Data: p.Value})
	}
	if name := optim.NonFinite(tensors); name != "" {
		return &DivergedError{Step: s.Step, What: "saved tensor", Tensor: name, Value: math.NaN()}
	}
	return l.hooks.Save(reason, s)
}

func (l *Loop) now() time.Time { return l.cfg.Now() }

// elapsed returns the time since this session began.
func (l *Loop) elapsed() time.Duration {
	if l.began.IsZero() {
		return 0
	}
	return l.now().Sub(l.began)
}
