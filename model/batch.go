package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Document is what a classifier reads: its tokens, of which there is at least one, and the buckets of its n-grams.
type Document struct {
	Tokens []int32
	NGrams []int32
	// Sum stands for NGrams in prediction unless it is nil: it is what [Classifier.AddNGrams] made of Count n-grams, of a
	// document that has too many to keep.
	Sum   []float32
	Count int
}

// Batch is the workspace of a classifier over documents of any lengths, reused from batch to batch. Documents of one
// batch cost no padding, and each gets the same bits whatever stands beside it.
type Batch struct {
	*Classifier
	workers  *Workers
	training bool
	scan     *scan  // of prediction, unless the layers are not plain
	front    *front // else, like pool, seq and tokens
	pool     poolingPass
	order    []int // documents by falling length
	lengths  []int
	seq      sequence
	tokens   []int32
	docs     []Document

	features, dfeatures kernel.Matrix // [docs][P], in order
	logits              kernel.Matrix // [docs][Labels], in order; then their gradients
	rows                [][]float32   // logits of the documents as given
}

// tableLimit is the vocabulary up to which a [Stepper] keeps the projections of all embeddings.
const tableLimit = 512

// NewBatch allocates a workspace for prediction.
func (c *Classifier) NewBatch(w *Workers) *Batch {
	if c.cfg.plain() {
		return &Batch{Classifier: c, workers: w, scan: newScan(c, w)}
	}
	return c.newBatch(w, false)
}

// NewTrainingBatch allocates a workspace for training, and the classifier's gradients. The classifier must be packed
// afterwards.
func (c *Classifier) NewTrainingBatch(w *Workers) *Batch {
	c.enableGrad()
	return c.newBatch(w, true)
}

// newBatch allocates a workspace that remembers what the layers computed.
func (c *Classifier) newBatch(w *Workers, training bool) *Batch {
	b := &Batch{Classifier: c, workers: w, training: training}
	p := newPass(c.recurrent, uniformSequence(1, 1), w, training)
	b.front = newFront(p, c.embedding, false, !c.cfg.LayerNorm) // see saliency
	b.pool = c.pooling.newPass(p)
	return b
}

// Still makes a training batch predict as others do, with nothing dropped: its gradients are then those of predictions.
func (b *Batch) Still() { b.front.pass.quiet = true }

// Forward returns the logits of every document, [docs][Labels], valid until the next Forward. A training batch drops out
// with masks made from dropoutKey. Tokens outside the vocabulary, a document without any, and a classifier that is not
// packed are a caller's bug and panic.
func (b *Batch) Forward(docs []Document, dropoutKey uint64) [][]float32 {
	mustBePacked(b.packed)
	checkDocuments(docs, b.cfg.VocabSize)
	b.sort(docs)
	b.features.Resize(len(docs), b.cfg.features())
	b.logits.Resize(len(docs), b.cfg.Labels)
	pooled := b.features.ColRange(0, b.cfg.pooled())
	if b.scan == nil {
		b.remember(pooled, dropoutKey)
	} else {
		b.scan.forward(pooled, docs, b.order)
	}
	b.bag()
	b.dropFeatures(b.features)
	b.workers.Mul(b.logits, b.features, b.w, kernel.Bias, b.bias.Value)
	b.rows = slices.Grow(b.rows[:0], len(docs))[:len(docs)]
	for i, d := range b.order {
		b.rows[d] = b.logits.Row(i)
	}
	return b.rows
}

// checkDocuments panics unless every document has tokens, all of the vocabulary: of one without, nothing can be pooled.
func checkDocuments(docs []Document, vocab int) {
	for i, doc := range docs {
		if len(doc.Tokens) == 0 {
			panic(fmt.Sprintf("model: document %d has no tokens", i))
		}
		checkTokens(doc.Tokens, len(doc.Tokens), vocab)
	}
}

// remember computes the pooled outputs and keeps what the backward pass will ask for.
func (b *Batch) remember(pooled kernel.Matrix, dropoutKey uint64) {
	b.packTokens()
	p := b.front.pass
	p.key = dropoutKey
	p.resize(b.seq)
	p.load(nil)
	b.front.forward(b.tokens)
	p.forward()
	b.pool.forward(pooled, p.inputs[len(p.inputs)-1])
}

