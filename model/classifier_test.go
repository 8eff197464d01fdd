package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// classifierConfigs returns classifiers of every pooling, in one direction and both, plain and with all that can stand
// beside the stack.
func classifierConfigs(layers, hidden int) []ClassifierConfig {
	var list []ClassifierConfig
	for _, cell := range []Cell{LSTM, GRU} {
		for _, pooling := range Poolings {
			for _, both := range []bool{false, true} {
				cfg := ClassifierConfig{
					VocabSize: 6, Embedding: 4, Labels: 3, Pooling: pooling,
					RecurrentConfig: RecurrentConfig{Cell: cell, Layers: layers, Hidden: hidden, Bidirectional: both},
				}
				list = append(list, cfg)
				cfg.Buckets, cfg.FeatureWidth, cfg.FeatureDropout = 5, 2, 0.3
				cfg.InputDropout, cfg.Dropout, cfg.OutputDropout = 0.2, 0.3, 0.2
				list = append(list, cfg)
			}
		}
	}
	return list
}

func classifierName(cfg ClassifierConfig, extra ...any) string {
	return caseName(cfg.RecurrentConfig, append([]any{cfg.Pooling, fmt.Sprint(",buckets ", cfg.Buckets)}, extra...)...)
}

// classifierNet is a classifier over documents, beside its reference. Its loss is the sum of all logits, weighted at
// random.
type classifierNet struct {
	*Classifier
	batch   *Batch
	docs    []Document
	weights [][]float32 // of the logits in the loss

	ref *reference
	gap float64 // least distance between a largest feature and the next
}

func newClassifierNet(t testing.TB, cfg ClassifierConfig, workers int) *classifierNet {
	t.Helper()
	rng := rand.New(rand.NewPCG(9, 10))
	c, err := NewEmptyClassifier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fillAll(c.Parameters(), rng)
	for _, p := range c.Parameters() { // outputs that hardly differ make attention's gradients cancel
		kernel.Scale(p.Value, 2)
	}
	w := testWorkers(t, workers)
	n := &classifierNet{Classifier: c, batch: c.NewTrainingBatch(w), gap: math.Inf(1)}
	c.Pack(w)
	for i, length := range []int{3, 5, 1, 5} {
		doc := Document{Tokens: randomTokens(length, cfg.VocabSize, rng)}
		if cfg.Buckets > 0 {
			doc.NGrams = randomTokens(2*i, cfg.Buckets, rng) // the first document has none
		}
		n.docs = append(n.docs, doc)
		n.weights = append(n.weights, make([]float32, cfg.Labels))
		fillUniform(n.weights[i], 1, rng)
	}
	n.ref = newReference(cfg.RecurrentConfig, c.Parameters())
	n.ref.dropping, n.ref.key = true, 81
	return n
}

// run goes forward and backward once and returns the logits.
func (n *classifierNet) run() [][]float32 {
	logits := n.batch.Forward(n.docs, n.ref.key)
	var copied [][]float32
	for _, row := range logits {
		copied = append(copied, append([]float32(nil), row...))
	}
	n.batch.Backward(n.weights)
	return copied
}

// reference returns the loss and the logits of every document.
func (n *classifierNet) reference() (loss float64, logits [][]float64) {
	order := n.batch.order // longest first, as the reference wants them
	streams := make([]refStream, len(order))
	for i, d := range order {
		for _, token := range n.docs[d].Tokens {
			streams[i].x = append(streams[i].x, n.row("embedding.weight", int(token), n.cfg.Embedding))
		}
		for range n.cfg.Layers * n.cfg.Directions() {
			zero := refState{make([]float64, n.cfg.Hidden), make([]float64, n.cfg.Hidden)}
			streams[i].initial = append(streams[i].initial, refPast{zero})
		}
	}
	logits = make([][]float64, len(order))
	for i, result := range n.ref.run(streams) {
		d := order[i]
		x := n.drop(append(n.pool(result.out), n.bag(n.docs[d].NGrams)...), i)
		for label, weight := range n.weights[d] {
			z := affine(n.ref.weights["head.weight"], n.ref.weights["head.bias"], label, x)
			logits[d] = append(logits[d], z)
			loss += float64(weight) * z
		}
	}
	return loss, logits
}

// row returns a row of a parameter.
func (n *classifierNet) row(name string, i, width int) []float64 {
	return n.ref.weights[name][i*width : (i+1)*width]
}

// pool makes one vector of a document's outputs.
func (n *classifierNet) pool(out [][]float64) []float64 {
	switch n.cfg.Pooling {
	case PoolMean:
		return mean(out)
	case PoolMax:
		return n.largest(out)
	case PoolMeanMax:
		return append(mean(out), n.largest(out)...)
	case PoolAttention:
		return n.attend(out)
	}
	h := n.cfg.Hidden
	last := append([]float64(nil), out[len(out)-1][:h]...)
	return append(last, out[0][h:]...)
}

func mean(out [][]float64) []float64 {
	sum := make([]float64, len(out[0]))
	for _, h := range out {
		for j, v := range h {
			sum[j] += v / float64(len(out))
		}
	}
	return sum
}

func (n *classifierNet) largest(out [][]float64) []float64 {
	top := append([]float64(nil), out[0]...)
	for j := range top {
		next := math.Inf(-1)
		for _, h := range out[1:] {
			top[j], next = max(top[j], h[j]), max(next, min(top[j], h[j]))
		}
		if top[j] != 0 || next != 0 { // what is dropped is zero and stays so
			n.gap = min(n.gap, top[j]-next)
		}
	}
	return top
}

