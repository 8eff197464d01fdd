package model

import "github.com/textgen-go/textgen/internal/kernel"

// Saliency returns gradient × input of every token of the documents of the last Forward and Backward, [docs][tokens]: to
// first order, what the token's embedding adds to the sum that Backward was given the gradient of (Simonyan et al. 2014;
// Denil et al. 2014). The batch must be still (see [Batch.Still]).
func (b *Batch) Saliency() [][]float32 {
	p := b.front.pass
	out := make([][]float32, len(b.docs))
	for i, d := range b.order {
		out[d] = make([]float32, b.lengths[i])
		for t := range out[d] {
			out[d][t] = b.front.saliency(p.seq.row(t, i))
		}
	}
	return out
}

// saliency returns the product of a row's input and its gradient. Through a table, the input's gradient holds only what
// goes around the layer. The rest comes from its projections W·x + b, that of a highway's gate among them, as
// ∂·x = ∂(W·x)·(W·x), unless they are normalised: then there is no table.
func (f *front) saliency(row int) float32 {
	sum := 0.0
	if !f.tabled || f.shortcut(0) {
		sum = dot(f.grads[0].Row(row), f.embedding.matrix().Row(int(f.tokens[row])))
	}
	if !f.tabled {
		return float32(sum)
	}
	for _, t := range f.traces[0] {
		sum += projectedSaliency(t.gates, t.table, t.bias, row, t.numbers)
	}
	if way := f.ways[0]; way != nil {
		sum += projectedSaliency(way.gate, way.table, way.bias.Value, row, way.numbers)
	}
	return float32(sum)
}

// projectedSaliency returns ∂(W·x)·(W·x) of a row, whose W·x + bias is in the table's row that numbers has for it.
func projectedSaliency(grads, table kernel.Matrix, bias []float32, row int, numbers []int32) float64 {
	grad := grads.Row(row)
	return dot(grad, table.Row(int(numbers[row]))) - dot(grad, bias)
}

// Attention returns the weights that the tokens of a training batch's last Forward had in the pooling, [docs][tokens], adding up to one
// a document; nil if the pooling is another than attention.
func (b *Batch) Attention() [][]float32 {
	pool, ok := b.pool.(*attentionPass)
	if !ok {
		return nil
	}
	out := make([][]float32, len(b.docs))
	for i, d := range b.order {
		out[d] = make([]float32, b.lengths[i])
		for t := range out[d] {
			out[d][t] = pool.alpha.Row(pool.seq.row(t, i))[0]
		}
	}
	return out
}
