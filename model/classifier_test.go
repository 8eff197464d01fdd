package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// classifierNet is a classifier over one batch of documents of several lengths, in no order, beside its reference. Its
// loss is the sum of all logits, weighted at random.
type classifierNet struct {
	*Classifier
	batch   *Batch
	docs    []Document
	weights [][]float32 // of the logits in the loss

	ref *reference
}

func newClassifierNet(t testing.TB, cfg ClassifierConfig, workers int) *classifierNet {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	c, err := NewEmptyClassifier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fillAll(c.Parameters(), rng)
	n := &classifierNet{Classifier: c}
	for i, length := range []int{3, 6, 1, 3, 5} {
		doc := Document{Tokens: randomTokens(length, cfg.VocabSize, rng)}
		if cfg.Buckets > 0 {
			doc.NGrams = randomTokens(i, cfg.Buckets, rng)
		}
		n.docs = append(n.docs, doc)
		n.weights = append(n.weights, make([]float32, cfg.Labels))
		fillUniform(n.weights[i], 1, rng)
	}
	w := testWorkers(t, workers)
	n.batch = c.NewTrainingBatch(w)
	c.Pack(w)
	n.ref = newReference(cfg.RecurrentConfig, c.Parameters())
	n.ref.dropping, n.ref.key = true, 90
	return n
}

// reference returns the logits of the documents as given.
func (n *classifierNet) reference() [][]float64 {
	order := n.byLength()
	streams := make([]refStream, len(order))
	for i, d := range order {
		for _, token := range n.docs[d].Tokens {
			streams[i].x = append(streams[i].x, n.refRow("embedding.weight", token, n.cfg.Embedding))
		}
		for range n.cfg.Layers * n.cfg.Directions() {
			streams[i].initial = append(streams[i].initial, refState{make([]float64, n.cfg.Hidden), make([]float64, n.cfg.Hidden)})
		}
	}
	logits := make([][]float64, len(order))
	for i, result := range n.ref.run(streams) {
		features := n.ref.pool(n.cfg.Pooling, result.out)
		if n.cfg.Buckets > 0 {
			features = append(features, n.bag(n.docs[order[i]].NGrams)...)
		}
		n.dropFeatures(features, i)
		for label := range n.cfg.Labels {
			logits[order[i]] = append(logits[order[i]], affine(n.ref.weights["head.weight"], n.ref.weights["head.bias"], label, features))
		}
	}
	return logits
}

// byLength returns the numbers of the documents, longest first.
func (n *classifierNet) byLength() []int {
	var order []int
	for length := 6; length > 0; length-- {
		for d, doc := range n.docs {
			if len(doc.Tokens) == length {
				order = append(order, d)
			}
		}
	}
	return order
}

func (n *classifierNet) refRow(name string, row int32, width int) []float64 {
	return n.ref.weights[name][int(row)*width : (int(row)+1)*width]
}

// bag returns the sum of the embeddings of n-grams over the root of their number, zero if there are none.
func (n *classifierNet) bag(ids []int32) []float64 {
	sum := make([]float64, n.cfg.FeatureWidth)
	for _, id := range ids {
		for j, v := range n.refRow("ngrams.weight", id, len(sum)) {
			sum[j] += v / math.Sqrt(float64(len(ids)))
		}
	}
	return sum
}

func (n *classifierNet) dropFeatures(features []float64, doc int) {
	if n.cfg.FeatureDropout == 0 {
		return
	}
	mask := slices.Repeat([]float32{1}, len(features))
	kernel.Dropout(mask, mask, float32(n.cfg.FeatureDropout), dropoutKey(n.ref.key, n.cfg.Layers+1), uint32(doc*len(features)))
	for j, m := range mask {
		features[j] *= float64(m)
	}
}

// pool makes one vector of a document's outputs.
func (r *reference) pool(kind Pooling, out [][]float64) []float64 {
	switch kind {
	case PoolMean:
		return weighted(out, slices.Repeat([]float64{1 / float64(len(out))}, len(out)))
	case PoolMax:
		return largest(out)
	case PoolMeanMax:
		return append(r.pool(PoolMean, out), largest(out)...)
	case PoolAttention:
		return weighted(out, r.attention(out))
	default:
		return append(slices.Clone(out[len(out)-1][:r.cfg.Hidden]), out[0][r.cfg.Hidden:r.cfg.Width()]...)
	}
}

// attention returns softmax over t of v·tanh(W·h_t + b).
func (r *reference) attention(out [][]float64) []float64 {
	alpha, sum := make([]float64, len(out)), 0.0
	for t, h := range out {
		score := 0.0
		for i, v := range r.weights["attention.vector"] {
			score += v * math.Tanh(affine(r.weights["attention.weight"], r.weights["attention.bias"], i, h))
		}
		alpha[t] = math.Exp(score)
		sum += alpha[t]
	}
	for t := range alpha {
		alpha[t] /= sum
	}
	return alpha
}

func weighted(out [][]float64, alpha []float64) []float64 {
	sum := make([]float64, len(out[0]))
	for t, h := range out {
		for j, v := range h {
			sum[j] += alpha[t] * v
		}
	}
	return sum
}