func (n *classifierNet) attend(out [][]float64) []float64 {
	w, b, v := n.ref.weights["attention.weight"], n.ref.weights["attention.bias"], n.ref.weights["attention.vector"]
	scores, total := make([]float64, len(out)), 0.0
	for t, h := range out {
		score := 0.0
		for k := range v {
			score += v[k] * math.Tanh(affine(w, b, k, h))
		}
		scores[t] = math.Exp(score)
		total += scores[t]
	}
	sum := make([]float64, len(out[0]))
	for t, h := range out {
		for j := range h {
			sum[j] += scores[t] / total * h[j]
		}
	}
	return sum
}

// bag returns the sum of the embeddings of n-grams over the root of their number.
func (n *classifierNet) bag(ids []int32) []float64 {
	if n.cfg.Buckets == 0 {
		return nil
	}
	sum := make([]float64, n.cfg.FeatureWidth)
	for _, id := range ids {
		for j, v := range n.row("ngrams.weight", int(id), len(sum)) {
			sum[j] += v / math.Sqrt(float64(len(ids)))
		}
	}
	return sum
}

// drop returns the features of the document in a place of the batch, times the mask of their dropout.
func (n *classifierNet) drop(x []float64, place int) []float64 {
	if n.cfg.FeatureDropout == 0 {
		return x
	}
	mask := make([]float32, len(x))
	for i := range mask {
		mask[i] = 1
	}
	kernel.Dropout(mask, mask, float32(n.cfg.FeatureDropout), dropoutKey(n.ref.key, n.cfg.Layers+1), uint32(place*len(x)))
	for i, m := range mask {
		x[i] *= float64(m)
	}
	return x
}

func TestClassifierGradients(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 3) {
		for workers := 1; workers <= 2; workers++ {
			t.Run(classifierName(cfg, ",workers ", workers), func(t *testing.T) {
				n := newClassifierNet(t, cfg, workers)
				logits := n.run()
				_, want := n.reference()
				for d := range logits {
					compare(t, fmt.Sprint("logits of document ", d), widen(logits[d]), want[d], gradientTolerance)
				}
				checkGradients(t, gradientTolerance, gradientsOf(n.Parameters(), n.ref), func() float64 {
					loss, _ := n.reference()
					return loss
				})
				if n.gap < 10*difference {
					t.Errorf("two features are %v apart, so that a difference may change which is the largest: take other weights", n.gap)
				}
			})
		}
	}
}

// A document gets the same bits alone and in any batch, in Mixed much the same as in Float32, and in Split nearly so.
func TestClassifierBatchChangesNothing(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 37) {
		t.Run(classifierName(cfg), func(t *testing.T) {
			n := newClassifierNet(t, cfg, 1)
			var exact [][]float32
			for _, precision := range []Precision{Float32, Mixed, Split} {
				n.SetPrecision(precision)
				n.Pack(testWorkers(t, 1))
				together := n.NewBatch(testWorkers(t, 2)).Forward(n.docs, 0)
				alone := n.NewBatch(testWorkers(t, 1))
				for d := range n.docs {
					what := fmt.Sprint(precision, ", logits of document ", d)
					sameBits(t, what, alone.Forward(n.docs[d:d+1], 0)[0], together[d])
					if precision == Float32 {
						exact = append(exact, slices.Clone(together[d]))
						continue
					}
					compare(t, what, widen(together[d]), widen(exact[d]), map[Precision]float64{Mixed: 0.03, Split: 1e-4}[precision])
					if same := slices.Equal(together[d], exact[d]); same && (precision == Mixed || SplitIsFast()) {
						t.Errorf("%s are those of %s", what, Float32)
					}
				}
			}
		})
	}
}

// The number of workers changes no bit of a training step.
func TestClassifierWorkersChangeNothing(t *testing.T) {
	for _, cfg := range classifierConfigs(1, 37) {
		t.Run(classifierName(cfg), func(t *testing.T) {
			one, two := newClassifierNet(t, cfg, 1), newClassifierNet(t, cfg, 2)
			want, got := one.run(), two.run()
			for d := range want {
				sameBits(t, fmt.Sprint("logits of document ", d), got[d], want[d])
			}
			for i, p := range one.Parameters() {
				sameBits(t, "gradient of "+p.Name, two.Parameters()[i].Grad, p.Grad)
			}
		})
	}
}

// Readers of files rely on Size before anything is allocated.
func TestClassifierSize(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 5) {
		c, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, p := range c.Parameters() {
			count += p.Len()
		}
		if cfg.Size() != count {
			t.Errorf("%s: Size is %d, but there are %d weights", classifierName(cfg), cfg.Size(), count)
		}
	}
}

// TestStillBatches: a training batch that is still computes what one that was never random does.
func TestStillBatches(t *testing.T) {
	cfg := ClassifierConfig{
		VocabSize: 9, Embedding: 5, Labels: 3, Pooling: PoolMean, FeatureDropout: 0.5,
		RecurrentConfig: RecurrentConfig{
			Cell: LSTM, Layers: 2, Hidden: 7, Bidirectional: true, InputDropout: 0.5, Dropout: 0.5, OutputDropout: 0.5,
			Variational: true, EmbeddingDropout: 0.5, WeightDrop: 0.5,
		},
	}
	c, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	w := testWorkers(t, 2)
	still, other := c.NewTrainingBatch(w), c.newBatch(w, false)
	still.Still()
	c.Pack(w)
	docs := []Document{{Tokens: []int32{1, 2, 3}}, {Tokens: []int32{4, 5, 6, 7, 8}}}
	got, want := still.Forward(docs, 88), other.Forward(docs, 0)
	for i := range want {
		sameBits(t, "logits", got[i], want[i])
	}
}
