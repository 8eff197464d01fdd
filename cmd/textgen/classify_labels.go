package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/urfave/cli/v2"
)

// pageLabels is the number of labels of a document that a page shows.
const pageLabels = 5

// labelWriter prints predictions.
type labelWriter struct {
	w         io.Writer
	json      bool
	lines     bool // a document is a line
	k         int
	threshold float64
	explain   *classify.Model           // nil: do not
	colour    bool                      // of explanations
	page      *classify.ExplanationPage // nil: none
}

// newLabelWriter prints the labels that the flags ask for: unless they say otherwise, the first, or all from a probability of
// a half on where a document may have several.
func newLabelWriter(ctx *cli.Context, m *classify.Model) *labelWriter {
	out := &labelWriter{
		w: ctx.App.Writer, json: ctx.Bool("json"), lines: ctx.Bool("lines"), k: ctx.Int("top"), threshold: ctx.Float64("threshold"),
	}
	if many := m.Task() == labelset.MultiLabel; !many && !ctx.IsSet("top") {
		out.k = 1
	} else if many && !ctx.IsSet("threshold") {
		out.threshold = 0.5
	}
	if ctx.Bool("explain") {
		out.explain, out.colour = m, coloured(ctx.App.Writer)
	}
	return out
}

// labelRecord is what classify --json prints of a document. Label and Probability are those of the first of Labels.
type labelRecord struct {
	File        string                      `json:"file"`
	Line        int                         `json:"line,omitempty"`
	Label       string                      `json:"label,omitempty"`
	Probability float32                     `json:"probability,omitempty"`
	Labels      []classify.LabelProbability `json:"labels"`
	Explanation *classify.Explanation       `json:"explanation,omitempty"`
}

func (lw *labelWriter) write(ctx context.Context, o origin, p classify.Prediction) error {
	top := p.Top(lw.k, lw.threshold)
	var explanation *classify.Explanation
	if lw.explain != nil {
		var err error
		if explanation, err = lw.explain.Explain(ctx, o.text, p.Label); err != nil {
			return err
		}
	}
	if lw.page != nil {
		if err := lw.page.Add(o.name(lw.lines), p.Top(pageLabels, 0), explanation); err != nil {
			return err
		}
	}
	if !lw.json {
		return lw.writeText(o, top, explanation)
	}
	r := labelRecord{File: o.file, Labels: top, Explanation: explanation}
	if lw.lines {
		r.Line = o.line
	}
	if len(top) > 0 {
		r.Label, r.Probability = top[0].Label, top[0].Probability
	} else {
		r.Labels = []classify.LabelProbability{}
	}
	return printJSON(lw.w, r)
}

// writeText prints where a document stands and, behind tabs, its labels and their probabilities, and below, why.
func (lw *labelWriter) writeText(o origin, top []classify.LabelProbability, explanation *classify.Explanation) error {
	var b strings.Builder
	b.WriteString(field(o.name(lw.lines)))
	for _, l := range top {
		fmt.Fprintf(&b, "\t%s\t%.4f", field(l.Label), l.Probability)
	}
	b.WriteByte('\n')
	if explanation != nil {
		printExplanation(&b, explanation, tokenName(string(lw.explain.Tokenizer().Kind())), lw.colour)
	}
	_, err := io.WriteString(lw.w, b.String())
	return err
}
