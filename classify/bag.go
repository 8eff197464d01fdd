package classify

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/model"
)

// A bag is the linear part of a model: a weight for each n-gram and label, whose sums over a document's n-grams, divided
// by the root of their number, are added to the network's logits with a factor λ. The two are trained apart, each for the
// whole of the task: together the bag would learn the training documents by heart and leave nothing to the network.
type bag struct {
	table *model.Parameter // [buckets][labels]
	head  *model.Parameter // of the network, [labels][pooled+labels]
}

// bagTable is the parameter that holds a bag's weights.
const bagTable = "ngrams.weight"

// newBag finds the bag's part of a network; nil if there is none.
func newBag(network *model.Classifier) *bag {
	b := &bag{}
	for _, p := range network.Parameters() {
		switch p.Name {
		case bagTable:
			b.table = p
		case "head.weight":
			b.head = p
		}
	}
	if b.table == nil {
		return nil
	}
	return b
}

// scale multiplies the weights of some ids.
func (b *bag) scale(ids idRange, factor float64) {
	labels := b.table.Shape[1]
	for i := ids.low * labels; i < ids.high*labels; i++ {
		b.table.Value[i] *= float32(factor)
	}
}

// weigh sets λ.
func (b *bag) weigh(factor float64) {
	labels, width := b.head.Shape[0], b.head.Shape[1]
	for i := range labels {
		row := b.head.Value[i*width : (i+1)*width]
		clear(row[width-labels:])
		row[width-labels+i] = float32(factor)
	}
}

// logits returns what the bag alone says of documents, [docs][labels].
func (b *bag) logits(docs []model.Document) [][]float32 {
	labels := b.table.Shape[1]
	l := &linear{labels: labels, weights: b.table.Value, bias: make([]float32, labels)}
	rows := make([][]float32, len(docs))
	for i, doc := range docs {
		rows[i] = make([]float32, labels)
		l.scores(doc.NGrams, rows[i])
	}
	return rows
}

// factors are the values that λ may have.
var factors = []float64{0, 0.1, 0.15, 0.25, 0.4, 0.6, 1, 1.5, 2.5, 4, 6, 10}

// leastLoss returns the least log loss that n documents can prove: by Laplace's rule of succession, 1/(n+2) is to be
// expected of the next document after n without a miss.
func leastLoss(n int) float64 { return 1 / float64(n+2) }

// bestMix finds the λ at which the sum of a network's logits and λ times the bag's has the least log loss, at the best
// temperature, and returns the sum. It is called with documents that neither was trained on. Losses below [leastLoss]
// are equal, and of equals the smallest λ counts, or small sets would make models that are ever surer.
func bestMix(task labelset.Task, network, bag [][]float32, truth [][]int) (factor float64, sum [][]float32, err error) {
	best := math.Inf(1)
	for _, f := range factors {
		rows := add(network, bag, f)
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
