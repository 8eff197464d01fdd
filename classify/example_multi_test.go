package classify_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/classify"
)

// weather trains a small model on documents that have two labels, one or none, and returns what removes it.
func weather(ctx context.Context) (m *classify.Model, remove func()) {
	dir, err := os.MkdirTemp("", "classify")
	if err != nil {
		log.Fatal(err)
	}
	documents := filepath.Join(dir, "weather.jsonl")
	lines := strings.Repeat(`{"text": "rain falls on the snow", "label": ["wet", "cold"]}
{"text": "rain falls on the hills", "label": ["wet"]}
{"text": "snow lies on the hills", "label": ["cold"]}
{"text": "the sun shines over the hills", "label": []}
`, 30)
	if err := os.WriteFile(documents, []byte(lines), 0o600); err != nil {
		log.Fatal(err)
	}
	_, err = classify.Train(ctx, classify.TrainConfig{
		Paths: []string{documents}, Out: filepath.Join(dir, "weather"), NoBaselines: true,
		Override: func(s *classify.Settings) { s.Hidden, s.Epochs, s.Steps, s.LR = 8, 0, 60, 0.02 },
	})
	if err != nil {
		log.Fatal(err)
	}
	if m, err = classify.Load(filepath.Join(dir, "weather")); err != nil {
		log.Fatal(err)
	}
	return m, func() { os.RemoveAll(dir) }
}

// Several labels may apply to a document, or none.
func ExamplePrediction_Top() {
	ctx := context.Background()
	m, remove := weather(ctx)
	defer remove()
	texts := []string{"rain falls on the snow", "snow lies on the hills", "the sun shines"}
	predictions, err := m.Predict(ctx, texts)
	if err != nil {
		log.Fatal(err)
	}
	for i, p := range predictions {
		var labels []string
		for _, l := range p.Top(0, 0.5) {
			labels = append(labels, l.Label)
		}
		slices.Sort(labels)
		fmt.Printf("%s: %q\n", texts[i], labels)
	}
	// Output:
	// rain falls on the snow: ["cold" "wet"]
	// snow lies on the hills: ["cold"]
	// the sun shines: []
}

// Texts that keep coming are labelled as they come.
func ExampleModel_PredictStream() {
	ctx := context.Background()
	m, remove := weather(ctx)
	defer remove()
	texts := func(yield func(string, error) bool) {
		for _, text := range []string{"rain falls on the hills", "snow lies on the hills"} {
			if !yield(text, nil) {
				return
			}
		}
	}
	for p, err := range m.PredictStream(ctx, texts) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Label)
	}
	// Output:
	// wet
	// cold
}

// What in a text speaks most for a label?
func ExampleModel_Explain() {
	ctx := context.Background()
	m, remove := weather(ctx)
	defer remove()
	e, err := m.Explain(ctx, "rain falls on the hills", "wet")
	if err != nil {
		log.Fatal(err)
	}
	best := slices.MaxFunc(e.NGrams, func(a, b classify.Weight) int { return int(1e6 * (a.Weight - b.Weight)) })
	fmt.Println(strings.Contains(best.Text, "rain") || strings.Contains(best.Text, "falls"))
	// Output:
	// true
}
