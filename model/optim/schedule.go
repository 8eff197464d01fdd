package optim

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
)

// The names of the schedules.
const (
	Constant = "constant"
	Linear   = "linear"
	Cosine   = "cosine"
	OneCycle = "one-cycle"
	Plateau  = "plateau"
	Step     = "step"
)

// Schedules lists the schedules.
var Schedules = []string{Constant, Linear, Cosine, OneCycle, Plateau, Step}

// ScheduleConfig chooses a schedule of the learning rate. Over N steps, of which the first W warm up, step s = 0, 1, …,
// N−1 has the rate
//
//	Rate · (s+1)/(W+1)    while s < W (Goyal et al. 2017, section 2.2)
//	Rate · shape(p)       after that, with p = (s−W)/(N−W), the share of the rest that is done
//
// where, with f = Final, shape(p) is
//
//	constant    1
//	linear      1 − (1−f)·p
//	cosine      f + (1−f)·(1 + cos πp)/2                     (Loshchilov & Hutter 2017, without restarts)
//	one-cycle   a rise by a cosine from 1/25 to 1 instead of the warm-up above, then as cosine (Smith & Topin 2018)
//	plateau     Factor^k after k plateaus of the validation loss (see [Schedule.Observe])
//	step        Factor^max(0, e+1−Hold) in epoch e = 0, 1, … (Zaremba et al. 2014, section 4.1)
//
// The factors of the last two hold while the rate warms up, too.
type ScheduleConfig struct {
	Name   string  `json:"name,omitempty" yaml:"name"`     // one of [Schedules]; "" means constant
	Rate   float64 `json:"rate" yaml:"rate"`               // highest learning rate; it must be above 0
	Warmup float64 `json:"warmup,omitempty" yaml:"warmup"` // W in steps or, below 1, as a share of N; 0 means none, for one-cycle 0.3
	Final  float64 `json:"final,omitempty" yaml:"final"`   // f, the share of Rate that is left at the end; for linear, cosine, one-cycle

	Factor   float64 `json:"factor,omitempty" yaml:"factor"`     // plateau and step: factor on the rate; 0 means 0.5
	Patience int     `json:"patience,omitempty" yaml:"patience"` // plateau: validations without progress that are borne; 0 means 2

	Hold  int `json:"hold,omitempty" yaml:"hold"`   // step: epochs at the whole rate; 0 means 1
	Epoch int `json:"epoch,omitempty" yaml:"epoch"` // step: updates in an epoch; training fills it in
}

// Validate reports the first field that is out of range.
func (c ScheduleConfig) Validate() error {
	switch {
	case shapeOf(c.Name) == nil:
		return fmt.Errorf("schedule %q is unknown; use one of %s", c.Name, strings.Join(Schedules, ", "))
	case !notNegative(c.Rate) || c.Rate == 0:
		return fmt.Errorf("schedule: rate is %v; it must be a number above 0", c.Rate)
	case !notNegative(c.Warmup):
		return fmt.Errorf("schedule: warmup is %v; it must be a number of steps, or a share below 1", c.Warmup)
	case !(c.Final >= 0 && c.Final <= 1):
		return fmt.Errorf("schedule: final is %v; it is a share of the rate, from 0 to 1", c.Final)
	case !(c.Factor >= 0 && c.Factor < 1):
		return fmt.Errorf("schedule: factor is %v; it must be from 0 up to, but without, 1", c.Factor)
	case c.Patience < 0:
		return fmt.Errorf("schedule: patience is %d; it must not be negative", c.Patience)
	case c.Hold < 0 || c.Epoch < 0:
		return fmt.Errorf("schedule: hold is %d and epoch %d; they must not be negative", c.Hold, c.Epoch)
	}
	return nil
}

// shapeOf returns the rate as a share of the highest, after the warm-up, from the share p of the rest that is done and
// the share f that is left at the end; nil for an unknown name.
func shapeOf(name string) func(p, f float64) float64 {
	switch name {
	case "", Constant, Plateau, Step:
		return func(p, f float64) float64 { return 1 }
	case Linear:
		return func(p, f float64) float64 { return 1 - (1-f)*p }
	case Cosine, OneCycle:
		return cosine
	}
	return nil
}

