package train

import (
	"context"
	"fmt"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// goodEvery is how many steps lie between two states that are kept to go back to. Copying weights and moments takes less
// than a twentieth of a step.
const goodEvery = 50

// goodState is a copy of all that a step changes besides counts. It is not saved: a resumed run begins with what it resumed
// from, and goes back to there where a run that was never stopped goes back further.
type goodState struct {
	step      int
	values    [][]float32
	optimizer optim.State
	position  []model.Named
}

// keepGood copies the state if that is due and nothing is wrong with it.
func (l *Loop) keepGood() error {
	s := &l.state
	switch {
	case l.cfg.Guard != GuardAct || l.good != nil && (s.Step%goodEvery != 0 || l.good.step == s.Step):
		return nil
	case s.Guard.Leap.suspect(l.facts.Unigram):
		return nil
	}
	if err := l.checkTensors("state"); err != nil {
		return err
	}
	if l.good == nil {
		l.good = &goodState{values: make([][]float32, len(l.params))}
	}
	g := l.good
	g.step = s.Step
	for i, p := range l.params {
		g.values[i] = append(g.values[i][:0], p.Value...)
	}
	g.optimizer = keepOptimizer(g.optimizer, l.optimizer.State())
	g.position = keepTensors(g.position, l.objective.Position().Tensors)
	return nil
}

// rollBack restores the good state. Where training is in the data stays as it is.
func (l *Loop) rollBack() error {
	for i, p := range l.params {
		copy(p.Value, l.good.values[i])
	}
	if err := l.optimizer.Restore(l.good.optimizer); err != nil {
		return fmt.Errorf("going back to step %d: %w", l.good.step, err)
	}
	position := l.objective.Position()
	position.Tensors = l.good.position
	if err := l.objective.Restore(position); err != nil {
		return fmt.Errorf("going back to step %d: %w", l.good.step, err)
	}
	l.objective.Updated()
	return nil
}

// validateGood measures the weights of the good state. If there is none, it returns what was measured of the others.
func (l *Loop) validateGood(ctx context.Context, others Metrics) (Metrics, error) {
	if l.good == nil {
		return others, nil
	}
	l.swapGood()
	defer l.swapGood()
	return l.objective.Validate(ctx)
}

// swapGood swaps the weights with those of the good state.
func (l *Loop) swapGood() {
	for i, p := range l.params {
		for j, v := range l.good.values[i] {
			l.good.values[i][j], p.Value[j] = p.Value[j], v
		}
	}
	l.objective.Updated()
}

// keepOptimizer copies live to kept, whose memory it uses.
func keepOptimizer(kept, live optim.State) optim.State {
	live.Tensors = keepTensors(kept.Tensors, live.Tensors)
	return live
}

// keepTensors copies live to kept, whose memory it uses if there is any.
func keepTensors(kept, live []model.Named) []model.Named {
	if len(kept) != len(live) {
		return cloneTensors(live)
	}
	for i, t := range live {
		copy(kept[i].Data, t.Data)
	}
	return kept
}

func wentBack(step int, factor float64) string {
	return fmt.Sprintf("went back to the weights of step %d; the learning rate is %v of the schedule from now on", step, factor)
}
