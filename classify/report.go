package classify

import (
	"context"
	"encoding/json"

	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// Report sets a trained network beside plain models that were trained on the same documents.
type Report struct {
	On        string            `json:"on"` // what was measured on: "validation" or "test" documents
	Measures  *measure.Measures `json:"measures"`
	Baselines []Baseline        `json:"baselines,omitempty"`
}

// ReportName is the name of the report in the directory of a run.
const ReportName = checkpoint.MeasuresName

// report measures the best weights, on test documents if there are any, and writes the report down. Figures on validation
// documents flatter a little, for they chose the weights. The weights are finished between the two, see [run.refit].
func (r *run) report(ctx context.Context) (*Report, error) {
	m, err := r.validated()
	if err != nil {
		return nil, err
	}
	if err := r.refit(ctx); err != nil {
		return nil, err
	}
	out, docs := &Report{On: "validation"}, r.data.valid
	if len(r.data.test) > 0 {
		out.On, docs = "test", r.data.test
		if m, err = Load(r.session.Dir.Path(checkpoint.ModelName)); err != nil {
			return nil, err
		}
	}
	measure := measure.Config{Resamples: measure.DefaultResamples, Seed: r.settings.Seed}
	if out.Measures, err = m.Evaluate(ctx, docs, measure); err != nil {
		return nil, err
	}
	if !r.cfg.NoBaselines && r.data.checked.len() > 0 { // baselines need labels that they know to validate on
		out.Baselines, err = Baselines(ctx, BaselineConfig{
			Task: r.data.task, Labels: r.data.labels, Train: r.data.train, Valid: r.data.valid, Test: r.data.test,
			Refit: r.refits(), Seed: r.settings.Seed, Threads: r.workers.Len(), Measure: measure,
		})
		if err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, err
	}
	return out, r.session.Dir.Replace(ReportName, append(text, '\n'))
}

// Evaluate measures the model on labelled documents. The task of cfg is the model's.
func (m *Model) Evaluate(ctx context.Context, docs []corpora.Document, cfg measure.Config) (*measure.Measures, error) {
	if err := m.Task().Check(docs); err != nil {
		return nil, err
	}
	list := make([]string, len(docs))
	for i, doc := range docs {
		list[i] = doc.Text
	}
	predictions, err := m.Predict(ctx, list)
	if err != nil {
		return nil, err
	}
	rows := make([][]float32, len(docs))
	for i, p := range predictions {
		rows[i] = p.Probabilities
	}
	cfg.Task = m.Task()
	return measure.Measure(cfg, m.labels.Names, labelsOf(docs), rows)
}
