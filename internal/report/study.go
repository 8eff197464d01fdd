package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
)

// Study is a page that compares what several networks did: a section for each task.
type Study struct {
	Title    string
	Subtitle string
	Summary  []Fact
	Sections []Section
	Facts    []Group
}

// Section shows a task: what it is, a table of outcomes, what these say, and curves.
type Section struct {
	Title    string
	Text     []string // paragraphs
	Table    Table
	Findings []string
	Charts   []StudyChart
}

// Table has a name and a note before each row's cells.
type Table struct {
	Columns []string // of the cells
	Rows    []Row
}

// Row is a line of a [Table].
type Row struct {
	Name, Note string
	Cells      []Cell
}

// Cell is an outcome.
type Cell struct {
	Text string
	Mark Mark
}

// Mark says how good an outcome is; it decides a cell's colour.
type Mark string

// The marks.
const (
	None Mark = ""
	Good Mark = "good"
	Some Mark = "some"
	Bad  Mark = "bad"
)

// StudyChart is a group of curves over steps or lags.
type StudyChart struct {
	Title, Note string
	XName       string
	Log         bool   // values on a logarithmic axis
	Level       *Level // may be nil
	Lines       []Line
}

// Level is a horizontal line with a name.
type Level struct {
	Name  string
	Value float64
}

//go:embed study.html
var studyText string

var study = newPage("study", studyText, nil)

// WriteHTML writes the page: one file that needs nothing else, for light and dark screens of any width. The same numbers
// give the same bytes.
func (s *Study) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := study.Execute(&b, s); err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Figures are the section's charts, drawn.
func (s Section) Figures() []figure {
	var all []figure
	for _, c := range s.Charts {
		p := plane{xName: c.XName, log: c.Log}
		p.addAll(c.Lines)
		if c.Level != nil {
			p.level("dashed", c.Level.Name, c.Level.Value)
		}
		all = append(all, p.figure(c.Title, c.Note))
	}
	return figures(all...)
}
