package train

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/textgen-go/textgen/model/optim"
)

// Config says how long to train, and how. Exactly one of Steps, Epochs and Time must be set.
type Config struct {
	Steps  int           `json:"steps,omitempty" yaml:"steps"`   // number of updates
	Epochs int           `json:"epochs,omitempty" yaml:"epochs"` // passes over the training data
	Time   time.Duration `json:"time,omitempty" yaml:"time"`     // see [Plan]

	Optimizer optim.Config         `json:"optimizer" yaml:"optimizer"`
	Schedule  optim.ScheduleConfig `json:"schedule" yaml:"schedule"` // its Rate must be set
	Clip      optim.Clip           `json:"clip" yaml:"clip"`

	EvalEvery int       `json:"eval_every,omitempty" yaml:"eval_every"` // steps from one validation to the next; 0 means twenty validations in a run, fewer in a short one; negative none
	LogEvery  int       `json:"log_every,omitempty" yaml:"log_every"`   // steps from one record to the next; 0 means about a thousand records in a run
	SaveEvery int       `json:"save_every,omitempty" yaml:"save_every"` // steps from one periodic save to the next; 0 means after every validation, and when five minutes have passed; negative never
	Patience  int       `json:"patience,omitempty" yaml:"patience"`     // end after so many validations in a row without a new best; 0 means never
	Criterion Criterion `json:"criterion,omitempty" yaml:"criterion"`   // what makes a validation the best; "" means loss

	HealthEvery int       `json:"health_every,omitempty" yaml:"health_every"` // steps from one measurement of [Health] to the next; 0 means about 200 in a run, with more at its start; negative none
	Guard       GuardMode `json:"guard,omitempty" yaml:"guard"`               // what to do when training goes wrong; "" means act

	Now func() time.Time `json:"-" yaml:"-"` // the clock; nil means time.Now
}

// Criterion names the measure by which validations are compared.
type Criterion string

// The criteria.
const (
	Loss  Criterion = "loss"  // less is better
	Score Criterion = "score" // more is better
)

// value returns a measure of which less is better.
func (c Criterion) value(m Metrics) (float64, error) {
	if c != Score {
		return m.Loss, nil
	}
	if m.Score == nil {
		return 0, errors.New("the criterion is the score, but the validation gave none: choose loss")
	}
	return -*m.Score, nil
}

// Validate reports the first field that is out of range. The parts for package optim are validated there.
func (c Config) Validate() error {
	set := 0
	for _, f := range []struct {
		name  string
		value int64
	}{{"steps", int64(c.Steps)}, {"epochs", int64(c.Epochs)}, {"time", int64(c.Time)}} {
		if f.value < 0 {
			return fmt.Errorf("training: %s must not be negative", f.name)
		}
		if f.value > 0 {
			set++
		}
	}
	switch {
	case set != 1:
		return fmt.Errorf("training: %d of steps, epochs and time are set; set one of them", set)
	case c.LogEvery < 0:
		return fmt.Errorf("training: log_every is %d; it must not be negative", c.LogEvery)
	case c.Patience < 0:
		return fmt.Errorf("training: patience is %d; it must not be negative", c.Patience)
	case c.Criterion != "" && c.Criterion != Loss && c.Criterion != Score:
		return fmt.Errorf("training: criterion %q is unknown; use %s or %s", c.Criterion, Loss, Score)
	case c.Guard != "" && !slices.Contains(Guards, c.Guard):
		return fmt.Errorf("training: guard %q is unknown; use %s, %s or %s", c.Guard, GuardAct, GuardWarn, GuardOff)
	}
	return c.checkValidated()
}

// checkValidated refuses what goes by validations where there are none.
func (c Config) checkValidated() error {
	if c.EvalEvery >= 0 {
		return nil
	}
	for _, f := range []struct {
		given bool
		what  string
	}{
		{c.Patience > 0, fmt.Sprintf("patience %d", c.Patience)},
		{c.Schedule.Name == optim.Plateau, "schedule " + optim.Plateau},
		{c.Optimizer.Name == optim.NameNTASGD, "optimizer " + optim.NameNTASGD},
	} {
		if f.given {
			return fmt.Errorf("training: %s goes by validations, but there are none: eval_every is negative, or there is no text to validate on", f.what)
		}
	}
	return nil
}
