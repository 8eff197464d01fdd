package model

import (
	"math/rand/v2"
	"sync"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Classifier gives a document scores for labels: embedding, recurrent layers, pooling, linear head; beside the pooled
// outputs, on request, the sum of the embeddings of hashed n-grams, a bag as fastText has it (Joulin et al. 2017).
type Classifier struct {
	cfg       ClassifierConfig
	embedding *Parameter // [V, E]
	recurrent *Recurrent
	pooling   pooling
	ngrams    *Parameter // [Buckets, FeatureWidth] or nil
	bagged    bool       // a gradient has been added to that of ngrams since it was cleared
	weight    *Parameter // [Labels, P]
	bias      *Parameter // [Labels]
	w, wT     *kernel.Packed
	packed    bool

	projecting  sync.Mutex
	projections []*projections // of the first layer, a direction; nil until there is a Batch for prediction
}

// NewClassifier builds a classifier with weights drawn from rng. The error lists every field of cfg that is out of range.
func NewClassifier(cfg ClassifierConfig, rng *rand.Rand) (*Classifier, error) {
	c, err := NewEmptyClassifier(cfg)
	if err != nil {
		return nil, err
	}
	cfg.Init.fill(c.embedding, rng, func() { fillNormal(c.embedding, classifierScale, rng) })
	c.recurrent.initialise(rng)
	for _, p := range c.pooling.parameters() {
		if len(p.Shape) == 2 {
			fillXavier(p, rng)
		}
	}
	if c.ngrams != nil {
		fillNormal(c.ngrams, classifierScale, rng)
	}
	cfg.Init.fill(c.weight, rng, func() { fillXavier(c.weight, rng) })
	return c, nil
}

// classifierScale is the standard deviation of embeddings that a classifier starts from: small, because most of its
// words are rare and their embeddings stay near where they begin.
const classifierScale = 0.1

// NewEmptyClassifier builds a classifier whose weights are all zero, to be read from a file.
func NewEmptyClassifier(cfg ClassifierConfig) (*Classifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Classifier{
		cfg:       cfg,
		embedding: newParameter("embedding.weight", cfg.VocabSize, cfg.Embedding),
		recurrent: newRecurrent("rnn.", cfg.RecurrentConfig, cfg.Embedding),
		pooling:   newPooling(cfg),
		weight:    newParameter("head.weight", cfg.Labels, cfg.features()),
		bias:      newParameter("head.bias", cfg.Labels),
		w:         kernel.NewPacked(cfg.features(), cfg.Labels),
	}
	if cfg.Buckets > 0 {
		c.ngrams = newParameter("ngrams.weight", cfg.Buckets, cfg.FeatureWidth)
	}
	return c, nil
}

// Config returns the configuration that the classifier was built from.
func (c *Classifier) Config() ClassifierConfig { return c.cfg }

// Embedding returns the embedding of tokens, [V, E], for a start from vectors that were learned elsewhere.
func (c *Classifier) Embedding() *Parameter { return c.embedding }

// Parameters returns the trainable tensors, always in the same order.
func (c *Classifier) Parameters() []*Parameter {
	ps := append([]*Parameter{c.embedding}, c.recurrent.parameters()...)
	ps = append(ps, c.pooling.parameters()...)
	if c.ngrams != nil {
		ps = append(ps, c.ngrams)
	}
	return append(ps, c.weight, c.bias)
}

// project returns the projections that all prediction shares, a direction, or nil if a residual reads the embeddings, too.
func (c *Classifier) project() []*projections {
	c.projecting.Lock()
	defer c.projecting.Unlock()
	if c.projections == nil && !c.recurrent.residual(0) {
		for _, l := range c.recurrent.layers[0] {
			tokens := min(c.cfg.VocabSize, projectionBytes/4/l.rows()/c.cfg.Directions())
			c.projections = append(c.projections, newProjections(tokens, l.rows()))
		}
	}
	return c.projections
}

// Pack lays the weights out for the arithmetic. It must be called after the classifier was made and whenever Values have
// changed, before the next forward pass.
func (c *Classifier) Pack(w *Workers) {
	c.recurrent.pack(w)
	c.pooling.pack(w)
	for _, p := range c.projections {
		p.forget()
	}
	c.packed = true
	w.PackTransposed(c.w, c.weight.matrix())
	if c.wT != nil {
		w.Pack(c.wT, c.weight.matrix())
	}
}

// SetPrecision decides how products by the weights of the recurrent layers are computed, Float32, Split or Mixed; all else
// stays in Float32. The classifier must be packed afterwards.
func (c *Classifier) SetPrecision(p Precision) {
	c.packed = false
	c.recurrent.setPrecision(p)
}

func (c *Classifier) enableGrad() {
	c.packed = c.packed && c.embedding.Grad != nil
	for _, p := range c.Parameters() {
		p.enableGrad()
	}
	c.recurrent.enableGrad()
	c.pooling.enableGrad()
	if c.wT == nil {
		c.wT = kernel.NewPacked(c.weight.Shape[0], c.weight.Shape[1])
	}
}

func fillNormal(p *Parameter, deviation float64, rng *rand.Rand) {
	for i := range p.Value {
		p.Value[i] = float32(deviation * rng.NormFloat64())
	}
}
