package optim

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/model"
)

func TestNorms(t *testing.T) {
	long := make([]float32, 3*pieceLen+5)
	for i := range long {
		long[i] = 2
	}
	params := []*model.Parameter{
		{Name: "a", Shape: []int{2}, Value: []float32{3, -4}},
		{Name: "b", Shape: []int{len(long)}, Value: long},
	}
	w := model.NewWorkers(2)
	defer w.Close()
	n := NewNorms(params)
	n.Measure(w)
	if got, want := n.Norm(1), 2*math.Sqrt(float64(len(long))); n.Norm(0) != 5 || math.Abs(got-want) > 1e-9 {
		t.Errorf("norms %v and %v, want 5 and %v", n.Norm(0), got, want)
	}
	n.Keep(w)
	params[0].Value[1] = 0
	long[len(long)-1] = 9
	n.MeasureMoves(w)
	if n.Moved(0) != 4 || n.Moved(1) != 7 {
		t.Errorf("moved by %v and %v, want 4 and 7", n.Moved(0), n.Moved(1))
	}
	if n.NonFinite() != "" {
		t.Errorf("%s is called not finite", n.NonFinite())
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		long[pieceLen+1] = float32(bad)
		n.Measure(w)
		if n.NonFinite() != "b" {
			t.Errorf("%v in b is found in %q", bad, n.NonFinite())
		}
	}
	if got := testing.AllocsPerRun(5, func() { n.Measure(w); n.Keep(w); n.MeasureMoves(w) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

// BenchmarkNorms beside the update that it follows: 2×256 LSTM parameters.
func BenchmarkNorms(b *testing.B) {
	p := &model.Parameter{Name: "w", Shape: []int{1 << 20}, Value: make([]float32, 1<<20), Grad: make([]float32, 1<<20)}
	params := []*model.Parameter{p}
	w := model.NewWorkers(0)
	defer w.Close()
	n := NewNorms(params)
	o, err := New(Config{}, params)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("norms", func(b *testing.B) {
		for b.Loop() {
			n.Measure(w)
		}
	})
	b.Run("adam", func(b *testing.B) {
		for b.Loop() {
			o.Step(1e-3, 1, w)
		}
	})
}
