package classify_test

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// ngramWeights returns the weights of n-grams in a file of a run.
func ngramWeights(t *testing.T, dir, name string) []float32 {
	t.Helper()
	f, err := checkpoint.Read(filepath.Join(dir, name), checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	w, ok := f.Tensor("ngrams.weight")
	if !ok {
		t.Fatalf("%s has no weights of n-grams", name)
	}
	return w.Data
}

// TestRefit checks that the model has learned n-grams from the validation documents in the end, but was measured before,
// also if the run is resumed after that; and that it leaves documents alone that are only to validate on.
func TestRefit(t *testing.T) {
	docs, dir := documents(t, 60), filepath.Join(t.TempDir(), "run")
	check := func(r *classify.TrainResult) {
		t.Helper()
		m, err := classify.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := r.Report.Measures.LogLoss, m.Info().Metrics.Temperature.After; math.Abs(got-want) > 1e-5 {
			t.Errorf("reported log loss %v, want that of validation, %v", got, want)
		}
		if slices.Equal(ngramWeights(t, dir, checkpoint.ModelName), ngramWeights(t, dir, checkpoint.StateName)) {
			t.Error("the weights of n-grams are those of the state, so the validation documents have not been trained on")
		}
	}
	check(run(t, classify.TrainConfig{Override: small, Paths: []string{docs}, Out: dir, NoBaselines: true}))
	check(run(t, classify.TrainConfig{Out: dir, Resume: true, NoBaselines: true}))

	run(t, classify.TrainConfig{Override: small, Paths: []string{docs}, ValidPaths: []string{documents(t, 30)}, Out: dir, Force: true, NoBaselines: true})
	if !slices.Equal(ngramWeights(t, dir, checkpoint.ModelName), ngramWeights(t, dir, checkpoint.StateName)) {
		t.Error("the weights of n-grams differ from the state's, so documents to validate on have been trained on")
	}
}
