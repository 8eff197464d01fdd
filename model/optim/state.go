package optim

import (
	"fmt"
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// State is what an optimiser remembers between steps.
type State struct {
	Name    string        `json:"name"`  // of the optimiser, as in [Config]
	Steps   int64         `json:"steps"` // number of steps taken
	Tensors []model.Named `json:"-"`     // for example "adam.m.rnn.weight_ih_l0", shaped like the parameter

	Average Average `json:"average,omitzero"` // of NT-ASGD
}

// memory is the part that all optimisers share: the parameters, the number of steps and the moments, which are tensors
// shaped like the parameters.
type memory struct {
	name    string
	params  []*model.Parameter
	moments []moment
	steps   int64
	sweep   *sweep
}

// moment holds one tensor for every parameter.
type moment struct {
	name string
	data [][]float32
}

func newMemory(name string, params []*model.Parameter, moments ...string) memory {
	m := memory{name: name, params: params, sweep: newSweep(params)}
	for _, n := range moments {
		data := make([][]float32, len(params))
		for i, p := range params {
			data[i] = kernel.Aligned(len(p.Value))
		}
		m.moments = append(m.moments, moment{n, data})
	}
	return m
}

// at returns the piece of the k-th moment.
func (m *memory) at(k int, p piece) []float32 { return m.moments[k].data[p.param][p.from:p.to] }

// weights returns the values and the gradients of a piece.
func (m *memory) weights(p piece) (value, grad []float32) {
	param := m.params[p.param]
	return param.Value[p.from:p.to], param.Grad[p.from:p.to]
}

// State implements [Optimizer].
func (m *memory) State() State {
	s := State{Name: m.name, Steps: m.steps}
	for _, k := range m.moments {
		for i, p := range m.params {
			s.Tensors = append(s.Tensors, model.Named{
				Name:  m.name + "." + k.name + "." + p.Name,
				Shape: slices.Clone(p.Shape),
				Data:  k.data[i],
			})
		}
	}
	return s
}

// Restore implements [Optimizer].
func (m *memory) Restore(s State) error {
	if s.Name != m.name {
		return fmt.Errorf("optimizer state: it was saved by %q, not by %q: resume with the optimizer of the run", s.Name, m.name)
	}
	if s.Steps < 0 {
		return fmt.Errorf("optimizer state: %d steps are less than none", s.Steps)
	}
	if err := CopyTensors(m.State().Tensors, s.Tensors); err != nil {
		return fmt.Errorf("optimizer state: %w", err)
	}
	m.steps = s.Steps
	return nil
}

// CopyTensors restores live tensors from saved ones. Every tensor must have a saved one of the same name, shape and
// length, and there must be no others; else nothing is changed.
func CopyTensors(live, saved []model.Named) error {
	sources, err := match(live, saved)
	if err != nil {
		return err
	}
	for i, t := range live {
		copy(t.Data, sources[i].Data)
	}
	return nil
}

// match returns for every tensor of want the tensor of the same name, shape and length in have, in want's order; have
// must hold nothing else.
func match(want, have []model.Named) ([]model.Named, error) {
	byName := make(map[string]model.Named, len(have))
	for _, t := range have {
		byName[t.Name] = t
	}
	if len(byName) != len(want) || len(have) != len(want) {
		return nil, fmt.Errorf("there are %d tensors where the model needs %d", len(have), len(want))
	}
	found := make([]model.Named, len(want))
	for i, w := range want {
		h, ok := byName[w.Name]
		if !ok {
			return nil, fmt.Errorf("tensor %s is missing", w.Name)
		}
		if !slices.Equal(h.Shape, w.Shape) || len(h.Data) != len(w.Data) {
			return nil, fmt.Errorf("tensor %s has shape %v and %d elements; the model needs %v and %d",
				w.Name, h.Shape, len(h.Data), w.Shape, len(w.Data))
		}
		found[i] = h
	}
	return found, nil
}
