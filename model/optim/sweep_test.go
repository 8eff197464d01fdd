package optim

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/model"
)

// A gradient that says which of its rows are not 0 gives every optimiser the same weights as one that does not, and the
// clipper the norm of all elements but for the order of its sum. The rows are longer and shorter than a sweep's pieces are.
func TestRowsOfAGradientChangeNothing(t *testing.T) {
	for _, shape := range [][]int{{9, pieceLen/2 + 3}, {3, 2*pieceLen + 5}, {70000, 2}} {
		for _, cfg := range everyOptimizer {
			rng := rand.New(rand.NewPCG(1, 2))
			value := make([]float32, shape[0]*shape[1])
			for i := range value {
				value[i] = rng.Float32()
			}
			sparse, dense := parameter("e", shape, value), parameter("e", shape, value)
			sparse.Rows = []int32{}
			for _, row := range []int{1, 2, shape[0] - 1} {
				if !slices.Contains(sparse.Rows, int32(row)) {
					sparse.Rows = append(sparse.Rows, int32(row))
				}
				for i := range shape[1] {
					dense.Grad[row*shape[1]+i] = rng.Float32() - 0.5
				}
			}
			copy(sparse.Grad, dense.Grad)
			var squares float64
			for _, g := range dense.Grad {
				squares += float64(g) * float64(g)
			}
			want := math.Sqrt(squares)
			for _, p := range []*model.Parameter{sparse, dense} {
				w := workers(t, 2)
				if norm := newClipper(t, Clip{}, []*model.Parameter{p}).Clip(w).Norm; math.Abs(norm-want) > 1e-12*want {
					t.Errorf("%v: norm %v, want %v", shape, norm, want)
				}
				newOptimizer(t, cfg, []*model.Parameter{p}).Step(0.1, 0.5, w)
			}
			if !slices.Equal(sparse.Value, dense.Value) {
				t.Errorf("%v, %+v: the weights differ", shape, cfg)
			}
			if slices.Equal(sparse.Value, value) {
				t.Errorf("%v, %+v: the weights have not moved", shape, cfg)
			}
		}
	}
}
