package history

import (
	"math"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
)

// Page returns the page of a run with all that its records tell: curves, norms, gradients by lag, gates and verdicts. Title,
// facts and samples are for the caller to add.
func Page(records []train.Record, limit float64) *report.Run {
	p := &report.Run{Curves: report.Curves{Limit: limit}}
	var measured []*train.Health
	var facts train.Facts
	for _, rec := range records {
		if rec.Facts != nil {
			facts = *rec.Facts
		}
		add(&p.Curves.Training, rec.Step, rec.Loss)
		add(&p.Curves.LearningRate, rec.Step, rec.Rate)
		if rec.ValidLoss != nil {
			add(&p.Curves.Validation, rec.Step, *rec.ValidLoss)
		}
		if rec.ValidScore != nil {
			add(&p.Score, rec.Step, *rec.ValidScore)
		}
		if rec.Health != nil {
			measured = append(measured, rec.Health)
		}
	}
	for _, v := range verdicts(records) {
		p.Verdicts = append(p.Verdicts, report.Verdict{
			Kind: string(v.Kind), Step: v.Step, Where: v.Layer, Evidence: v.Evidence, Cause: v.Cause, Try: v.Try, Action: v.Action,
		})
	}
	p.Norms, p.Updates = norms(measured)
	p.Lags, p.Gates = lags(measured, facts), gates(measured)
	return p
}

// norms returns, for every part of the network, the norm of its gradient, and that of its update over that of its weights.
func norms(measured []*train.Health) (gradients, updates []report.Line) {
	for _, h := range measured {
		var parts []string
		sums := map[string]*[3]float64{} // squares of gradient, update and weights
		for _, p := range h.Parameters {
			name := part(p.Name)
			if sums[name] == nil {
				sums[name] = new([3]float64)
				parts = append(parts, name)
			}
			for i, v := range [3]float64{p.Gradient, p.Update * p.Weight, p.Weight} {
				sums[name][i] += v * v
			}
		}
		for _, name := range parts {
			s := sums[name]
			gradients = extend(gradients, name, h.Step, math.Sqrt(s[0]))
			updates = extend(updates, name, h.Step, math.Sqrt(s[1]/s[2]))
		}
	}
	return gradients, updates
}

// part returns the part of a network to which a parameter belongs: "embedding", "layer 0", "head".
func part(parameter string) string {
	if i := strings.LastIndex(parameter, "_l"); i >= 0 {
		index, _, _ := strings.Cut(parameter[i+2:], "_")
		return "layer " + index
	}
	name, _, _ := strings.Cut(parameter, ".")
	return name
}

// extend adds a point to the line of a name.
func extend(lines []report.Line, name string, step int, value float64) []report.Line {
	i := slices.IndexFunc(lines, func(l report.Line) bool { return l.Name == name })
	if i < 0 {
		i = len(lines)
		lines = append(lines, report.Line{Name: name})
	}
	add(&lines[i].Series, step, value)
	return lines
}

// lags returns a chart for every layer with the gradients by lag at the first, the middle and the last measurement.
func lags(measured []*train.Health, facts train.Facts) (charts []report.LagChart) {
	measured = slices.DeleteFunc(slices.Clone(measured), func(h *train.Health) bool { return len(h.Layers) == 0 })
	if len(measured) == 0 {
		return nil
	}
	n := len(measured)
	for i := range measured[0].Layers {
		c := report.LagChart{Title: titled(measured[0].LayerName(i)), Lags: measured[0].Lags}
		for _, at := range slices.Compact([]int{0, n / 2, n - 1}) {
			c.Curves = append(c.Curves, report.LagCurve{Step: measured[at].Step, Values: measured[at].Layers[i].Gradient})
		}
		if facts.Dependency > 0 {
			c.Bound = bound(measured[n-1], i)
		}
		charts = append(charts, c)
	}
	return charts
}

// titled begins a name with a capital letter.
func titled(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// bound is where the guard draws the line for a layer.
func bound(h *train.Health, layer int) report.LagBound {
	values := h.Layers[layer].VanishingBound(h.Lags)
	if values == nil {
		return report.LagBound{}
	}
	near := slices.Index(h.Lags, 1)
	return report.LagBound{Lags: h.Lags[near : near+len(values)], Values: values}
}

// gates returns a chart for every layer with the share of every gate that is saturated, and of the units that are dead.
func gates(measured []*train.Health) (charts []report.Chart) {
	for _, h := range measured {
		for i, layer := range h.Layers {
			if i == len(charts) {
				charts = append(charts, report.Chart{Title: "Saturated share of " + h.LayerName(i)})
			}
			c := &charts[i]
			for _, g := range layer.Gates {
				c.Lines = extend(c.Lines, gateName(g.Name), h.Step, g.Low+g.High)
			}
			c.Lines = extend(c.Lines, "dead units", h.Step, layer.Dead)
		}
	}
	return charts
}

// gateName says what a gate of [train.GateHealth] is.
func gateName(letter string) string {
	names := map[string]string{
		"i": "input gate", "f": "forget gate", "g": "new content", "o": "output gate",
		"r": "reset gate", "z": "update gate", "n": "new content", "h": "output",
	}
	if name, ok := names[letter]; ok {
		return name
	}
	return letter
}
