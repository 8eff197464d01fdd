package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

// Run is what the page of a run shows. Everything may be empty: a page is written while a run goes on, too.
type Run struct {
	Title    string
	Subtitle string // in plain words: what is trained on what
	Summary  []Fact // the figures to see first

	Verdicts []Verdict
	Watched  bool // verdicts were looked for: without any, the page says that nothing is wrong
	GoesOn   bool // the run is not over: a browser reads the page anew now and then

	Curves    Curves // without their Title
	Score     Series // of validations; more is better
	ScoreName string
	Norms     []Line     // of gradients, by parameter or layer
	Updates   []Line     // length of an update over that of the weights
	Lags      []LagChart // one a layer
	Gates     []Chart    // shares of saturated gates, one a layer

	Samples []Sample // texts of the network as training went on, oldest first
	Facts   []Group  // configuration, tokenizer, corpus
}

// Fact is a figure or a setting with its name.
type Fact struct{ Name, Value string }

// Group is a table of facts.
type Group struct {
	Title string
	Facts []Fact
}

// Verdict says what is wrong with a run.
type Verdict struct {
	Kind     string
	Step     int
	Where    string // part of the network; may be empty
	Evidence string
	Cause    string
	Try      string
	Action   string // may be empty
}

// Line is a curve with a name.
type Line struct {
	Name string
	Series
}

// Chart is a group of curves with a title.
type Chart struct {
	Title string
	Lines []Line
}

// LagChart shows how a gradient changes on its way back in time: a curve for each of some steps of the training, oldest
// first, with Values[i] measured at Lags[i].
type LagChart struct {
	Title  string
	Lags   []int
	Curves []LagCurve
	Bound  LagBound
}

// LagBound is a line below which a gradient is called vanishing. Its Lags may be empty.
type LagBound struct {
	Lags   []int
	Values []float64
}

// LagCurve is what was measured at one step.
type LagCurve struct {
	Step   int
	Values []float64
}

// Sample is a text that the network made after a step.
type Sample struct {
	Step int
	Text string
}

//go:embed page.html
var pageText string

var page = newPage("page", pageText, nil)

// figure is a chart ready for the page.
type figure struct {
	Title  string
	Note   string
	Legend []legend
	SVG    template.HTML
}

type legend struct {
	Class string
	Name  string
}

// WriteHTML writes the page: one file that needs nothing else, for light and dark screens of any width. The same numbers
// give the same bytes.
func (r *Run) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		*Run
		Learning, Travel, Health []figure
	}{r, r.learning(), r.travel(), r.health()})
	if err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// learning draws losses and learning rate.
func (r *Run) learning() []figure {
	training := r.Curves.Training.points()
	loss, name := plane{xName: "step", log: leaps(training), cut: len(training) > 100}, "Loss, in nats a "+cmp.Or(r.Curves.Unit, "token")
	if loss.log {
		name += ", on a logarithmic axis"
	}
	if len(training) > maxPoints/8 {
		loss.add("c0 faint", "", envelope(training))
		training = smooth(training)
	}
	loss.add("c0", "training", training)
	if validation := r.Curves.Validation.points(); len(validation) > 0 {
		best := lowest(validation)
		loss.add("c1", fmt.Sprintf("validation, best %.3f at step %s", best.Y, grouped(best.X)), validation)
		loss.dot("c1", best)
	}
	if r.Curves.Limit > 0 && r.Curves.Limit <= biggest {
		loss.level("c2 dashed", fmt.Sprintf("no model can beat %.3f", r.Curves.Limit), r.Curves.Limit)
	}
	score := plane{xName: "step"}
	score.add("c1", "", r.Score.points())
	rate := plane{xName: "step"}
	rate.add("c3", "", r.Curves.LearningRate.points())
	return figures(loss.figure(name, ""), score.figure(r.ScoreName, ""), rate.figure("Learning rate", ""))
}

// travel draws the gradients by lag.
func (r *Run) travel() []figure {
	var all []figure
	for _, c := range r.Lags {
		p := plane{xName: "lag: tokens back", log: true}
		for i, curve := range c.Curves {
			class := "c0"
			if n := len(c.Curves); n > 1 {
				class = fmt.Sprintf("age%d", i*2/(n-1))
			}
			p.add(class, "step "+Grouped(curve.Step), Series{Steps: c.Lags, Values: curve.Values}.points())
		}
		p.add("c1 dashed", "vanishing if below", Series{Steps: c.Bound.Lags, Values: c.Bound.Values}.points())
		all = append(all, p.figure(c.Title, ""))
	}
	return figures(all...)
}

// health draws norms, updates and gates.
func (r *Run) health() []figure {
	norms := plane{xName: "step", log: true}
	norms.addAll(r.Norms)
	updates := plane{xName: "step", log: true}
	updates.addAll(r.Updates)
	all := []figure{
		norms.figure("Norms of gradients", ""),
		updates.figure("Update over weight", "About 0.001 is usual; far less learns slowly, far more is unsteady."),
	}
	for _, c := range r.Gates {
		p := plane{xName: "step", unit: true}
		p.addAll(c.Lines)
		all = append(all, p.figure(c.Title, "A sigmoid below 0.05 or above 0.95, or a tanh beyond ±0.95, hardly learns; a dead unit always gives the same."))
	}
	return figures(all...)
}

// figures leaves out what has no curve.
func figures(all ...figure) []figure {
	var drawn []figure
	for _, f := range all {
		if f.SVG != "" {
			drawn = append(drawn, f)
		}
	}
	return drawn
}
