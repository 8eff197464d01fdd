package train

import (
	"errors"
	"slices"
)

// GuardMode says what is done about a training that goes wrong.
type GuardMode string

// The modes.
const (
	// GuardAct warns, and when a value is not finite or the loss leaps it goes back to the last good state: weights,
	// optimiser and hidden states are as they were, the learning rate is halved, and training goes on with the batches
	// that follow, as Chowdhery et al. (2022, section 5.1) do it, for the batches behind a spike are part of its cause. The
	// count of steps goes on, too. After three times the run ends with a [DivergedError].
	GuardAct GuardMode = "act"
	// GuardWarn gives a [Verdict] on what goes wrong. A value that is not finite ends the run.
	GuardWarn GuardMode = "warn"
	// GuardOff is silent. A value that is not finite ends the run; that alone is said.
	GuardOff GuardMode = "off"
)

// Guards lists the modes.
var Guards = []GuardMode{GuardAct, GuardWarn, GuardOff}

// maxRollbacks is how often a run may go back before it is given up.
const maxRollbacks = 3

// guardState is what the guard remembers between steps.
type guardState struct {
	Rollbacks int       `json:"rollbacks,omitempty"`
	Leap      leapState `json:"leap,omitzero"`
	Watched   watched   `json:"watched,omitzero"`
	Verdicts  []Verdict `json:"verdicts,omitempty"` // that no record has told yet
}

// clone copies what a step may change in place.
func (g guardState) clone() guardState {
	g.Watched.Said = slices.Clone(g.Watched.Said)
	g.Verdicts = slices.Clone(g.Verdicts)
	return g
}

// rateFactor is what going back has left of the learning rate.
func (g guardState) rateFactor() float64 { return 1 / float64(int(1)<<g.Rollbacks) }

// rescue goes back to the last good state, if the guard may and err is something that this can help. Otherwise it
// returns err.
func (l *Loop) rescue(err error) error {
	var diverged *DivergedError
	if !errors.As(err, &diverged) {
		return err
	}
	g := &l.state.Guard
	diverged.Layer, diverged.Rollbacks = layerOf(diverged.Tensor), g.Rollbacks
	if l.cfg.Guard != GuardAct || l.good == nil || g.Rollbacks == maxRollbacks {
		return err
	}
	v := l.verdictOn(diverged)
	if err := l.rollBack(); err != nil {
		return err
	}
	g.Rollbacks++
	g.Watched.say(v.Kind)
	g.Leap.forget()
	v.Action = wentBack(l.good.step, g.rateFactor())
	g.Verdicts = append(g.Verdicts, v)
	return nil
}

// verdictOn explains an error and tells the layer that it is in; the rate that it proposes to halve is the one that was left.
func (l *Loop) verdictOn(e *DivergedError) Verdict {
	f := l.facts
	e.Layer = layerOf(e.Tensor)
	f.Rate *= l.state.Guard.rateFactor()
	return e.verdict(f)
}

// verdicts returns what is wrong, from within the steps since the last record and from that record.
func (l *Loop) verdicts(r Record) []Verdict {
	if l.cfg.Guard == GuardOff {
		return nil
	}
	g := &l.state.Guard
	return append(g.Verdicts, g.Watched.observe(r, l.facts)...)
}
