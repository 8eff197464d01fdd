package classify

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The standard deviation, by hand: of 1, 2, 4 and 5 around 3 it is √(10/3).
func TestSpread(t *testing.T) {
	want := Spread{Mean: 3, Deviation: math.Sqrt(10. / 3), Least: 1, Most: 5}
	if diff := cmp.Diff(want, newSpread([]float64{2, 5, 1, 4}), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The seed of the settings deals the folds.
func TestSeedDealsTheFolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.tsv")
	if err := os.WriteFile(path, []byte("label\ttext\n"+strings.Repeat("wet\train\ndry\tsun\n", 30)), 0o600); err != nil {
		t.Fatal(err)
	}
	folds := func(seed uint64) [][]int {
		c, err := newCrossing(t.Context(), CrossConfig{Folds: 3, TrainConfig: TrainConfig{
			Paths: []string{path}, Out: filepath.Join(t.TempDir(), "folds"), Override: func(s *Settings) { s.Seed = seed },
		}})
		if err != nil {
			t.Fatal(err)
		}
		return c.folds
	}
	if diff := cmp.Diff(folds(5), folds(5)); diff != "" {
		t.Errorf("the same seed deals other folds: %s", diff)
	}
	if cmp.Equal(folds(5), folds(6)) {
		t.Error("another seed deals the same folds")
	}
}