// sort orders the documents by length.
func (b *Batch) sort(docs []Document) {
	b.docs, b.order, b.lengths = docs, b.order[:0], b.lengths[:0]
	for d := range docs {
		b.order = append(b.order, d)
	}
	slices.SortStableFunc(b.order, func(x, y int) int { return cmp.Compare(len(docs[y].Tokens), len(docs[x].Tokens)) })
	for _, d := range b.order {
		b.lengths = append(b.lengths, len(docs[d].Tokens))
	}
}

// packTokens lays the documents' tokens out step by step.
func (b *Batch) packTokens() {
	b.seq.setLengths(b.lengths)
	b.tokens = b.tokens[:0]
	for t := range b.seq.steps() {
		for _, d := range b.order[:b.seq.active(t)] {
			b.tokens = append(b.tokens, b.docs[d].Tokens[t])
		}
	}
}

// bagScale is what each of n n-grams counts: a sum of n independent embeddings has the same length for any n.
func bagScale(n int) float32 { return float32(1 / math.Sqrt(float64(n))) }

// bag writes the sum of the embeddings of each document's n-grams, divided by the root of their number, beside its pooled
// outputs.
func (b *Batch) bag() {
	if b.ngrams == nil {
		return
	}
	table := b.ngrams.matrix()
	for i, d := range b.order {
		dst, doc := b.features.Row(i)[b.cfg.pooled():], b.docs[d]
		n := len(doc.NGrams)
		if doc.Sum != nil {
			copy(dst, doc.Sum)
			n = doc.Count
		} else {
			clear(dst)
			kernel.SumRows(dst, table, 0, doc.NGrams)
		}
		if n > 0 {
			kernel.Scale(dst, bagScale(n))
		}
	}
}

// AddNGrams adds the embeddings of n-grams to sum, [FeatureWidth].
func (c *Classifier) AddNGrams(sum []float32, ids []int32) {
	kernel.SumRows(sum, c.ngrams.matrix(), 0, ids)
}

// dropFeatures drops out what the head reads, or the gradient of it: the mask is its own derivative.
func (b *Batch) dropFeatures(m kernel.Matrix) {
	if !b.training || !b.front.noisy() || b.cfg.FeatureDropout == 0 {
		return
	}
	key := dropoutKey(b.front.pass.key, b.cfg.Layers+1)
	for i := range m.Rows {
		kernel.Dropout(m.Row(i), m.Row(i), float32(b.cfg.FeatureDropout), key, uint32(i*m.Cols))
	}
}

// Backward overwrites the gradient of every parameter. Grads, [docs][Labels], are the gradients of the loss with respect
// to the logits that the last Forward returned: those of other documents or labels are a caller's bug and panic. The batch
// must be one of [Classifier.NewTrainingBatch].
func (b *Batch) Backward(grads [][]float32) {
	if !b.training {
		panic("model: Backward of a batch that NewBatch made: NewTrainingBatch has gradients")
	}
	if len(grads) != len(b.order) {
		panic(fmt.Sprintf("model: gradients of %d documents, want those of %d", len(grads), len(b.order)))
	}
	for i, d := range b.order {
		if len(grads[d]) != b.cfg.Labels {
			panic(fmt.Sprintf("model: document %d has gradients of %d labels, want %d", d, len(grads[d]), b.cfg.Labels))
		}
		copy(b.logits.Row(i), grads[d])
	}
	b.dfeatures.Resize(len(b.docs), b.cfg.features())
	b.workers.Mul(b.dfeatures, b.logits, b.wT, kernel.Overwrite, nil)
	b.workers.MulTN(kernel.Float32, b.logits, b.bias.Grad, kernel.Overwrite, kernel.Right{C: b.weight.gradMatrix(), B: b.features})
	b.dropFeatures(b.dfeatures)
	b.bagGrad()
	p := b.front.pass
	top := len(p.inputs) - 1
	b.pool.backward(p.grads[top], b.dfeatures.ColRange(0, b.cfg.pooled()), p.inputs[top])
	p.backward()
	b.front.backward()
}

// bagGrad clears a table of many megabytes only if the last step has left something there.
func (b *Batch) bagGrad() {
	if b.ngrams == nil {
		return
	}
	if b.bagged {
		clear(b.ngrams.Grad)
		b.bagged = false
	}
	table := b.ngrams.gradMatrix()
	for i, d := range b.order {
		grad, ids := b.dfeatures.Row(i)[b.cfg.pooled():], b.docs[d].NGrams
		b.bagged = b.bagged || len(ids) > 0
		for _, id := range ids {
			kernel.Axpy(table.Row(int(id)), bagScale(len(ids)), grad)
		}
	}
}
