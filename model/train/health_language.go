package train

import "github.com/textgen-go/textgen/model"

// probeStreams is the number of streams that a measurement reads: enough for a mean, and cheap.
const probeStreams = 4

// languageProbe is the probe of a language model with what it reads: the first streams of a batch.
type languageProbe struct {
	*model.Probe
	from    *model.State
	inputs  []int32 // [Steps][streams]
	targets []int32 // [streams]: of the last step
	lags    []int
}

func newLanguageProbe(m *model.LanguageModel, w *model.Workers, cfg BPTT) *languageProbe {
	streams := min(probeStreams, cfg.Batch)
	return &languageProbe{
		Probe: m.NewProbe(w, cfg.Steps, streams), from: m.NewState(streams),
		inputs: make([]int32, cfg.Steps*streams), targets: make([]int32, streams), lags: ProbedLags(cfg.Steps),
	}
}

// ProbedLags returns the lags at which gradients are measured in a window: 0, 1, 2, 3, 4, 6, 8, 12, 16, … and the longest.
func ProbedLags(steps int) []int {
	lags := []int{0}
	for k := 1; k < steps-1; k *= 2 {
		lags = append(lags, k)
		if half := k + k/2; half > k && half < steps-1 {
			lags = append(lags, half)
		}
	}
	if steps > 1 {
		lags = append(lags, steps-1)
	}
	return lags
}

// Probe implements [Prober]. It reads the first streams of the last window, from where they started and without dropout.
func (o *LanguageModel) Probe() Probed {
	p := o.probe
	for t := range o.cfg.Steps {
		copy(p.inputs[t*p.Streams:(t+1)*p.Streams], o.inputs[t*o.cfg.Batch:])
	}
	copy(p.targets, o.targets[(o.cfg.Steps-1)*o.cfg.Batch:])
	o.window.InitialState(p.from)
	out := Probed{Lags: p.lags}
	for _, r := range p.Measure(p.inputs, p.targets, p.from) {
		out.Layers = append(out.Layers, NewLayerHealth("", p.lags, r))
	}
	return out
}

// NewLayerHealth tells of a layer what was read of it, at some of the lags.
func NewLayerHealth(name string, lags []int, r model.LayerReading) LayerHealth {
	layer := LayerHealth{Name: name, Dead: told(r.Dead), Gain: told(r.Gain)}
	for _, k := range lags {
		layer.Gradient = append(layer.Gradient, told(r.Gradient[k]))
	}
	for _, g := range r.Gates {
		layer.Gates = append(layer.Gates, GateHealth{g.Name, told(g.Low), told(g.High)})
	}
	return layer
}
