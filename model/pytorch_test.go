package model

import (
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// The fixtures hold PyTorch's results in float64, so forwardTolerance and gradientTolerance apply as they do against the
// reference.

// fixtureState fills a state as the fixtures' networks start.
func fixtureState(s *State) {
	for i, name := range []string{"h", "c"} {
		tensors := [][]kernel.Matrix{s.h, s.c}[i]
		if tensors == nil {
			continue
		}
		n := tensors[0].Rows * tensors[0].Cols
		all := fixtureTensor(name, n*len(tensors))
		for l, m := range tensors {
			copy(m.Data, all[l*n:(l+1)*n])
		}
	}
}

func TestLanguageModelAgainstPyTorch(t *testing.T) {
	const steps, streams = 7, 3
	for _, cell := range Cells {
		t.Run(string(cell), func(t *testing.T) {
			fixture := ReadFixture(t, "language_"+string(cell))
			m, w := NewFixtureModel(t, cell), testWorkers(t, 2)
			window, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
			m.Pack(w)
			fixtureState(state)
			nats := window.Forward(FixtureTokens("inputs", steps*streams), FixtureTokens("targets", steps*streams), state, 0)
			window.Backward()
			compare(t, "loss", []float64{nats / (steps * streams)}, []float64{fixture.Loss}, forwardTolerance)
			compareStates(t, state, fixture.Final)
			compareGrads(t, m.Parameters(), fixture.Grads)
		})
	}
}

func compareStates(t *testing.T, s *State, want map[string][]float64) {
	t.Helper()
	compare(t, "final h", joinRows(s.h...), want["h"], forwardTolerance)
	compare(t, "final c", joinRows(s.c...), want["c"], forwardTolerance)
}

func joinRows(list ...kernel.Matrix) []float64 {
	var all []float64
	for _, m := range list {
		for r := range m.Rows {
			all = append(all, widen(m.Row(r))...)
		}
	}
	return all
}

func TestBidirectionalStackAgainstPyTorch(t *testing.T) {
	const width, hidden = 5, 4
	lengths := []int{5, 5, 3, 1}
	for _, cell := range Cells {
		t.Run(string(cell), func(t *testing.T) {
			fixture := ReadFixture(t, "stack_"+string(cell))
			r := newRecurrent("rnn.", RecurrentConfig{Cell: cell, Layers: FixtureLayers, Hidden: hidden, Bidirectional: true}, width)
			fillFixture(r.parameters())
			r.enableGrad()
			var seq sequence
			seq.setLengths(lengths)
			p := newPass(r, seq, testWorkers(t, 2), true)
			r.pack(p.workers)
			p.connectInput()
			state := r.newState(len(lengths))
			fixtureState(state)
			runFixtureStack(p, state)

			compare(t, "output", joinRows(p.inputs[FixtureLayers]), fixture.Output["output"], forwardTolerance)
			compareStates(t, endOf(p), fixture.Final)
			initial := initialGrads(p)
			compare(t, "gradient of x", joinRows(p.grads[0]), fixture.Grads["x"], gradientTolerance)
			compare(t, "gradient of h", joinRows(initial.h...), fixture.Grads["h"], gradientTolerance)
			compare(t, "gradient of c", joinRows(initial.c...), fixture.Grads["c"], gradientTolerance)
			for _, param := range r.parameters() {
				compare(t, "gradient of "+param.Name, widen(param.Grad), fixture.Grads[param.Name], gradientTolerance)
			}
		})
	}
}

// runFixtureStack goes forward and backward once, down to the input and the initial states.
func runFixtureStack(p *pass, s *State) {
	rows, top := p.seq.rows(), len(p.layers)
	p.inputs[0].CopyFrom(kernel.View(fixtureTensor("x", rows*p.input), rows, p.input))
	for _, traces := range p.traces {
		for _, t := range traces {
			t.initialGrad = true
		}
	}
	p.load(s)
	for _, t := range p.traces[0] {
		t.project()
	}
	p.forward()
	p.grads[top].CopyFrom(kernel.View(fixtureTensor("weights", rows*p.cfg.Width()), rows, p.cfg.Width()))
	p.backward()
	for _, t := range p.traces[0] {
		t.inputGrads()
	}
}

// endOf returns the states at the end of every stream: behind its last token, or its first where time runs backwards.
func endOf(p *pass) *State {
	s := p.newState(p.seq.streams)
	i := 0
	for _, traces := range p.traces {
		for _, t := range traces {
			for b := range p.seq.streams {
				last := p.seq.length(b) - 1
				if t.reverse {
					last = 0
				}
				row := p.seq.streams + p.seq.row(last, b)
				copy(s.h[i].Row(b), t.h.Row(row))
				if t.cell == LSTM {
					copy(s.c[i].Row(b), t.c.Row(row))
				}
			}
			i++
		}
	}
	return s
}

// initialGrads returns the gradients of the states that the streams started from.
func initialGrads(p *pass) *State {
	s := p.newState(p.seq.streams)
	i := 0
	for _, traces := range p.traces {
		for _, t := range traces {
			s.h[i].CopyFrom(t.dh.RowRange(0, p.seq.streams))
			if t.cell == LSTM {
				s.c[i].CopyFrom(t.dc)
			}
			i++
		}
	}
	return s
}
