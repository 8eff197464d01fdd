package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
)

// Explained is a document with what its label comes from.
type Explained struct {
	Name   string
	Labels []Fact // with their probabilities, the most probable first
	For    string // the label that the weights are about
	Tokens []Weight
	Joined bool     // the tokens have the text's own blanks; else they are words, which are set apart
	Grams  []Weight // the n-grams that weigh most
}

// Weight is a part of a document and how much it speaks for a label, below 0 against it.
type Weight struct {
	Text      string
	Weight    float64
	Attention float64 // the share that attention gives it; below 0: there is none
}

// Explanations writes a page of explained documents, one after the other, so that there may be any number of them.
type Explanations struct{ w io.Writer }

//go:embed explanations.html
var explanationsText string

var explanations = newPage("explanations", explanationsText, nil)

// BeginExplanations writes the beginning of the page.
func BeginExplanations(w io.Writer, title, subtitle string) (*Explanations, error) {
	e := &Explanations{w}
	return e, e.write("begin", struct{ Title, Subtitle string }{title, subtitle})
}

// Add writes a document.
func (e *Explanations) Add(x Explained) error {
	return e.write("document", struct {
		Explained
		Text, Bag []paintedWeight
	}{x, paint(x.Tokens), paint(x.Grams)})
}

// End writes the end of the page.
func (e *Explanations) End() error { return e.write("end", nil) }

func (e *Explanations) write(part string, data any) error {
	if err := explanations.ExecuteTemplate(e.w, part, data); err != nil {
		return fmt.Errorf("writing explanations: %w", err)
	}
	return nil
}

// paintedWeight is a weight with its colour.
type paintedWeight struct {
	Text, Class, Title string
	Style              template.CSS // --share of the strongest colour, and --seen of the strongest line below
}

// paint colours weights by their share of the largest.
func paint(weights []Weight) []paintedWeight {
	most, seen := 0.0, 0.0
	for _, w := range weights {
		most, seen = max(most, math.Abs(w.Weight)), max(seen, w.Attention)
	}
	var out []paintedWeight
	for _, w := range weights {
		p := paintedWeight{Text: w.Text, Class: "for", Title: fmt.Sprintf("%+.3f", w.Weight)}
		if w.Weight < 0 {
			p.Class = "against"
		}
		style := fmt.Sprintf("--share:%.0f%%", 100*share(math.Abs(w.Weight), most))
		if w.Attention >= 0 {
			p.Title += fmt.Sprintf(", attention %.1f %%", 100*w.Attention)
			style += fmt.Sprintf(";--seen:%.0f%%", 100*share(w.Attention, seen))
		}
		p.Style = template.CSS(style)
		out = append(out, p)
	}
	return out
}

// share returns x/most, 0 of nothing.
func share(x, most float64) float64 {
	if most == 0 {
		return 0
	}
	return x / most
}
