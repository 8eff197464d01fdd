package classify_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/textgen-go/textgen/classify"
)

// Train a classifier on labelled lines, load it, and label a text.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "classify")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	lines := strings.Repeat("__label__wet rain falls on the hills\n__label__warm the sun shines over the hills\n", 40)
	documents := filepath.Join(dir, "weather.txt")
	if err := os.WriteFile(documents, []byte(lines), 0o600); err != nil {
		log.Fatal(err)
	}
	run := filepath.Join(dir, "weather")
	_, err = classify.Train(ctx, classify.TrainConfig{
		Paths: []string{documents}, Out: run, NoBaselines: true,
		Override: func(s *classify.Settings) { s.Hidden, s.Epochs, s.Steps = 8, 0, 20 },
	})
	if err != nil {
		log.Fatal(err)
	}
	m, err := classify.Load(run)
	if err != nil {
		log.Fatal(err)
	}
	predictions, err := m.Predict(ctx, []string{"the sun shines", "rain falls"})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range predictions {
		fmt.Println(p.Label)
	}
	// Output:
	// warm
	// wet
}
