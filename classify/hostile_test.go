package classify_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// TestForgedNGrams reads files that say of their n-grams what [classify.Train] never would.
func TestForgedNGrams(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	run(t, classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: dir, NoBaselines: true})
	for name, forge := range map[string]func(*model.ClassifierConfig, *classify.Training){
		"narrow":  func(c *model.ClassifierConfig, _ *classify.Training) { c.FeatureWidth = 1 },
		"endless": func(_ *model.ClassifierConfig, t *classify.Training) { t.Settings.CharGrams = 1 << 30 },
	} {
		t.Run(name, func(t *testing.T) {
			f := forged(t, dir, forge)
			m, err := classify.FromFile(f)
			var format *checkpoint.FormatError
			if err == nil {
				_, err = m.Explain(t.Context(), "rain falls on the hills", "")
			}
			if !errors.As(err, &format) {
				t.Errorf("error %v, want a *FormatError", err)
			}
		})
	}
}

// forged returns the file of a run with another configuration and weights of zero.
func forged(t *testing.T, dir string, forge func(*model.ClassifierConfig, *classify.Training)) *checkpoint.File {
	t.Helper()
	f, err := checkpoint.Read(filepath.Join(dir, checkpoint.ModelName), checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var cfg model.ClassifierConfig
	var training classify.Training
	if err := errors.Join(f.JSON(checkpoint.KeyConfig, &cfg), f.JSON(checkpoint.KeyTraining, &training)); err != nil {
		t.Fatal(err)
	}
	forge(&cfg, &training)
	network, err := model.NewEmptyClassifier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors = checkpoint.Parameters(network.Parameters())
	if err := errors.Join(f.SetJSON(checkpoint.KeyConfig, cfg), f.SetJSON(checkpoint.KeyTraining, training)); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestResumeForgedSettings goes on with states whose settings no run can have had.
func TestResumeForgedSettings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	run(t, classify.TrainConfig{Override: small, Paths: []string{documents(t, 60)}, Out: dir, NoBaselines: true})
	for name, forge := range map[string]func(*classify.Settings){
		"batch":      func(s *classify.Settings) { s.Batch = 0 },
		"max_tokens": func(s *classify.Settings) { s.MaxTokens = -1 },
	} {
		path := filepath.Join(dir, checkpoint.StateName)
		f, err := checkpoint.Read(path, checkpoint.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var training classify.Training
		if err := f.JSON(checkpoint.KeyTraining, &training); err != nil {
			t.Fatal(err)
		}
		forge(&training.Settings)
		if err := errors.Join(f.SetJSON(checkpoint.KeyTraining, training), checkpoint.Write(path, f)); err != nil {
			t.Fatal(err)
		}
		_, err = classify.Train(t.Context(), classify.TrainConfig{Out: dir, Resume: true, NoBaselines: true})
		var format *checkpoint.FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), name+" is") {
			t.Errorf("%s: error %v, want a *FormatError that names it", name, err)
		}
	}
}
