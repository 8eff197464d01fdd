package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestProbeGradients holds the norms of every layer and lag against central differences of the float64 reference.
func TestProbeGradients(t *testing.T) {
	const steps, streams = 6, 3
	for _, cfg := range append(languageConfigs(5, 4, 2, 3), adaptiveConfig(16)) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			n := newLanguageNet(t, cfg, steps, streams, 2)
			n.ref.dropping = false
			probe := n.NewProbe(n.workers, steps, streams)
			n.Pack(n.workers)
			for l, got := range probe.Measure(n.inputs, n.targets[(steps-1)*streams:], n.state) {
				want := make([]float64, steps)
				for k := range want {
					for b := range streams {
						want[k] += n.differenceNorm(b, l, steps-1-k) / streams
					}
				}
				compare(t, "gradient by lag", got.Gradient, want, toleranceOf(cfg.RecurrentConfig))
			}
			checkKinks(t, n.ref)
		})
	}
}

// differenceNorm is the norm of the gradient of a stream's last loss with respect to the output of a layer at a step.
func (n *languageNet) differenceNorm(stream, layer, step int) float64 {
	var squares float64
	for unit := range n.cfg.Hidden {
		d := (n.nudged(stream, layer, step, unit, difference) - n.nudged(stream, layer, step, unit, -difference)) / (2 * difference)
		squares += d * d
	}
	return math.Sqrt(squares)
}

// nudged is a stream's last loss if a unit's output at a step were another.
func (n *languageNet) nudged(stream, layer, step, unit int, by float64) float64 {
	n.ref.nudge = func(l, t int, h []float64) {
		if l == layer && t == step {
			h[unit] += by
		}
	}
	defer func() { n.ref.nudge = nil }()
	s := refStream{initial: n.initial[stream]}
	for t := range n.window.Steps {
		s.x = append(s.x, n.embed(n.inputs[t*n.window.Streams+stream]))
	}
	out := n.ref.run([]refStream{s})[0].out
	return n.nats(out[len(out)-1], int(n.targets[(n.window.Steps-1)*n.window.Streams+stream]))
}

// TestProbeGates counts saturated gates and dead units of networks whose weights leave no doubt.
func TestProbeGates(t *testing.T) {
	const hidden = 4
	bias := func(m *LanguageModel, gate int, values ...float32) {
		copy(m.recurrent.layers[0][0].bih.Value[gate*hidden:], values)
	}
	for _, c := range []struct {
		cell  Cell
		set   func(m *LanguageModel)
		gates []GateReading
	}{
		{LSTM, func(m *LanguageModel) {
			bias(m, 0, 9, 9, 9, 0)
			bias(m, 1, -9, -9, 0, 0)
			bias(m, 2, 9, -9, 0, 0)
			bias(m, 3, -99, 0, 9, 9)
		}, []GateReading{{"i", 0, 0.75}, {"f", 0.5, 0}, {"g", 0.25, 0.25}, {"o", 0.25, 0.5}}},
		{GRU, func(m *LanguageModel) {
			bias(m, 0, 9, -9, -9, -9)
			bias(m, 1, 9, 9, 0, 0)
			bias(m, 2, -9, 9, 9, 9)
		}, []GateReading{{"r", 0.75, 0.25}, {"z", 0, 0.5}, {"n", 0.25, 0.75}}},
		{RNN, func(m *LanguageModel) { bias(m, 0, 9, 9, -9, 1.5) }, []GateReading{{"h", 0.25, 0.5}}},
		{ReLURNN, func(m *LanguageModel) { bias(m, 0, -1, -1, -1, 1) }, nil},
	} {
		t.Run(string(c.cell), func(t *testing.T) {
			m, err := NewEmptyLanguageModel(Config{VocabSize: 3, Embedding: 2,
				RecurrentConfig: RecurrentConfig{Cell: c.cell, Layers: 1, Hidden: hidden}})
			if err != nil {
				t.Fatal(err)
			}
			w := testWorkers(t, 1)
			p := m.NewProbe(w, 1, 2)
			c.set(m)
			m.Pack(w)
			got := p.Measure([]int32{0, 1}, []int32{1, 2}, m.NewState(2))[0]
			if !slices.Equal(got.Gates, c.gates) {
				t.Errorf("gates %v, want %v", got.Gates, c.gates)
			}
		})
	}
}

