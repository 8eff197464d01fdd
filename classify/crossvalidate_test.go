package classify_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/classify"
)

func TestCrossValidate(t *testing.T) {
	var warnings []string
	var seen []int
	cfg := classify.CrossConfig{
		TrainConfig: classify.TrainConfig{Override: small, Paths: []string{documents(t, 120)}, Out: filepath.Join(t.TempDir(), "folds")},
		Folds:       3,
		Warning:     func(message string) { warnings = append(warnings, message) },
		OnFold:      func(f classify.Fold) { seen = append(seen, f.Number, f.Folds, f.Train, f.Measures.Documents, f.Steps) },
	}
	r, err := classify.CrossValidate(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 3, 80, 40, 60, 2, 3, 80, 40, 60, 3, 3, 80, 40, 60} {
		if len(seen) != 15 || seen[i] != want {
			t.Fatalf("folds %v", seen)
		}
	}
	// Every document is labelled once, and the texts come again and again: the weather, the days and the hills repeat
	// after 105 documents.
	if r.Pooled.Documents != 120 || r.Pooled.AccuracyInterval == nil {
		t.Errorf("pooled %+v, want 120 documents and an interval", r.Pooled)
	}
	if r.Shared == 0 || r.Shared > 30 {
		t.Errorf("%d documents in several folds, want some of the 30 that occur twice", r.Shared)
	}
	right := 0
	for i, row := range r.Pooled.Confusion {
		right += row[i]
	}
	mean := (r.Folds[0].Measures.Accuracy + r.Folds[1].Measures.Accuracy + r.Folds[2].Measures.Accuracy) / 3
	if got := float64(right) / 120; math.Abs(got-mean) > 1e-12 || math.Abs(got-r.Rows[0].Accuracy.Mean) > 1e-12 {
		t.Errorf("folds of equal size: pooled accuracy %v, mean %v, spread %+v", got, mean, r.Rows[0].Accuracy)
	}
	if mean < 0.8 {
		t.Errorf("accuracy %v, want at least 0.8", mean)
	}
	if len(r.Rows) != 4 || r.Rows[1].Name != "majority class" || math.Abs(r.Rows[1].Accuracy.Mean-1./3) > 0.1 {
		t.Errorf("rows %+v, want the model and three baselines", r.Rows)
	}
	if _, err := classify.Load(filepath.Join(cfg.Out, "fold-02")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Out, classify.CrossReportName)); err != nil {
		t.Error(err)
	}
}

// TestCrossValidateFew has a fold whose rare labels are all needed to train on, so that it has neither validation nor
// baselines, and one that has both.
func TestCrossValidateFew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "few.txt")
	if err := os.WriteFile(path, []byte("w\ta\nx\tb\nx\tc\ny\td\ny\te\nx\tf\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, warned := filepath.Join(t.TempDir(), "folds"), ""
	if err := os.MkdirAll(filepath.Join(out, "fold-03"), 0o755); err != nil { // as three folds would have left it
		t.Fatal(err)
	}
	r, err := classify.CrossValidate(t.Context(), classify.CrossConfig{
		TrainConfig: classify.TrainConfig{Override: small, Paths: []string{path}, Out: out}, Folds: 2,
		Warning: func(message string) { warned += message },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(warned, "fold-03") {
		t.Errorf("warned of %q, want the third folder", warned)
	}
	if a, b := len(r.Folds[0].Baselines), len(r.Folds[1].Baselines); a+b != 3 || len(r.Rows) != 1 {
		t.Errorf("%d and %d baselines, rows %+v: want three in one fold, and a row of the model alone", a, b, r.Rows)
	}
}

func TestCrossValidateRefuses(t *testing.T) {
	paths, out := []string{documents(t, 12)}, filepath.Join(t.TempDir(), "folds")
	for _, tt := range []struct {
		name string
		cfg  classify.CrossConfig
		want string
	}{
		{"no directory", classify.CrossConfig{TrainConfig: classify.TrainConfig{Paths: paths}, Folds: 2}, "needs a directory"},
		{"test", classify.CrossConfig{TrainConfig: classify.TrainConfig{Paths: paths, TestPaths: paths, Out: out}, Folds: 2}, "give no other"},
		{"resume", classify.CrossConfig{TrainConfig: classify.TrainConfig{Paths: paths, Resume: true, Out: out}, Folds: 2}, "cannot be resumed"},
		{"one fold", classify.CrossConfig{TrainConfig: classify.TrainConfig{Paths: paths, Out: out}, Folds: 1}, "use 2 to 12"},
		{"many folds", classify.CrossConfig{TrainConfig: classify.TrainConfig{Paths: paths, Out: out}, Folds: 13}, "use 2 to 12"},
	} {
		if _, err := classify.CrossValidate(t.Context(), tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// TestCrossValidateTellsBeforeItTrains has a last fold with the only document of one of two labels: the others would be
// trained for nothing.
func TestCrossValidateTellsBeforeItTrains(t *testing.T) {
	path, out := filepath.Join(t.TempDir(), "lone.txt"), filepath.Join(t.TempDir(), "folds")
	if err := os.WriteFile(path, []byte(strings.Repeat("a\tx\n", 8)+"b\ty\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := classify.CrossValidate(t.Context(), classify.CrossConfig{
		TrainConfig: classify.TrainConfig{Override: small, Paths: []string{path}, Out: out}, Folds: 3,
	})
	if err == nil || !strings.Contains(err.Error(), "fold 3 of 3") || !strings.Contains(err.Error(), "two labels are needed") {
		t.Errorf("error %v, want one that names the third fold and its labels", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: folds were trained before the one that cannot be", err)
	}
}
