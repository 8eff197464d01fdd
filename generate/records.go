package generate

import (
	"bytes"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// records writes the history of a run: a line in metrics.jsonl for each record, and curves.svg.
type records struct {
	dir   *checkpoint.Run
	file  *checkpoint.Metrics
	all   []train.Record
	limit float64
}

// open begins a new history, or goes on with the one there is after a step. Limit is a loss
// that no model can beat, or 0.
func (r *records) open(dir *checkpoint.Run, step int, limit float64) error {
	r.dir, r.limit = dir, limit
	path := dir.Path(checkpoint.MetricsName)
	var err error
	if step == 0 {
		r.file, err = checkpoint.CreateMetrics(path)
		return err
	}
	if r.file, err = checkpoint.ResumeMetrics(path, step); err != nil {
		return err
	}
	r.all, err = checkpoint.ReadMetrics[train.Record](path)
	return err
}

func (r *records) last() train.Record {
	if len(r.all) == 0 {
		return train.Record{}
	}
	return r.all[len(r.all)-1]
}

// add writes a record down; at a validation it draws the curves anew.
func (r *records) add(rec train.Record) error {
	r.all = append(r.all, rec)
	if err := r.file.Append(rec); err != nil {
		return err
	}
	if rec.ValidLoss == nil {
		return nil
	}
	return r.draw()
}

func (r *records) sync() error { return r.file.Sync() }

// finish draws the curves once more and closes the history.
func (r *records) finish() error {
	if err := r.draw(); err != nil {
		r.file.Close()
		return err
	}
	return r.file.Close()
}

func (r *records) draw() error {
	curves := report.Curves{Title: "Training", Limit: r.limit}
	for _, rec := range r.all {
		add(&curves.Training, rec.Step, rec.Loss)
		add(&curves.LearningRate, rec.Step, rec.Rate)
		if rec.ValidLoss != nil {
			add(&curves.Validation, rec.Step, *rec.ValidLoss)
		}
	}
	var svg bytes.Buffer
	if err := curves.WriteSVG(&svg); err != nil {
		return err
	}
	return r.dir.Replace(checkpoint.CurvesName, svg.Bytes())
}

func add(s *report.Series, step int, value float64) {
	s.Steps = append(s.Steps, step)
	s.Values = append(s.Values, value)
}