func cosine(p, f float64) float64 { return f + (1-f)*(1+math.Cos(math.Pi*p))/2 }

// The numbers of one-cycle, as PyTorch has them.
const (
	oneCycleRise  = 0.3
	oneCycleStart = 1.0 / 25
)

// Schedule gives the learning rate of every step.
type Schedule struct {
	cfg     ScheduleConfig
	shape   func(p, f float64) float64
	plateau PlateauState
}

// PlateauState is what a schedule remembers: how validation went. Only plateau makes use of it.
type PlateauState struct {
	Best       float64 `json:"best"`       // lowest criterion seen
	Seen       bool    `json:"seen"`       // whether Best holds anything yet
	Bad        int     `json:"bad"`        // validations since the last progress or reduction
	Reductions int     `json:"reductions"` // k
}

// NewSchedule makes the schedule that a config describes.
func NewSchedule(cfg ScheduleConfig) (*Schedule, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Name = cmp.Or(cfg.Name, Constant)
	cfg.Factor = cmp.Or(cfg.Factor, 0.5)
	cfg.Patience = cmp.Or(cfg.Patience, 2)
	cfg.Hold = cmp.Or(cfg.Hold, 1)
	if cfg.Name == OneCycle {
		cfg.Warmup = cmp.Or(cfg.Warmup, oneCycleRise)
	}
	if cfg.Name == Step && cfg.Epoch == 0 {
		return nil, errors.New("schedule: step counts epochs, but there is no number of updates in an epoch")
	}
	return &Schedule{cfg: cfg, shape: shapeOf(cfg.Name)}, nil
}

// Rate returns the learning rate of a step, counted from 0, out of total steps.
func (s *Schedule) Rate(step, total int) float64 {
	warmup := s.warmup(total)
	rate := s.cfg.Rate * math.Pow(s.cfg.Factor, float64(s.reductions(step)))
	if step < warmup {
		return rate * s.rise(step, warmup)
	}
	done := 1.0
	if total > warmup {
		done = min(1, float64(step-warmup)/float64(total-warmup))
	}
	return rate * s.shape(done, s.cfg.Final)
}

// reductions returns how often Factor has been applied to the rate of a step.
func (s *Schedule) reductions(step int) int {
	if s.cfg.Name == Step {
		return max(0, step/s.cfg.Epoch+1-s.cfg.Hold)
	}
	return s.plateau.Reductions
}

// warmup returns W.
func (s *Schedule) warmup(total int) int {
	if s.cfg.Warmup < 1 {
		return int(math.Round(s.cfg.Warmup * float64(total)))
	}
	return int(math.Min(s.cfg.Warmup, math.MaxInt32))
}

// rise returns the share of the rate at a step of the warm-up.
func (s *Schedule) rise(step, warmup int) float64 {
	if s.cfg.Name == OneCycle {
		return cosine(1-float64(step)/float64(warmup), oneCycleStart)
	}
	return float64(step+1) / float64(warmup+1)
}

// plateauThreshold is the share by which the criterion must fall to count as progress (PyTorch's ReduceLROnPlateau).
const plateauThreshold = 1e-4

// Observe tells the schedule the criterion of a validation, of which less is better. Plateau multiplies the rate by
// Factor when it has seen more than Patience validations in a row that were not lower than the best by a share of 1e-4
// of its magnitude; the other schedules ignore it. A criterion that is not finite is no progress.
func (s *Schedule) Observe(criterion float64) {
	if s.cfg.Name != Plateau {
		return
	}
	p := &s.plateau
	if finite(criterion) && (!p.Seen || criterion < p.Best-plateauThreshold*math.Abs(p.Best)) {
		p.Best, p.Seen, p.Bad = criterion, true, 0
		return
	}
	if p.Bad++; p.Bad > s.cfg.Patience {
		p.Bad = 0
		p.Reductions++
	}
}

// State returns what the schedule remembers, for saving.
func (s *Schedule) State() PlateauState { return s.plateau }

// Restore sets what the schedule remembers.
func (s *Schedule) Restore(state PlateauState) error {
	if state.Bad < 0 || state.Reductions < 0 || !finite(state.Best) {
		return fmt.Errorf("schedule state %+v: counts must not be negative and the best must be finite", state)
	}
	s.plateau = state
	return nil
}
