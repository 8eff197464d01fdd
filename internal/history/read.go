package history

import (
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// Read returns the records of a run from its metrics.jsonl.
func Read(path string) ([]train.Record, error) { return checkpoint.ReadMetrics[train.Record](path) }

// Diagnose returns the verdicts on a run: those that its guard gave, and those that its records allow beside them. Known is
// false if the records lack what is to be known of the task, so that only some kinds can be told.
func Diagnose(records []train.Record) (found []train.Verdict, known bool) {
	var facts train.Facts
	for _, r := range records {
		if r.Facts != nil {
			facts, known = *r.Facts, true
		}
	}
	return train.Diagnose(records, facts), known
}

// verdicts returns what records say went wrong.
func verdicts(records []train.Record) (all []train.Verdict) {
	for _, r := range records {
		all = append(all, r.Verdicts...)
	}
	return all
}
