package classify_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One model serves many goroutines, more than there are cores, each of which gets what it would get alone.
func TestModelServesManyGoroutines(t *testing.T) {
	m := trained(t)
	texts := []string{"rain falls", "the sun shines over the hills", "", "snow"}
	all := func() []any {
		var out []any
		predictions, err := m.Predict(t.Context(), texts)
		if err != nil {
			t.Error(err)
		}
		for _, p := range predictions {
			out = append(out, p.Probabilities)
		}
		for p, err := range m.PredictStream(t.Context(), sequence(texts, nil)) {
			if err != nil {
				t.Error(err)
			}
			out = append(out, p.Probabilities)
		}
		explanation, err := m.Explain(t.Context(), texts[1], "")
		if err != nil {
			t.Error(err)
		}
		return append(out, explanation)
	}
	want := all()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 3 {
				if diff := cmp.Diff(want, all()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	group.Wait()
}
