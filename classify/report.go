package classify

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

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
		r.observer.Doing("training the baselines to compare it with")
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
	cfg.Task = m.Task()
	return measure.MeasureStream(cfg, m.labels.Names, labelsOf(docs), m.probabilities(ctx, docs))
}

// evaluateBatches is the number of batches for each core whose probabilities are held at a time.
const evaluateBatches = 8

// probabilities yields the probabilities of all labels, document after document.
func (m *Model) probabilities(ctx context.Context, docs []corpora.Document) iter.Seq2[[]float32, error] {
	return func(yield func([]float32, error) bool) {
		for part := range slices.Chunk(docs, evaluateBatches*batchDocuments*cap(m.scorers)) {
			list := make([]string, len(part))
			for i, doc := range part {
				list[i] = doc.Text
			}
			predictions, err := m.Predict(ctx, list)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range predictions {
				if !yield(p.Probabilities, nil) {
					return
				}
			}
		}
	}
}
