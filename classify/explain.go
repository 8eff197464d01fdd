package classify

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// Weight says how much a part of a document speaks for a label (above 0) or against it, in nats: its share in the label's
// logit compared with the mean of all labels', or, of a multi-label task, in the label's logit itself. Logits are those
// that the temperature has divided.
type Weight struct {
	Text      string   `json:"text"`
	Weight    float32  `json:"weight"`
	Attention *float32 `json:"attention,omitempty"` // the share that a network with attention gives a token
}

// leastShown is the least weight that three places after the point do not show as 0.
const leastShown = 0.0005

// Heaviest returns the n weights that are largest in size, the largest first, each text once, and none below 0.0005.
func Heaviest(weights []Weight, n int) []Weight {
	sorted := slices.Clone(weights)
	slices.SortStableFunc(sorted, func(a, b Weight) int { return cmp.Compare(size(b), size(a)) })
	var out []Weight
	for _, w := range sorted {
		if len(out) < n && size(w) >= leastShown && !slices.ContainsFunc(out, func(o Weight) bool { return o.Text == w.Text }) {
			out = append(out, w)
		}
	}
	return out
}

// HeaviestNGrams returns the n n-grams whose weights, added up over all their places, are largest in size, as [Heaviest] does.
// A bag counts: of a long document, each place of an n-gram says next to nothing, but all of them may decide.
func (e *Explanation) HeaviestNGrams(n int) []Weight {
	sums, at := []Weight(nil), map[string]int{}
	for _, w := range e.NGrams {
		i, seen := at[w.Text]
		if !seen {
			at[w.Text], sums = len(sums), append(sums, w)
			continue
		}
		sums[i].Weight += w.Weight
	}
	return Heaviest(sums, n)
}

func size(w Weight) float64 { return math.Abs(float64(w.Weight)) }

// Explanation says what a label of a document comes from. The tokens' weights are gradient × input, a first-order account
// of what the network makes of them in their context; the n-grams' weights are exact.
type Explanation struct {
	Label  string   `json:"label"`
	Tokens []Weight `json:"tokens"` // what the network reads, in order; of a long document the beginning. Byte pairs that share a character are one
	NGrams []Weight `json:"ngrams"` // what the bag of n-grams counts, in the order of [bag.NGrams.AppendIDs]; of a document above 64 KiB the beginning

	Joined bool `json:"-"` // the texts of Tokens, one behind the other, are the document; else they are words
}

// explainer is a copy of the network that can go backwards.
type explainer struct {
	mu    sync.Mutex
	batch *model.Batch // nil until it is needed
}

// start makes the copy.
func (e *explainer) start(network *model.Classifier) error {
	if e.batch != nil {
		return nil
	}
	copied, err := model.NewEmptyClassifier(network.Config())
	if err != nil {
		return err
	}
	for i, p := range network.Parameters() {
		copy(copied.Parameters()[i].Value, p.Value)
	}
	w := model.NewWorkers(1)
	e.batch = copied.NewTrainingBatch(w)
	e.batch.Still()
	copied.Pack(w)
	return nil
}

