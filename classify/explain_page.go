package classify

import (
	"fmt"
	"io"

	"github.com/textgen-go/textgen/internal/report"
)

// ExplanationPage writes explained documents to a page, one after the other: one file that needs nothing else.
type ExplanationPage struct{ page *report.Explanations }

// explainedGrams is the number of n-grams of a document that a page shows.
const explainedGrams = 16

// NewExplanationPage writes the beginning of a page. [ExplanationPage.End] must follow the last document.
func NewExplanationPage(w io.Writer, title, subtitle string) (*ExplanationPage, error) {
	page, err := report.BeginExplanations(w, title, subtitle)
	return &ExplanationPage{page}, err
}

// Add writes a document with its labels, the most probable first.
func (p *ExplanationPage) Add(name string, labels []LabelProbability, e *Explanation) error {
	x := report.Explained{
		Name: name, For: e.Label, Tokens: reportWeights(e.Tokens), Joined: e.Joined,
		Grams: reportWeights(e.HeaviestNGrams(explainedGrams)),
	}
	for _, l := range labels {
		x.Labels = append(x.Labels, report.Fact{Name: l.Label, Value: fmt.Sprintf("%.1f %%", 100*l.Probability)})
	}
	return p.page.Add(x)
}

// End writes the end of the page.
func (p *ExplanationPage) End() error { return p.page.End() }

func reportWeights(weights []Weight) []report.Weight {
	var out []report.Weight
	for _, w := range weights {
		attention := -1.0
		if w.Attention != nil {
			attention = float64(*w.Attention)
		}
		out = append(out, report.Weight{Text: w.Text, Weight: float64(w.Weight), Attention: attention})
	}
	return out
}
