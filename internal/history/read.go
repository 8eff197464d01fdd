package history

import (
	"fmt"
	"slices"

	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// Read returns the records of a run from its metrics.jsonl. Measurements that are not as training writes them are an error.
func Read(path string) ([]train.Record, error) {
	records, err := checkpoint.ReadMetrics[train.Record](path)
	if err != nil {
		return nil, err
	}
	layers := -1
	for i, r := range records {
		if r.Health == nil {
			continue
		}
		if layers < 0 {
			layers = len(r.Health.Layers)
		}
		if !whole(r.Health, layers) {
			return nil, fmt.Errorf("%s: record %d, of step %d: its health does not tell of %d layers at all lags, which rise: mend or remove the line", path, i+1, r.Step, layers)
		}
	}
	return records, nil
}

// whole reports whether a measurement tells of so many layers, of each at all lags, which rise.
func whole(h *train.Health, layers int) bool {
	for i, lag := range h.Lags {
		if lag < 0 || i > 0 && lag <= h.Lags[i-1] {
			return false
		}
	}
	return len(h.Layers) == layers && (layers > 0 || len(h.Lags) == 0) &&
		!slices.ContainsFunc(h.Layers, func(l train.LayerHealth) bool { return len(l.Gradient) != len(h.Lags) })
}

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

// enough is how many measurements tell that nothing is wrong: verdicts compare two, and one more makes sure that
// the run went on after them.
const enough = 3

// Tells reports whether enough was measured in a run to call it healthy.
func Tells(records []train.Record) bool {
	n := 0
	for _, r := range records {
		if r.Health != nil {
			n++
		}
	}
	return n >= enough
}

// verdicts returns what records say went wrong.
func verdicts(records []train.Record) (all []train.Verdict) {
	for _, r := range records {
		all = append(all, r.Verdicts...)
	}
	return all
}
