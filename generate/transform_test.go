package generate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// logs returns candidates 0, 1, … with the given probabilities.
func logs(ps ...float64) []candidate {
	var cs []candidate
	for i, p := range ps {
		cs = append(cs, candidate{int32(i), math.Log(p)})
	}
	return cs
}

func ids(cs []candidate) []int32 {
	var out []int32
	for _, c := range cs {
		out = append(out, c.id)
	}
	return out
}

func TestKeep(t *testing.T) {
	ps := []float64{0.1, 0.4, 0.05, 0.3, 0.15}
	for _, test := range []struct {
		name string
		got  []candidate
		want []int32
	}{
		{"top-k 1", keepTopK(logs(ps...), 1), []int32{1}},
		{"top-k 3", keepTopK(logs(ps...), 3), []int32{1, 3, 4}},
		{"top-k beyond the vocabulary", keepTopK(logs(ps...), 9), []int32{1, 3, 4, 0, 2}},
		{"top-k takes the lower id among equals", keepTopK(logs(0.25, 0.25, 0.25, 0.25), 2), []int32{0, 1}},
		// 0.4, 0.7, 0.85, 0.95, 1: the first sum that reaches 0.8 is that of three tokens.
		{"top-p 0.8", keepTopP(logs(ps...), 0.8), []int32{1, 3, 4}},
		{"top-p 0.39", keepTopP(logs(ps...), 0.39), []int32{1}},
		{"top-p ends where the sum is p", keepTopP(logs(0.5, 0.5), 0.5), []int32{0}},
		{"top-p keeps one at least", keepTopP(logs(ps...), 1e-9), []int32{1}},
		// 0.3/0.4 = 0.75, 0.15/0.4 = 0.375, 0.1/0.4 = 0.25, 0.05/0.4 = 0.125.
		{"min-p 0.3", keepMinP(logs(ps...), 0.3), []int32{1, 3, 4}},
		{"min-p 0.2", keepMinP(logs(ps...), 0.2), []int32{0, 1, 3, 4}},
		{"min-p 1", keepMinP(logs(ps...), 1), []int32{1}},
	} {
		if diff := cmp.Diff(test.want, ids(test.got)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// Of half a million, each is not put into its place among the others: that would move terabytes.
func TestKeepTopKOfVeryMany(t *testing.T) {
	cs := make([]candidate, 1<<20)
	for i := range cs {
		cs[i] = candidate{int32(i), float64(i / 2)}
	}
	n := int32(len(cs))
	top := keepTopK(cs, 1<<19)
	if len(top) != 1<<19 {
		t.Fatalf("%d candidates, want %d", len(top), 1<<19)
	}
	if diff := cmp.Diff([]int32{n - 2, n - 1, n - 4, n - 3}, ids(top[:4])); diff != "" {
		t.Error(diff)
	}
	if last := top[len(top)-1]; last.id != n/2+1 {
		t.Errorf("the last is %d, want %d", last.id, n/2+1)
	}
}

func TestPenaliseRepetition(t *testing.T) {
	cs := []candidate{{0, 3}, {1, -3}, {2, 3}, {3, -3}}
	penaliseRepetition(cs, []int32{0, 1, 1, 0}, 1.5)
	want := []candidate{{0, 2}, {1, -4.5}, {2, 3}, {3, -3}}
	if diff := cmp.Diff(want, cs, cmp.AllowUnexported(candidate{})); diff != "" {
		t.Error(diff)
	}
}

// A temperature of 2 takes the square root of the probabilities' ratios: 0.64 : 0.16 becomes 0.8 : 0.4.
func TestHeat(t *testing.T) {
	cs := logs(0.64, 0.16)
	heat(cs, 2)
	if got := weight(cs[1], cs[0]); !cmp.Equal(got, 0.5, cmpopts.EquateApprox(0, 1e-12)) {
		t.Errorf("ratio is %v, want 0.5", got)
	}
}

func TestDrawDividesTheUnitInterval(t *testing.T) {
	cs := logs(0.2, 0.5, 0.3)
	for _, test := range []struct {
		u    float64
		want int32
	}{{0, 0}, {0.19, 0}, {0.21, 1}, {0.69, 1}, {0.71, 2}, {0.999999, 2}} {
		if got := draw(cs, test.u); got != test.want {
			t.Errorf("draw(%v) = %d, want %d", test.u, got, test.want)
		}
	}
}
