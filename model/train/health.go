package train

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"github.com/textgen-go/textgen/model/optim"
)

// Health is what was measured of gradients, weights and gates at one step. Numbers are rounded to four digits; one that
// is beyond float32, or none, is given as its greatest, 3.403e+38.
type Health struct {
	Step    int     `json:"step"`
	Clipped float64 `json:"clipped"`  // share of the steps since the last Health whose gradients were clipped
	NormMax float64 `json:"norm_max"` // the largest norm of all gradients in these steps, before clipping

	Parameters []ParameterHealth `json:"parameters"`
	Lags       []int             `json:"lags,omitempty"`   // at which the layers' Gradient was measured
	Layers     []LayerHealth     `json:"layers,omitempty"` // of objectives that are a [Prober]
}

// String returns the health in a line: the largest norm of the gradients, the share of clipped steps, how much of a
// gradient each step back keeps in the layer where it lasts the longest, and the most saturated gate.
func (h *Health) String() string {
	s := fmt.Sprintf("gradient ≤ %.2g, clipped %.0f %%", h.NormMax, 100*h.Clipped)
	if _, layer, gain := h.longest(); gain > 0 && h.Layers[layer].Name == "" { // a classifier's come from all tokens
		s += fmt.Sprintf(", kept %.0f %% a step back", 100*gain)
	}
	most, saturated := "", 0.005 // what would read as 0 % says nothing
	for i, l := range h.Layers {
		for _, g := range l.Gates {
			if g.Low+g.High > saturated {
				most, saturated = fmt.Sprintf("%s of %s", g.Name, h.LayerName(i)), g.Low+g.High
			}
		}
	}
	if most != "" {
		s += fmt.Sprintf(", %s %.0f %% saturated", most, 100*saturated)
	}
	return s
}

// LayerName returns the name of a layer in Layers.
func (h *Health) LayerName(i int) string { return cmp.Or(h.Layers[i].Name, layerName(i)) }

// ParameterHealth is what was measured of one parameter.
type ParameterHealth struct {
	Name     string  `json:"name"`
	Gradient float64 `json:"grad"`   // norm, before clipping by the global norm
	Weight   float64 `json:"weight"` // norm, after the update
	Update   float64 `json:"update"` // norm of the update over that of the weights; healthy is about 1e-3
}

// LayerHealth is what was measured of one recurrent layer: see [model.Probe].
type LayerHealth struct {
	Name     string       `json:"name,omitempty"` // of a layer's direction in a classifier; "" means layer N
	Gradient []float64    `json:"gradient"`       // ‖∂L_T/∂h_{T−k}‖ for every lag k of Lags
	Gates    []GateHealth `json:"gates,omitempty"`
	Gain     float64      `json:"gain,omitempty"` // of W_hh in cells without gates, see [model.LayerReading]
	Dead     float64      `json:"dead"`           // share of units that always give the same
}

// GateHealth tells which share of a gate is saturated.
type GateHealth struct {
	Name string  `json:"name"`
	Low  float64 `json:"low"`  // sigmoids below 0.05, tanhs below −0.95
	High float64 `json:"high"` // above 0.95
}

// Prober is an objective that can look into its network.
type Prober interface {
	// Probe measures the network on the batch of the last Step, before values change. It changes nothing that Step uses.
	Probe() Probed

	// Facts returns what is known of the task.
	Facts() Facts
}

// Probed is what a [Prober] measured: for every layer the norm of the gradient by the lag.
type Probed struct {
	Lags   []int
	Layers []LayerHealth
}

const (
	defaultHealths = 200 // measurements in a run
	minHealthEvery = 25  // steps: a measurement costs about a fifth of a step

	// In its first steps a network changes most: until earlySteps it is measured at least every minHealthEvery steps.
	earlySteps = 200
)

// healthCount adds up what the next Health will tell of the steps since the last.
type healthCount struct {
	Steps   int     `json:"steps,omitempty"`
	Clipped int     `json:"clipped,omitempty"`
	NormMax float64 `json:"norm_max,omitempty"`
}

func (c *healthCount) add(u optim.Clipped) {
	c.Steps++
	if u.Clipped {
		c.Clipped++
	}
	c.NormMax = math.Max(c.NormMax, u.Norm)
}

// healthEvery returns the steps from one measurement to the next, or 0 for none.
func (l *Loop) healthEvery() int {
	switch {
	case l.cfg.HealthEvery < 0:
		return 0
	case l.cfg.HealthEvery > 0:
		return l.cfg.HealthEvery
	}
	return max(minHealthEvery, ceilDiv(l.state.Plan.Steps, defaultHealths))
}

// healthDue reports whether a step is measured: the first, the last, and one in every so many.
func (l *Loop) healthDue(step int) bool {
	every := l.healthEvery()
	switch {
	case every == 0:
		return false
	case step == 1 || step == l.state.Plan.Steps || step%every == 0:
		return true
	}
	return l.cfg.HealthEvery == 0 && step <= earlySteps && step%minHealthEvery == 0
}

// optimise makes the update of a step, and the measurements around it that are due. At rate 0 the speed is being measured.
func (l *Loop) optimise(u Update) {
	if u.Rate > 0 {
		l.state.HealthCount.add(u.Clipped)
	}
	if u.Rate == 0 || !l.healthDue(u.Step) {
		l.optimizer.Step(u.Rate, u.Clipped.Scale, l.workers)
		l.norms.Measure(l.workers)
		return
	}
	h := l.examine(u)
	l.norms.Keep(l.workers)
	l.optimizer.Step(u.Rate, u.Clipped.Scale, l.workers)
	l.norms.Measure(l.workers)
	l.norms.MeasureMoves(l.workers)
	for i := range h.Parameters {
		p := &h.Parameters[i]
		p.Weight, p.Update = told(l.norms.Norm(i)), ratio(l.norms.Moved(i), l.norms.Norm(i))
	}
	l.state.Health, l.state.HealthCount = h, healthCount{}
}

// examine measures what there is to measure before the update.
func (l *Loop) examine(u Update) *Health {
	c := l.state.HealthCount
	h := &Health{Step: u.Step, Clipped: told(float64(c.Clipped) / float64(max(1, c.Steps))), NormMax: told(c.NormMax)}
	for i, p := range l.params {
		h.Parameters = append(h.Parameters, ParameterHealth{Name: p.Name, Gradient: told(l.clipper.Norm(i))})
	}
	if prober, ok := l.objective.(Prober); ok {
		probed := prober.Probe()
		h.Lags, h.Layers = probed.Lags, probed.Layers
	}
	return h
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return told(a / b)
}

// told rounds a number to four digits and bounds it, so that JSON can hold it.
func told(x float64) float64 {
	if !(math.Abs(x) < math.MaxFloat32) {
		x = math.MaxFloat32
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64) // it was just formatted
	return rounded
}