// TestProbeCountsDeadUnits feeds a rectifier network, of whose four units one never answers, and a tanh network, one unit
// of which always gives the same.
func TestProbeCountsDeadUnits(t *testing.T) {
	for _, cell := range []Cell{RNN, ReLURNN, LSTM} {
		m, err := NewLanguageModel(Config{VocabSize: 7, Embedding: 5,
			RecurrentConfig: RecurrentConfig{Cell: cell, Layers: 1, Hidden: 4}}, rand.New(rand.NewPCG(5, 6)))
		if err != nil {
			t.Fatal(err)
		}
		w := testWorkers(t, 1)
		p := m.NewProbe(w, 20, 2)
		unit := 2
		if cell == LSTM {
			unit += 3 * 4 // its output gate
		}
		m.recurrent.layers[0][0].bih.Value[unit] = -99
		m.Pack(w)
		rng := rand.New(rand.NewPCG(7, 8))
		got := p.Measure(randomTokens(40, 7, rng), randomTokens(2, 7, rng), m.NewState(2))[0]
		if got.Dead != 0.25 {
			t.Errorf("%s: a share of %v is dead, want 0.25", cell, got.Dead)
		}
	}
}

// TestProbeDisturbsNothing measures between a forward and a backward pass, and behind it, and wants the same bits after them.
func TestProbeDisturbsNothing(t *testing.T) {
	run := func(cfg Config, probing bool) (bits []float32) {
		n := newLanguageNet(t, cfg, 8, 4, 2)
		probe := n.NewProbe(n.workers, 8, 2)
		n.Pack(n.workers)
		from := n.NewState(2)
		first := func(rows []int32) (out []int32) {
			for i := 0; i < len(rows); i += 4 {
				out = append(out, rows[i:i+2]...)
			}
			return out
		}
		measure := func() {
			if probing {
				n.window.InitialState(from)
				probe.Measure(first(n.inputs), n.targets[7*4:7*4+2], from)
			}
		}
		for key := range uint64(3) {
			n.window.Forward(n.inputs, n.targets, n.state, key)
			measure()
			n.window.Backward()
			measure()
		}
		for _, p := range n.Parameters() {
			bits = append(append(bits, p.Value...), p.Grad...)
		}
		for _, s := range n.state.Tensors() {
			bits = append(bits, s.Data...)
		}
		return bits
	}
	for _, cfg := range []Config{
		{VocabSize: 9, Embedding: 5, RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 2, Hidden: 7, Dropout: 0.3, Residual: true}},
		adaptiveConfig(20),
	} {
		if !slices.Equal(run(cfg, true), run(cfg, false)) {
			t.Errorf("%+v: a measurement changed values, gradients or states", cfg)
		}
	}
}

func TestProbeGain(t *testing.T) {
	for _, cell := range Cells {
		cfg := Config{VocabSize: 9, Embedding: 5, RecurrentConfig: RecurrentConfig{Cell: cell, Layers: 1, Hidden: 32}}
		cfg.Init.RecurrentScale = 1.8
		m, err := NewLanguageModel(cfg, rand.New(rand.NewPCG(5, 6)))
		if err != nil {
			t.Fatal(err)
		}
		w := testWorkers(t, 1)
		p := m.NewProbe(w, 2, 1)
		m.Pack(w)
		got, want := p.Measure([]int32{1, 2}, []int32{3}, m.NewState(1))[0].Gain, 0.0
		if cell.gates() == 1 {
			want = 1.8
		}
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: orthogonal weights times 1.8 have a gain of %v, want %v", cell, got, want)
		}
	}
}

func TestInitialState(t *testing.T) {
	cfg := Config{VocabSize: 9, Embedding: 5, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 7}}
	n := newLanguageNet(t, cfg, 8, 4, 1)
	before := n.NewState(4)
	before.CopyFrom(n.state)
	n.window.Forward(n.inputs, n.targets, n.state, 0)
	n.window.Backward()
	got := n.NewState(2)
	n.window.InitialState(got)
	for i, tensor := range got.Tensors() {
		if !slices.Equal(tensor.Data, before.Tensors()[i].Data[:len(tensor.Data)]) {
			t.Errorf("%s is not what the window started from", tensor.Name)
		}
	}
}

func TestProbeAllocatesNothing(t *testing.T) {
	n := newLanguageNet(t, Config{VocabSize: 9, Embedding: 5, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 7}}, 8, 2, 1)
	probe := n.NewProbe(n.workers, 8, 2)
	n.Pack(n.workers)
	if got := testing.AllocsPerRun(5, func() { probe.Measure(n.inputs, n.targets[14:], n.state) }); got != 0 {
		t.Errorf("a measurement allocates %v times", got)
	}
}

// BenchmarkProbe compares a measurement of 4 streams with a training step of 32, in the shape of the preset small.
func BenchmarkProbe(b *testing.B) {
	cfg := Config{VocabSize: 65, Embedding: 256, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 256}}
	n := newLanguageNet(b, cfg, 64, 32, 0)
	probe := n.NewProbe(n.workers, 64, 4)
	n.Pack(n.workers)
	from := n.NewState(4)
	b.Run("measure", func(b *testing.B) {
		for b.Loop() {
			probe.Measure(n.inputs[:4*64], n.targets[:4], from)
		}
	})
	b.Run("step", func(b *testing.B) {
		for b.Loop() {
			n.window.Forward(n.inputs, n.targets, n.state, 1)
			n.window.Backward()
		}
	})
}
