package bag

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// factors are the values that λ may have.
var factors = []float64{0, 0.1, 0.15, 0.25, 0.4, 0.6, 1, 1.5, 2.5, 4, 6, 10}

// leastLoss returns the least log loss that n documents can prove: by Laplace's rule of succession, 1/(n+2) is to be
// expected of the next document after n without a miss.
func leastLoss(n int) float64 { return 1 / float64(n+2) }

// Mix finds the λ at which the sum of one model's logits and λ times another's has the least log loss, at the best
// temperature, and returns the sum. It is called with documents that neither was trained on. Losses below 1/(n+2) for n
// documents are equal, and of equals the smallest λ counts, or small sets would make models that are ever surer.
func Mix(task labelset.Task, one, other [][]float32, truth [][]int) (factor float64, sum [][]float32, err error) {
	best := math.Inf(1)
	for _, f := range factors {
		rows := add(one, other, f)
		t, err := measure.FitTemperature(task, rows, truth)
		if err != nil {
			return 0, nil, err
		}
		if after := max(t.After, leastLoss(len(truth))); after < best {
			best, factor, sum = after, f, rows
		}
	}
	return factor, sum, nil
}

// add returns a + factor·b.
func add(a, b [][]float32, factor float64) [][]float32 {
	sum := make([][]float32, len(a))
	for i := range a {
		sum[i] = slices.Clone(a[i])
		for j, z := range b[i] {
			sum[i][j] += float32(factor) * z
		}
	}
	return sum
}
