package classify

import (
	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/model"
)

// A bagPart is the bag of n-grams in a model: a weight for each n-gram and label, whose sums over a document's n-grams,
// divided by the root of their number, are added to the network's logits with a factor λ. The two are trained apart, each
// for the whole of the task: together the bag would learn the training documents by heart and leave nothing to the network.
type bagPart struct {
	table *model.Parameter // [buckets][labels]
	head  *model.Parameter // of the network, [labels][pooled+labels]
}

// bagTable is the parameter that holds a bag's weights.
const bagTable = "ngrams.weight"

// newBag finds the bag's part of a network; nil if there is none.
func newBag(network *model.Classifier) *bagPart {
	b := &bagPart{}
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

// weigh sets λ.
func (b *bagPart) weigh(factor float64) {
	labels, width := b.head.Shape[0], b.head.Shape[1]
	for i := range labels {
		row := b.head.Value[i*width : (i+1)*width]
		clear(row[width-labels:])
		row[width-labels+i] = float32(factor)
	}
}

// effects returns how much a weight of each label in the table counts for what grad is the gradient of, with respect to the
// logits, [labels].
func (b *bagPart) effects(grad []float32) []float64 {
	labels, width := b.head.Shape[0], b.head.Shape[1]
	out := make([]float64, labels)
	for k, g := range grad {
		for j, v := range b.head.Value[(k+1)*width-labels : (k+1)*width] {
			out[j] += float64(g) * float64(v)
		}
	}
	return out
}

// logits returns what the bag alone says of documents, [docs][labels].
func (b *bagPart) logits(docs *tokenised) [][]float32 {
	return bag.Logits(b.table.Value, b.table.Shape[1], docs.examples().IDs)
}