// Explain says which parts of a text speak for and against a label; "" means the most probable one.
func (m *Model) Explain(ctx context.Context, text, label string) (*Explanation, error) {
	p, err := m.Predict(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	if label == "" {
		label = p[0].Label
	}
	at := m.labels.Index(label)
	if at < 0 {
		return nil, unknownLabel(label, m.labels.Names)
	}
	doc, _ := m.document(text)
	count := len(doc.NGrams)
	if len(text) > pieceBytes { // there is no list of all n-grams
		text, count = text[:pieceEnd(text)], doc.Count
		first, _ := m.reader.document(text)
		doc.NGrams = first.NGrams
	}
	tokens, share := m.beginning(doc.Tokens)
	e := &Explanation{Label: label, NGrams: m.explainNGrams(text, doc.NGrams, count, at), Joined: !m.Tokenizer().Kind().Words()}
	e.Tokens, err = m.explainTokens(tokens, at, share)
	return e, err
}

// beginning returns the tokens of a document that are explained, and the share that what is made of them has in its logits:
// where those are means over parts that are read apart, see [scorer.pieces], that of the first part, and where they come from
// the mean over all tokens, that of these.
func (m *Model) beginning(tokens []int32) (first []int32, share float32) {
	n := len(tokens)
	if parts := pieces(m.network.Config(), n); parts > 1 {
		n /= parts
	} else if n = min(n, segmentTokens); m.network.Config().Pooling != model.PoolMean {
		return tokens[:n], 1
	}
	return tokens[:n], float32(n) / float32(len(tokens))
}

// contrast returns the gradient of what a label is explained by with respect to the logits.
func (m *Model) contrast(label int) []float32 {
	grad, share := make([]float32, m.labels.Len()), float32(1/m.metrics.Temperature.T)
	grad[label] = share
	if m.Task() == labelset.MultiClass {
		for i := range grad {
			grad[i] -= share / float32(len(grad))
		}
	}
	return grad
}

func (m *Model) explainTokens(tokens []int32, label int, share float32) ([]Weight, error) {
	m.explain.mu.Lock()
	defer m.explain.mu.Unlock()
	if err := m.explain.start(m.network); err != nil {
		return nil, err
	}
	b := m.explain.batch
	b.Forward([]model.Document{{Tokens: tokens}}, 0)
	grad := m.contrast(label)
	for i := range grad {
		grad[i] *= share
	}
	b.Backward([][]float32{grad})
	saliency, attention := b.Saliency()[0], b.Attention()
	weights := make([]Weight, 0, len(tokens))
	for i, id := range tokens {
		w := Weight{Text: m.reader.tokenizer.Token(id), Weight: saliency[i]}
		if attention != nil {
			w.Attention = &attention[0][i]
		}
		weights = append(weights, w)
	}
	if m.reader.tokenizer.Kind() == tokenize.BPE {
		weights = readable(weights, tokens, m.reader.tokenizer)
	}
	return weights, nil
}

// readable gives the weights of byte pairs the texts that they read as, in place of the vocabulary's spelling of their bytes.
// Those that end within a character are added to the one that ends it, as only all of them can be read.
func readable(weights []Weight, tokens []int32, t tokenize.Tokenizer) []Weight {
	decoder, out := tokenize.NewDecoder(t), weights[:0]
	var sum Weight
	for i, w := range weights {
		sum.Weight += w.Weight
		if w.Attention != nil {
			attention := *w.Attention
			if sum.Attention != nil {
				attention += *sum.Attention
			}
			sum.Attention = &attention
		}
		if sum.Text = decoder.Next(tokens[i]); i == len(weights)-1 {
			sum.Text += decoder.Flush()
		}
		if sum.Text != "" {
			out, sum = append(out, sum), Weight{}
		}
	}
	return out
}

// explainNGrams weighs the n-grams of a text, or of the beginning of a document, that has count of them.
func (m *Model) explainNGrams(text string, ids []int32, count, label int) []Weight {
	b := newBag(m.network)
	if b == nil || len(ids) == 0 {
		return nil
	}
	labels, names := m.labels.Len(), m.reader.grams.Texts(text)
	effects := b.effects(m.contrast(label))
	weights := make([]Weight, len(ids))
	for i, id := range ids {
		row, sum := b.table.Value[int(id)*labels:][:labels], 0.0
		for j, v := range row {
			sum += effects[j] * float64(v)
		}
		weights[i] = Weight{Text: names[i], Weight: float32(sum / math.Sqrt(float64(count)))}
	}
	return weights
}

func unknownLabel(label string, names []string) error {
	return fmt.Errorf("classify: the model has no label %q; it has %s", label, quoteList(names))
}
