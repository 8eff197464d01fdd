// Package history writes down how a training run goes: a line in metrics.jsonl for each record, curves.svg, and report.html
// if that is asked for. It reads runs, too.
//
// Entry points: [Open] begins a [History] or goes on with one; [Read] reads one, and [Page] makes the page of it.
package history

import (
	"bytes"
	"errors"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// History is the history of one run.
type History struct {
	dir   *checkpoint.Run
	file  *checkpoint.Metrics
	all   []train.Record
	unit  string // what is read, and losses are means over: token or document
	limit float64
	page  *page // nil: no report.html
}

// Open begins a new history in the directory of a run, or goes on with the one there is after a step above 0. Unit is what
// losses are means over, token or document, and limit a loss that no model can beat, or 0.
func Open(dir *checkpoint.Run, step int, unit string, limit float64) (*History, error) {
	h := &History{dir: dir, unit: unit, limit: limit}
	path := dir.Path(checkpoint.MetricsName)
	var err error
	if step == 0 {
		if err := h.forgetReport(); err != nil {
			return nil, err
		}
		if h.file, err = checkpoint.CreateMetrics(path); err != nil {
			return nil, err
		}
		return h, nil
	}
	if h.file, err = checkpoint.ResumeMetrics(path, step); err != nil {
		return nil, err
	}
	if h.all, err = Read(path); err != nil {
		return nil, errors.Join(err, h.file.Close())
	}
	return h, nil
}

// Last returns the last record, or a zero one.
func (h *History) Last() train.Record {
	if len(h.all) == 0 {
		return train.Record{}
	}
	return h.all[len(h.all)-1]
}

// Add writes a record down; at a validation it draws the curves anew.
func (h *History) Add(rec train.Record) error {
	h.all = append(h.all, rec)
	if err := h.file.Append(rec); err != nil {
		return err
	}
	if rec.ValidLoss != nil {
		if err := h.draw(); err != nil {
			return err
		}
	}
	return h.updatePage(rec)
}

// Verdicts returns what went wrong so far, over all sessions of the run.
func (h *History) Verdicts() []train.Verdict { return verdicts(h.all) }

// Sync brings all records to the disk; call it before the state that follows them is saved.
func (h *History) Sync() error { return h.file.Sync() }

// Finish draws the curves and the page once more and closes the history.
func (h *History) Finish() error {
	return errors.Join(h.draw(), h.finishPage(), h.file.Close())
}

func (h *History) draw() error {
	curves := report.Curves{Title: "Training", Unit: h.unit, Limit: h.limit}
	for _, rec := range h.all {
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
	return h.dir.Replace(checkpoint.CurvesName, svg.Bytes())
}

func add(s *report.Series, step int, value float64) {
	s.Steps = append(s.Steps, step)
	s.Values = append(s.Values, value)
}
