package measure

import (
	"fmt"
	"io"

	"github.com/textgen-go/textgen/internal/report"
)

// WriteHTML writes a page of the measures: one file that needs nothing else, with figures a label, the confusion matrix and
// the reliability diagram.
func (m *Measures) WriteHTML(w io.Writer, title, subtitle string) error {
	page := report.Classification{Title: title, Subtitle: subtitle, Confusion: m.Confusion}
	for _, f := range []struct {
		name  string
		value string
	}{
		{"documents", report.Grouped(m.Documents)}, {"accuracy", inPercent(m.Accuracy, m.AccuracyInterval)},
		{"macro-F1", inPercent(m.MacroF1, m.MacroF1Interval)}, {"micro-F1", inPercent(m.MicroF1, nil)},
		{"log loss", fmt.Sprintf("%.3f nats", m.LogLoss)}, {"calibration error", inPercent(m.ECE, nil)},
	} {
		page.Summary = append(page.Summary, report.Fact{Name: f.name, Value: f.value})
	}
	if len(m.Unseen) > 0 {
		page.Notes = append(page.Notes, fmt.Sprintf("The model has never seen the labels %q: it misses all documents that have them.", m.Unseen))
	}
	for _, l := range m.Labels {
		page.Labels = append(page.Labels, report.LabelScore{
			Name: l.Label, Precision: l.Precision, Recall: l.Recall, F1: l.F1, Support: l.Support, Predicted: l.Predicted,
		})
	}
	for _, b := range m.Reliability {
		page.Reliability = append(page.Reliability, report.Confidence(b))
	}
	return page.WriteHTML(w)
}

// inPercent writes a share and its interval, which need not have it in the middle.
func inPercent(x float64, i *Interval) string {
	if i == nil {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.1f %% (95 %%: %.1f to %.1f)", 100*x, 100*i.Low, 100*i.High)
}
