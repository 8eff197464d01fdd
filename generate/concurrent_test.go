package generate_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/generate"
)

// One model serves many goroutines, each of which gets what it would get alone.
func TestModelServesManyGoroutines(t *testing.T) {
	m := trained(t)
	all := func() []any {
		var text strings.Builder
		for piece, err := range m.Generate(t.Context(), generate.Request{Prompt: "Sentence", Length: 40, Seed: 3, Sampling: generate.Sampling{Temperature: 1}, Threads: 2}) {
			if err != nil {
				t.Error(err)
			}
			text.WriteString(piece)
		}
		next, err := m.Next(t.Context(), "Sentence", 3)
		if err != nil {
			t.Error(err)
		}
		score, err := m.Evaluate(t.Context(), chunks("Sentence 1 is followed"), 2)
		if err != nil {
			t.Error(err)
		}
		likely, err := m.Beam(t.Context(), generate.BeamRequest{Length: 10, Width: 3})
		if err != nil {
			t.Error(err)
		}
		var scores []generate.Score
		for score, err := range m.Scores(t.Context(), each(nil, "Sentence", "followed"), 2) {
			if err != nil {
				t.Error(err)
			}
			scores = append(scores, score)
		}
		return []any{text.String(), next, score, likely, scores}
	}
	want := all()
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if diff := cmp.Diff(want, all()); diff != "" {
				t.Error(diff)
			}
		})
	}
	group.Wait()
}
