package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	norms     *optim.Norms
	facts     Facts
	good      *goodState // nil until a state is kept
	last      Update     // the last step, as far as it came

	state State     // its Seconds are those of earlier sessions; optimiser, schedule and position keep theirs
	began time.Time // of this session; zero before Run
	saved time.Time // when the state was saved last, or the session began
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
	cfg.Guard = cmp.Or(cfg.Guard, GuardAct)
	l := &Loop{objective: o, workers: w, cfg: cfg, hooks: hooks, params: o.Parameters()}
	l.norms = optim.NewNorms(l.params)
	if prober, ok := o.(Prober); ok {
		l.facts = prober.Facts()
	}
	cfg.Schedule.Epoch = cmp.Or(cfg.Schedule.Epoch, o.StepsPerEpoch())
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
// always finished. After a cancellation the error wraps that of ctx; a value that is not finite, if the guard does not help,
// ends the run with a [DivergedError] and without a save.
func (l *Loop) Run(ctx context.Context) (Result, error) {
	l.began = l.now()
	l.saved = l.began
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
	l.facts = l.Facts()
	for {
		ending, err := l.advance(ctx)
		if err != nil {
			err = l.rescue(err)
		}
		if err != nil {
			return Failed, l.recordFailure(err)
		}
		if ending != "" {
			return ending, nil
		}
	}
}

// advance settles the last step and does the next. It returns how the run ended, or "" if it goes on.
func (l *Loop) advance(ctx context.Context) (Ending, error) {
	if err := l.settle(ctx); err != nil {
		return "", err
	}
	if ending, over := l.over(); over {
		return ending, l.save(SaveFinal)
	}
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("training stopped after step %d of %d: %w", l.state.Step, l.state.Plan.Steps, err)
	}
	if err := l.keepGood(); err != nil {
		return "", err
	}
	return "", l.step()
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
	rate := l.schedule.Rate(l.state.Step, l.state.Plan.Steps) * l.state.Guard.rateFactor()
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
	defer func() { l.last = u }()
	var err error
	if u.Batch, err = l.objective.Step(); err != nil {
		return u, fmt.Errorf("training step %d: %w", u.Step, err)
	}
	if err := l.checkLoss(u); err != nil {
		return u, err
	}
	u.Clipped = l.clipper.Clip(l.workers)
	if err := l.checkGradient(u); err != nil {
		return u, err
	}
	if err := l.checkLeap(u); err != nil {
		return u, err
	}
	if rate > 0 && l.hooks.BeforeUpdate != nil { // at rate 0 the speed is being measured
		if err := l.hooks.BeforeUpdate(u); err != nil {
			return u, err
		}
	}
	l.optimise(u)
	if err := l.checkUpdate(u); err != nil {
		return u, err
	}
	l.objective.Updated()
	return u, nil
}

// Facts returns what the guard knows of the task, to [Diagnose] a run by its records later.
func (l *Loop) Facts() Facts {
	l.facts.Steps, l.facts.Rate, l.facts.Clip = l.state.Plan.Steps, l.cfg.Schedule.Rate, l.cfg.Clip.Norm
	return l.facts
}

func (l *Loop) now() time.Time { return l.cfg.Now() }

// elapsed returns the time since this session began.
func (l *Loop) elapsed() time.Duration {
	if l.began.IsZero() {
		return 0
	}
	return l.now().Sub(l.began)
}
