package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
)

// Classification is a page on how good a classifier is.
type Classification struct {
	Title       string
	Subtitle    string
	Summary     []Fact
	Notes       []string // what must be known to read the figures
	Labels      []LabelScore
	Confusion   [][]int      // [true][predicted] documents, in the order of Labels; nil: none
	Reliability []Confidence // equal parts of the confidences from 0 to 1
}

// LabelScore is how good a classifier is at one label. All but the counts are from 0 to 1.
type LabelScore struct {
	Name                  string
	Precision, Recall, F1 float64
	Support, Predicted    int
}

// Confidence is a group of predictions: how probable they were said to be, and how often they were right.
type Confidence struct {
	Count                int
	Confidence, Accuracy float64
}

// mostLabels is the number of labels up to which the matrix is shown, mostMistakes that of the mistakes in the list.
const (
	mostLabels   = 40
	mostMistakes = 12
)

//go:embed classification.html
var classificationText string

var classification = newPage("classification", classificationText, template.FuncMap{
	"percent": func(x float64) string { return fmt.Sprintf("%.1f", 100*x) },
	"length":  func(x float64) template.CSS { return template.CSS(fmt.Sprintf("width:%.1f%%", 100*x)) },
})

// WriteHTML writes the page: one file that needs nothing else, for light and dark screens of any width. The same numbers
// give the same bytes.
func (c *Classification) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := classification.Execute(&b, c); err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// matrixCell is a cell of the confusion matrix.
type matrixCell struct {
	Count int
	Class string
	Style template.CSS // how strong its colour is
	Title string
}

// matrixRow is a row of the confusion matrix.
type matrixRow struct {
	Name  string
	Cells []matrixCell
}

// Matrix returns the rows of the confusion matrix; none if there is no matrix or it is too large to be read.
func (c *Classification) Matrix() []matrixRow {
	if c.Confusion == nil || len(c.Labels) > mostLabels {
		return nil
	}
	var rows []matrixRow
	for i, l := range c.Labels {
		row := matrixRow{Name: l.Name}
		for j, n := range c.Confusion[i] {
			cell := matrixCell{Count: n, Class: "wrong", Title: fmt.Sprintf("%s, labelled %s: %s", l.Name, c.Labels[j].Name, Grouped(n))}
			if i == j {
				cell.Class = "right"
			}
			share := float64(n) / float64(max(1, l.Support))
			cell.Style = template.CSS(fmt.Sprintf("--share:%.0f%%", 100*share))
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// Mistake says how many documents of a label were given another.
type Mistake struct {
	True, Predicted string
	Count, Of       int
}

// Mistakes returns the most frequent mistakes, the most frequent first.
func (c *Classification) Mistakes() []Mistake {
	var all []Mistake
	for i, row := range c.Confusion {
		for j, n := range row {
			if i != j && n > 0 {
				all = append(all, Mistake{c.Labels[i].Name, c.Labels[j].Name, n, c.Labels[i].Support})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return cmp.Compare(b.Count, a.Count) })
	return all[:min(len(all), mostMistakes)]
}
