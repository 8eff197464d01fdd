package classify

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/textgen-go/textgen/model"
)

// A bag is the linear part of a model: a weight for each n-gram and label, whose sums over a document's n-grams, divided
// by the root of their number, are added to the network's logits with a factor λ. The two are trained apart, each for the
// whole of the task: together the bag would learn the training documents by heart and leave nothing to the network.
type bag struct {
	table *model.Parameter // [buckets][labels]
	head  *model.Parameter // of the network, [labels][pooled+labels]
}

// The passes over the documents, and the learning rate at their start, from which it falls to 0 in a straight line.
const (
	bagPasses = 10
	bagRate   = 1.0
)

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

// train sets the table by stochastic gradient descent, a document a step.
func (b *bag) train(ctx context.Context, task Task, grams NGrams, docs *tokenised, seed uint64) error {
	labels := b.table.Shape[1]
	l := newLinear(task, grams, labels)
	rng, order, p := rand.New(rand.NewPCG(seed, bagStream)), make([]int, docs.len()), make([]float32, labels)
	for i := range order {
		order[i] = i
	}
	steps := bagPasses * len(order)
	for step := range steps {
		at := step % len(order)
		if at == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		i := order[at]
		l.step(docs.documents[i].NGrams, docs.truth[i], bagRate*(1-float64(step)/float64(steps)), p)
		clear(l.bias) // the network has one
	}
	copy(b.table.Value, l.weights)
	return nil
}

// bagStream separates the random numbers of the bag from others with the same seed.
const bagStream = 0x626167 // "bag"

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

// bestMix finds the λ at which the sum of a network's logits and λ times the bag's has the least log loss, at the best
// temperature, and returns the sum. It is called with documents that neither was trained on. Of n documents, a loss
// below 1/(n+2) says no more than that: by Laplace's rule of succession, that much is to be expected of the next document
// after n without a miss. Of equals the smallest λ counts, or small sets would make models that are ever surer.
func bestMix(task Task, network, bag [][]float32, truth [][]int) (factor float64, sum [][]float32, err error) {
	best, least := math.Inf(1), 1/float64(len(truth)+2)
	for _, f := range factors {
		rows := add(network, bag, f)
		t, err := FitTemperature(task, rows, truth)
		if err != nil {
			return 0, nil, err
		}
		if after := max(t.After, least); after < best {
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
