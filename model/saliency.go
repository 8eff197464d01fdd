package model

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

// saliency returns the product of a row's input and its gradient. Through a table, the input's gradient is not there, but
// that of its projection W·x + b is, and ∂·x = ∂(W·x)·(W·x), unless that is normalised: then there is no table.
func (f *front) saliency(row int) float32 {
	if !f.tabled {
		return float32(dot(f.grads[0].Row(row), f.embedding.matrix().Row(int(f.tokens[row]))))
	}
	sum := 0.0
	for _, t := range f.traces[0] {
		grad := t.gates.Row(row)
		sum += dot(grad, t.table.Row(int(t.numbers[row]))) - dot(grad, t.bias)
	}
	return float32(sum)
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
