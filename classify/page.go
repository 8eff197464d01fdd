package classify

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
)

// openReport begins the page of the run if it was asked for, or goes on with one.
func (r *run) openReport() error {
	if !r.session.Reports(r.cfg.Report) {
		return nil
	}
	s, p := r.settings, r.plan
	about := history.Description{
		Title: filepath.Base(r.cfg.Out), Score: "Macro-F1 on validation", Guarded: s.Guard != train.GuardOff,
		Subtitle: fmt.Sprintf("%s of %d × %d units in %s with %s parameters, learning to label documents",
			strings.ToUpper(string(s.Cell)), s.Layers, s.Hidden, s.Direction(), report.Grouped(p.Parameters)),
		Facts: []report.Group{
			{Title: "Documents", Facts: []report.Fact{
				{Name: "read from", Value: report.Names(p.Files)},
				{Name: "to train on", Value: report.Grouped(p.Train)},
				{Name: "to validate on", Value: report.Grouped(p.Valid)},
				{Name: "to test on", Value: report.Grouped(p.Test)},
				{Name: "SHA-256", Value: r.training.SHA256},
			}},
			{Title: "Labels", Facts: labelFacts(p)},
			{Title: "Tokenizer", Facts: []report.Fact{
				{Name: "kind", Value: p.Tokenizer}, {Name: "tokens", Value: report.Grouped(p.VocabSize)},
			}},
			{Title: "Settings", Facts: history.Settings(s)},
		},
	}
	return r.session.Report(about)
}

// labelFacts tells how many documents have the most frequent labels.
func labelFacts(p Plan) []report.Fact {
	const most = 20
	var facts []report.Fact
	labels := slices.Clone(p.Labels) // by name
	slices.SortStableFunc(labels, func(a, b corpora.LabelCount) int { return cmp.Compare(b.Count, a.Count) })
	for _, l := range labels[:min(most, len(labels))] {
		facts = append(facts, report.Fact{Name: l.Label, Value: report.Grouped(l.Count)})
	}
	if n := len(p.Labels) - most; n > 0 {
		facts = append(facts, report.Fact{Name: fmt.Sprintf("… and %d more", n)})
	}
	return facts
}
