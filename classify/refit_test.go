package classify_test

import (
	"math"
	"os"
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

// A run whose validation documents have none of its labels, and whose test documents do, ends with a report.
func TestReportWithoutLabelsToValidate(t *testing.T) {
	docs := documents(t, 60)
	strange := filepath.Join(t.TempDir(), "strange.tsv")
	if err := os.WriteFile(strange, []byte("label\ttext\nwindy\train falls\nfoggy\tsun shines\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, classify.TrainConfig{
		Override: small, Paths: []string{docs}, ValidPaths: []string{strange}, TestPaths: []string{documents(t, 30)},
		Out: filepath.Join(t.TempDir(), "run"),
	})
	if r.Report == nil || r.Report.On != "test" || r.Report.Measures.Documents != 30 || r.Report.Baselines != nil {
		t.Errorf("report %+v, want measures of 30 test documents and no baselines", r.Report)
	}
}
