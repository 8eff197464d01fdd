package doctor

import (
	"fmt"
	"io"

	"github.com/textgen-go/textgen/internal/report"
)

// WriteHTML writes the page of the results: one file that needs nothing else.
func (r *Results) WriteHTML(w io.Writer) error {
	s := report.Study{
		Title:    "textgen doctor",
		Subtitle: "How far back can a recurrent network learn? The classical experiments, at growing lags.",
	}
	if !r.Complete {
		s.Subtitle += " " + interrupted
	}
	for _, task := range r.Tasks {
		solved := 0
		for _, t := range r.Trials {
			if t.Task == task.Name && t.Outcome == Solved {
				solved = max(solved, t.Length)
			}
		}
		s.Summary = append(s.Summary, report.Fact{Name: task.Title + ", solved up to", Value: fmt.Sprintf("T = %d", solved)})
		s.Sections = append(s.Sections, r.section(task))
	}
	s.Facts = r.facts()
	return s.WriteHTML(w)
}

func (r *Results) section(task Task) report.Section {
	s := report.Section{
		Title: task.Title,
		Text: []string{task.About, fmt.Sprintf("Loss: %s. Right: %s. %d units a layer, at most %d steps of %d sequences.",
			task.Loss, task.Right, task.Hidden, task.Steps, batchSize)},
		Table:    r.outcomes(task),
		Findings: r.findings(task),
	}
	length := r.telling(task)
	simple, gated := r.charts(task, length, false), r.charts(task, length, true)
	for i := range simple {
		s.Charts = append(s.Charts, simple[i], gated[i])
	}
	return s
}

func (r *Results) outcomes(task Task) report.Table {
	marks := map[Outcome]report.Mark{Solved: report.Good, Partly: report.Some, Baseline: report.Bad, Diverged: report.Bad}
	var t report.Table
	for _, length := range task.Lengths {
		t.Columns = append(t.Columns, fmt.Sprintf("T = %d", length))
	}
	for _, n := range r.Networks {
		row := report.Row{Name: n.Name, Note: n.About}
		for _, length := range task.Lengths {
			cell := report.Cell{Text: "–"}
			if trial := r.trial(task.Name, n.Name, length); trial != nil {
				cell = report.Cell{Text: trial.String(), Mark: marks[trial.Outcome]}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// telling returns the longest length at which all networks of a task were tried: there they differ the most, and can be
// compared.
func (r *Results) telling(task Task) int {
	best := task.Lengths[0]
	for _, length := range task.Lengths {
		tried := 0
		for _, n := range r.Networks {
			if r.trial(task.Name, n.Name, length) != nil {
				tried++
			}
		}
		if tried == len(r.Networks) {
			best = length
		}
	}
	return best
}

// charts draws how the gated or the other networks learned a task, and how their gradients travel.
func (r *Results) charts(task Task, length int, gated bool) []report.StudyChart {
	kind := "Simple networks"
	if gated {
		kind = "Gated networks"
	}
	title := func(what string) string { return fmt.Sprintf("%s at T = %d: %s", kind, length, what) }
	learning := report.StudyChart{
		Title: title("loss, as a share of the baseline"), XName: "step", Level: &report.Level{Name: "baseline", Value: 1},
	}
	before := report.StudyChart{Title: title("gradient by lag before training"), XName: "lag: steps back", Log: true}
	after := report.StudyChart{Title: title("gradient by lag after training"), XName: "lag: steps back", Log: true}
	for _, n := range r.Networks {
		t := r.trial(task.Name, n.Name, length)
		if t == nil || n.Gated != gated {
			continue
		}
		learning.Lines = append(learning.Lines, t.learning())
		before.Lines = append(before.Lines, t.line(t.Before))
		after.Lines = append(after.Lines, t.line(t.After))
	}
	return []report.StudyChart{learning, before, after}
}

// learning is the loss of the tests.
func (t *Trial) learning() report.Line {
	l := report.Line{Name: t.Network}
	for _, test := range t.Tests {
		l.Steps = append(l.Steps, test.Step)
		l.Values = append(l.Values, min(test.Loss/t.Baseline, steepest))
	}
	return l
}

// steepest bounds what a chart of losses shows, as a share of the baseline: a spike must not flatten all else.
const steepest = 1.5

// line is a gradient by lag, as a share of that at lag 0.
func (t *Trial) line(byLag []float64) report.Line {
	l := report.Line{Name: t.Network}
	for i, v := range byLag {
		l.Steps = append(l.Steps, t.Lags[i])
		l.Values = append(l.Values, v/byLag[0])
	}
	return l
}

func (r *Results) facts() []report.Group {
	networks := report.Group{Title: "Networks"}
	for _, n := range r.Networks {
		networks.Facts = append(networks.Facts, report.Fact{Name: n.Name, Value: fmt.Sprintf("%s; Adam, rate %v", n.About, n.Rate)})
	}
	outcomes := report.Group{Title: "Outcomes", Facts: []report.Fact{
		{Name: "solved N", Value: "after N steps fewer than 1 % of the test's answers were wrong (as in Martens & Sutskever 2011, Pascanu et al. 2013)"},
		{Name: "N %", Value: "the loss came down to N % of the baseline"},
		{Name: "baseline", Value: "the loss stayed above 85 % of it"},
		{Name: "–", Value: "not tried, as at a shorter T the loss had not fallen below half of the baseline"},
		{Name: "gradient by lag", Value: "‖∂L_T/∂h_{T−k}‖: how the loss of the last answer depends on what the network put out k steps earlier; drawn as a share of lag 0"},
		{Name: "seed", Value: fmt.Sprint(r.Seed)},
	}}
	return []report.Group{networks, outcomes}
}
