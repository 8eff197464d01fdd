package train

import (
	"fmt"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// State is all that a run needs to go on as if it had never stopped, besides its parameters. Marshalled as JSON it holds
// everything but the tensors, which [State.Tensors] gives.
type State struct {
	Step      int                `json:"step"`    // updates done
	Settled   int                `json:"settled"` // the last step whose validation and record are done
	Tokens    int64              `json:"tokens"`  // tokens trained on
	Seconds   float64            `json:"seconds"` // time spent, with validations
	Plan      Plan               `json:"plan"`
	Best      Validation         `json:"best"`
	Stale     int                `json:"stale"`   // validations since the best
	Pending   Pending            `json:"pending"` // what the next record will tell
	Schedule  optim.PlateauState `json:"schedule"`
	Optimizer optim.State        `json:"optimizer"`
	Position  Position           `json:"position"`

	Health      *Health     `json:"health,omitempty"` // that no record has told yet
	HealthCount healthCount `json:"health_count,omitzero"`
	Guard       guardState  `json:"guard,omitzero"`
	FactsTold   bool        `json:"facts_told,omitempty"` // by a record of the run
}

// Pending adds up what happened since the last record.
type Pending struct {
	Nats     float64 `json:"nats"`
	Tokens   int     `json:"tokens"`
	Seconds  float64 `json:"seconds"`   // in steps alone
	Rate     float64 `json:"lr"`        // of the last step
	GradNorm float64 `json:"grad_norm"` // of the last step
}

// Loss returns the mean loss in nats a token, 0 of no tokens.
func (p Pending) Loss() float64 { return p.Nats / float64(max(1, p.Tokens)) }

// The tensors of a state are told apart by what their names begin with, as docs/checkpoint.md has it.
const (
	optimizerPrefix = "optim."
	positionPrefix  = "state."
)

// Tensors returns the tensors of a state under names of their own, as live views.
func (s *State) Tensors() []model.Named {
	var out []model.Named
	add := func(prefix string, tensors []model.Named) {
		for _, t := range tensors {
			t.Name = prefix + t.Name
			out = append(out, t)
		}
	}
	add(optimizerPrefix, s.Optimizer.Tensors)
	add(positionPrefix, s.Position.Tensors)
	return out
}

// SetTensors puts the tensors that were saved under the names of [State.Tensors] into a state.
func (s *State) SetTensors(tensors []model.Named) error {
	s.Optimizer.Tensors, s.Position.Tensors = nil, nil
	for _, t := range tensors {
		if name, ok := strings.CutPrefix(t.Name, optimizerPrefix); ok {
			t.Name = name
			s.Optimizer.Tensors = append(s.Optimizer.Tensors, t)
		} else if name, ok := strings.CutPrefix(t.Name, positionPrefix); ok {
			t.Name = name
			s.Position.Tensors = append(s.Position.Tensors, t)
		} else {
			return fmt.Errorf("training state: tensor %s belongs to nothing known", t.Name)
		}
	}
	return nil
}

// Clone copies a state with its tensors, to keep it while training goes on.
func (s State) Clone() State {
	s.Optimizer.Tensors = cloneTensors(s.Optimizer.Tensors)
	s.Position.Tensors = cloneTensors(s.Position.Tensors)
	s.Guard = s.Guard.clone()
	return s
}

// validate reports numbers that no run can have had.
func (s *State) validate() error {
	p := s.Plan
	switch {
	case s.Step < 0 || s.Settled < 0 || s.Settled > s.Step || s.Tokens < 0 || s.Stale < 0:
		return fmt.Errorf("training state: step %d, settled %d, tokens %d, stale %d cannot be", s.Step, s.Settled, s.Tokens, s.Stale)
	case p.Steps < 0 || p.EvalEvery < 0 || p.LogEvery < 0 || p.Steps > 0 && p.LogEvery == 0:
		return fmt.Errorf("training state: the plan %+v cannot be", p)
	case s.Guard.Rollbacks < 0 || s.Guard.Rollbacks > maxRollbacks:
		return fmt.Errorf("training state: %d returns to a good state cannot be", s.Guard.Rollbacks)
	case s.Step > 0 && p.Steps == 0:
		return fmt.Errorf("training state: step %d was reached without a plan", s.Step)
	case slices.ContainsFunc([]float64{s.Seconds, s.Pending.Nats, s.Pending.Seconds, s.Best.Loss}, func(x float64) bool { return !finite(x) }):
		return fmt.Errorf("training state: its sums are not finite")
	}
	return nil
}

// Restore goes back to a saved state. The parameters must have been put back by the caller. The plan of the state holds,
// whatever the config says of steps, epochs and time: to train for longer, raise its Steps first. After an error the loop
// must not be run.
func (l *Loop) Restore(s State) error {
	if err := s.validate(); err != nil {
		return err
	}
	if err := l.schedule.Restore(s.Schedule); err != nil {
		return err
	}
	if err := l.optimizer.Restore(s.Optimizer); err != nil {
		return err
	}
	if err := l.objective.Restore(s.Position); err != nil {
		return err
	}
	s.Optimizer.Tensors, s.Position.Tensors = nil, nil
	l.state = s
	return nil
}

// State returns the state of the run between two steps. Its tensors are live views that the next step changes.
func (l *Loop) State() State {
	s := l.state
	s.Seconds += l.elapsed().Seconds()
	s.Schedule = l.schedule.State()
	s.Optimizer = l.optimizer.State()
	s.Position = l.objective.Position()
	return s
}
