package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/textgen-go/textgen/model/optim"
)

// settle does what is due after a step: validation, record, saves. A step that was settled is not settled again, so that
// a run that was interrupted in a validation resumes with it.
func (l *Loop) settle(ctx context.Context) error {
	s := &l.state
	if s.Settled == s.Step {
		return nil
	}
	last := s.Step == s.Plan.Steps
	if last { // what its save would find must be said in its record, after which there is none
		if err := l.checkTensors("state"); err != nil {
			return err
		}
	}
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
		if m.Score != nil && !finite(*m.Score) { // which JSON cannot hold
			v.Score = nil
			if s.Best.Step == s.Step {
				s.Best.Score = nil
			}
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

// validate measures the objective and refuses a loss that says that training went wrong.
func (l *Loop) validate(ctx context.Context) (Metrics, error) {
	if l.exchange() {
		defer l.exchange()
	}
	m, err := l.objective.Validate(ctx)
	if err != nil {
		return m, fmt.Errorf("validation after step %d: %w", l.state.Step, err)
	}
	return m, l.checkValidation(ctx, m)
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
	if a, ok := l.optimizer.(optim.Averager); ok {
		a.Observe(now)
	}
	return nil
}

// exchange puts the averages of the weights in their place, or back, if the optimiser has some.
func (l *Loop) exchange() bool {
	a, ok := l.optimizer.(optim.Averager)
	if !ok || !a.Exchange(l.workers) {
		return false
	}
	l.objective.Updated()
	return true
}

func (l *Loop) criterion(m Metrics) (float64, error) { return l.cfg.Criterion.value(m) }

// report hands out the validation and the record of a step.
func (l *Loop) report(v *Validation) error {
	s, r := &l.state, l.record()
	if v != nil {
		r.ValidLoss, r.ValidScore = &v.Loss, v.Score
		if l.hooks.OnValidation != nil {
			if err := l.hooks.OnValidation(*v, s.Best); err != nil {
				return err
			}
		}
	}
	r.Verdicts, s.Guard.Verdicts = l.verdicts(r), nil
	return l.tell(r)
}

// record sums up the steps since the last record.
func (l *Loop) record() Record {
	s, p := &l.state, l.state.Pending
	r := Record{
		Step: s.Step, Tokens: s.Tokens, Seconds: s.Seconds + l.elapsed().Seconds(),
		Rate: p.Rate, GradNorm: p.GradNorm, Loss: p.Loss(),
	}
	if p.Seconds > 0 {
		r.TokensPerSecond = float64(p.Tokens) / p.Seconds
	}
	if !s.FactsTold {
		facts := l.Facts()
		r.Facts, s.FactsTold = &facts, true
	}
	r.Health, s.Health = s.Health, nil
	s.Pending = Pending{}
	return r
}

func (l *Loop) tell(r Record) error {
	if l.hooks.OnStep == nil {
		return nil
	}
	return l.hooks.OnStep(r)
}

// recordFailure hands out a last record if the run ends because it diverged, and returns err.
func (l *Loop) recordFailure(err error) error {
	var diverged *DivergedError
	if !errors.As(err, &diverged) {
		return err
	}
	r := l.record()
	r.Step, r.Rate, r.GradNorm = diverged.Step, l.last.Rate, told(l.last.Clipped.Norm)
	r.Loss = told(l.last.Batch.Nats / float64(max(1, l.last.Batch.Tokens)))
	v := l.verdictOn(diverged)
	if l.cfg.Guard == GuardAct {
		v.Action = "gave up"
	}
	r.Verdicts, l.state.Guard.Verdicts = append(l.state.Guard.Verdicts, v), nil
	if failed := l.tell(r); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// longestUnsaved is how much of a run that validates seldom may be lost when it is killed.
const longestUnsaved = 5 * time.Minute

// saveIfDue saves after a step, given the step's validation if it had one. The last step's save is left to run.
func (l *Loop) saveIfDue(v *Validation) error {
	s := &l.state
	if v != nil && s.Best.Step == s.Step {
		if err := l.saveBest(); err != nil {
			return err
		}
	}
	due := v != nil || l.now().Sub(l.saved) >= longestUnsaved
	if every := l.cfg.SaveEvery; every != 0 {
		due = every > 0 && s.Step%every == 0
	}
	if _, over := l.over(); over || !due {
		return nil
	}
	return l.save(SavePeriodic)
}

// saveBest saves what was validated.
func (l *Loop) saveBest() error {
	if l.exchange() {
		defer l.exchange()
	}
	return l.save(SaveBest)
}

// save hands out the state, unless it is spoilt.
func (l *Loop) save(reason SaveReason) error {
	if l.hooks.Save == nil {
		return nil
	}
	if err := l.checkTensors("saved tensor"); err != nil {
		return err
	}
	if reason != SaveBest {
		l.saved = l.now()
	}
	return l.hooks.Save(reason, l.State())
}