func largest(out [][]float64) []float64 {
	top := slices.Clone(out[0])
	for _, h := range out {
		for j, v := range h {
			top[j] = math.Max(top[j], v)
		}
	}
	return top
}

// classifierConfigs lists every pooling in one and in both directions, with and without n-grams and dropout. The cells
// take turns: their own gradients are the business of other tests.
func classifierConfigs(vocab, embedding, hidden int) []ClassifierConfig {
	var list []ClassifierConfig
	for i, pooling := range Poolings {
		plain := ClassifierConfig{
			VocabSize: vocab, Embedding: embedding, Labels: 3, Pooling: pooling,
			RecurrentConfig: RecurrentConfig{Cell: []Cell{LSTM, GRU, RNN}[i%3], Layers: 2, Hidden: hidden},
		}
		both := plain
		both.Bidirectional = true
		both.Buckets, both.FeatureWidth, both.FeatureDropout = 5, 4, 0.3
		both.InputDropout, both.Dropout, both.OutputDropout = 0.1, 0.3, 0.2
		list = append(list, plain, both)
	}
	return list
}

func eachClassifier(t *testing.T, embedding, hidden int, check func(t *testing.T, n *classifierNet)) {
	t.Helper()
	for _, vocab := range []int{7, tableLimit + 1} { // through the table where that is possible, and through the rows
		for _, cfg := range classifierConfigs(vocab, embedding, hidden) {
			t.Run(caseName(cfg.RecurrentConfig, cfg.Pooling, "vocabulary ", vocab), func(t *testing.T) {
				check(t, newClassifierNet(t, cfg, 2))
			})
		}
	}
}

func TestClassifierForward(t *testing.T) {
	eachClassifier(t, 19, 37, func(t *testing.T, n *classifierNet) {
		got := n.batch.Forward(n.docs, n.ref.key)
		for d, want := range n.reference() {
			compare(t, fmt.Sprintf("logits of document %d", d), widen(got[d]), want, forwardTolerance)
		}
	})
}

func TestClassifierGradients(t *testing.T) {
	eachClassifier(t, 2, 3, func(t *testing.T, n *classifierNet) {
		n.batch.Forward(n.docs, n.ref.key)
		n.batch.Backward(n.weights)
		variables := gradientsOf(n.Parameters(), n.ref)
		variables[0] = n.usedEmbeddings(t, variables[0])
		checkGradients(t, variables, func() float64 {
			loss := 0.0
			for d, logits := range n.reference() {
				for label, w := range n.weights[d] {
					loss += float64(w) * logits[label]
				}
			}
			return loss
		})
	})
}

// usedEmbeddings leaves out the embeddings of tokens that are in no document, of which a large vocabulary has hundreds,
// and checks that their gradient is zero.
func (n *classifierNet) usedEmbeddings(t *testing.T, all variable) variable {
	t.Helper()
	used := map[int]bool{}
	for _, doc := range n.docs {
		for _, token := range doc.Tokens {
			used[int(token)] = true
		}
	}
	width, highest := n.cfg.Embedding, 0
	for token := range n.cfg.VocabSize {
		if used[token] {
			highest = token
			continue
		}
		for _, g := range all.grad[token*width : (token+1)*width] {
			if g != 0 {
				t.Errorf("token %d is nowhere, its gradient is %v", token, g)
			}
		}
	}
	end := (highest + 1) * width
	return variable{all.name, all.value[:end], all.grad[:end]}
}

// TestDocumentsDoNotMeet: a document gets the same bits alone and in a batch.
func TestDocumentsDoNotMeet(t *testing.T) {
	eachClassifier(t, 19, 37, func(t *testing.T, n *classifierNet) {
		all, one := n.NewBatch(n.batch.workers), n.NewBatch(n.batch.workers)
		logits := all.Forward(n.docs, 0)
		for d := range n.docs {
			sameBits(t, "logits", one.Forward(n.docs[d:d+1], 0)[0], logits[d])
		}
	})
}

// TestClassifierBits: neither the number of workers nor what a batch held before changes a bit.
func TestClassifierBits(t *testing.T) {
	eachClassifier(t, 19, 37, func(t *testing.T, n *classifierNet) {
		for workers := 1; workers <= 3; workers++ {
			other := newClassifierNet(t, n.cfg, workers)
			for _, docs := range [][]Document{backwards(n.docs), n.docs[3:]} {
				other.batch.Forward(docs, 5)
				other.batch.Backward(n.weights[:len(docs)])
			}
			for _, net := range []*classifierNet{n, other} {
				net.batch.Forward(n.docs, 91)
				net.batch.Backward(n.weights)
			}
			for i, p := range n.Parameters() {
				sameBits(t, "gradient of "+p.Name, other.Parameters()[i].Grad, p.Grad)
			}
		}
	})
}

// backwards returns the documents read from their ends.
func backwards(docs []Document) []Document {
	list := make([]Document, len(docs))
	for i, doc := range docs {
		list[i] = Document{slices.Clone(doc.Tokens), doc.NGrams}
		slices.Reverse(list[i].Tokens)
	}
	return list
}
