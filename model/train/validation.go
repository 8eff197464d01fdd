package train

import (
	"context"

	"github.com/textgen-go/textgen/model"
)

// validation scores streams of tokens with a hidden state and workspaces of its own.
type validation struct {
	streams streams
	state   *model.State
	steps   int
	window  *model.Window // of steps
	rest    *model.Window // of what is left at the end of the streams; nil if nothing is
	inputs  []int32
	targets []int32
}

func newValidation(m *model.LanguageModel, w *model.Workers, s streams, steps int) *validation {
	v := &validation{streams: s, steps: steps, state: m.NewState(s.count)}
	v.streams.row = make([]int32, steps+1)
	v.inputs = make([]int32, steps*s.count)
	v.targets = make([]int32, steps*s.count)
	if s.length >= steps {
		v.window = m.NewWindow(w, steps, s.count)
	}
	if rest := s.length % steps; rest > 0 {
		v.rest = m.NewWindow(w, rest, s.count)
	}
	return v
}

// run returns the mean loss over all streams.
func (v *validation) run(ctx context.Context) (Metrics, error) {
	v.state.Reset()
	var nats float64
	for from := 0; from < v.streams.length; from += v.steps {
		if err := ctx.Err(); err != nil {
			return Metrics{}, err
		}
		window, n := v.window, v.steps
		if left := v.streams.length - from; left < n {
			window, n = v.rest, left
		}
		inputs, targets := v.inputs[:n*v.streams.count], v.targets[:n*v.streams.count]
		if err := v.streams.fill(inputs, targets, from, n); err != nil {
			return Metrics{}, err
		}
		nats += window.Forward(inputs, targets, v.state, 0)
	}
	tokens := v.streams.count * v.streams.length
	return Metrics{Loss: nats / float64(tokens), Tokens: tokens}, nil
}
