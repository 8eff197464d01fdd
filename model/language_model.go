package model

import (
	"math"
	"math/rand/v2"
)

// LanguageModel predicts the next token: embedding, recurrent layers, linear head, softmax.
type LanguageModel struct {
	cfg       Config
	embedding *Parameter // [V, E]
	recurrent *Recurrent
	head      *head
	tails     []*tail // of an adaptive softmax, whose frequent tokens are head's
	linear    []*head // head and the tails' layers
	packed    bool
}

// NewLanguageModel builds a model with weights drawn from rng. The error lists every field of cfg that is out of range.
func NewLanguageModel(cfg Config, rng *rand.Rand) (*LanguageModel, error) {
	m, err := NewEmptyLanguageModel(cfg)
	if err != nil {
		return nil, err
	}
	cfg.Init.fill(m.embedding, rng, func() { fillEmbedding(m.embedding, cfg.TieWeights, rng) })
	m.recurrent.initialise(rng)
	if cfg.TieWeights {
		cfg.Init.magnify(m.recurrent.layers[0], math.Sqrt(3)/tiedBound(m.embedding))
	} else {
		cfg.Init.fill(m.head.weight, rng, func() { fillXavier(m.head.weight, rng) })
	}
	for _, t := range m.tails {
		for _, weight := range []*Parameter{t.project.weight, t.words.weight} {
			cfg.Init.fill(weight, rng, func() { fillXavier(weight, rng) })
		}
	}
	return m, nil
}

// NewEmptyLanguageModel builds a model whose weights are all zero, to be read from a file.
func NewEmptyLanguageModel(cfg Config) (*LanguageModel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m := &LanguageModel{cfg: cfg, embedding: newParameter("embedding.weight", cfg.VocabSize, cfg.Embedding)}
	m.recurrent = newRecurrent("rnn.", cfg.RecurrentConfig, cfg.Embedding)
	var tied *Parameter
	if cfg.TieWeights {
		tied = m.embedding
	}
	if len(cfg.Cutoffs) > 0 {
		m.head, m.tails = newAdaptive(cfg)
	} else {
		m.head = newHead("head", cfg.VocabSize, cfg.Width(), tied)
	}
	m.linear = []*head{m.head}
	for _, t := range m.tails {
		m.linear = append(m.linear, t.project, t.words)
	}
	return m, nil
}

// Config returns the configuration that the model was built from.
func (m *LanguageModel) Config() Config { return m.cfg }

// Parameters returns the trainable tensors, always in the same order, the embedding first. A tied weight is there once, as the embedding's.
func (m *LanguageModel) Parameters() []*Parameter {
	ps := append([]*Parameter{m.embedding}, m.recurrent.parameters()...)
	if !m.cfg.TieWeights {
		ps = append(ps, m.head.weight)
	}
	ps = append(ps, m.head.bias)
	for _, t := range m.tails {
		ps = append(ps, t.project.weight, t.words.weight)
	}
	return ps
}

// Pack lays the weights out for the arithmetic. It must be called after the model was made and whenever Values have
// changed, before the next forward pass.
func (m *LanguageModel) Pack(w *Workers) {
	m.recurrent.pack(w)
	for _, h := range m.linear {
		h.pack(w)
	}
	m.packed = true
}

// mustBePacked panics for a model that would compute with weights that are not laid out yet: zeros, or those of before.
func mustBePacked(packed bool) {
	if !packed {
		panic("model: the weights are not packed: call Pack after the model was made, and after NewTrainingWindow, NewTrainingBatch, NewTransduction, NewProbe or SetPrecision")
	}
}

// SetPrecision decides how the weights are kept, and how products by them are computed. The model must be packed
// afterwards. Generating text is bound by reading the weights: BFloat16 halves them. Training takes Float32 or Mixed.
func (m *LanguageModel) SetPrecision(p Precision) {
	m.packed = false
	m.recurrent.setPrecision(p)
	for _, h := range m.linear {
		h.setPrecision(p)
	}
}

// NewState returns the hidden state of a number of streams at their beginning: zero.
func (m *LanguageModel) NewState(streams int) *State { return m.recurrent.newState(streams) }

func (m *LanguageModel) enableGrad() {
	m.packed = m.packed && m.embedding.Grad != nil
	m.embedding.enableGrad()
	m.recurrent.enableGrad()
	for _, h := range m.linear {
		h.enableGrad()
	}
}

// fillEmbedding draws N(0, 1) as torch.nn.Embedding does, or, where the same weights are the head's, numbers that are so
// small that the first logits are, too. What reads those is magnified by as much as their variance is below 1.
func fillEmbedding(p *Parameter, tied bool, rng *rand.Rand) {
	if tied {
		fillUniform(p.Value, tiedBound(p), rng)
		return
	}
	for i := range p.Value {
		p.Value[i] = float32(rng.NormFloat64())
	}
}

// tiedBound is B of the distribution U(−B, B) of an embedding that is the head's weight: 2/√E.
func tiedBound(embedding *Parameter) float64 { return 2 / math.Sqrt(float64(embedding.Shape[1])) }

// fillXavier draws from Xavier's uniform distribution (Glorot & Bengio 2010, eq. 16).
func fillXavier(p *Parameter, rng *rand.Rand) {
	fillUniform(p.Value, math.Sqrt(6/float64(p.Shape[0]+p.Shape[1])), rng)
}
