package model

import (
	"errors"
	"math/rand/v2"
)

// TransducerConfig describes a [Transducer].
type TransducerConfig struct {
	Inputs  int `json:"inputs"`  // numbers that a step reads
	Outputs int `json:"outputs"` // numbers that a step answers
	RecurrentConfig
}

// Validate reports every field that is out of range.
func (c TransducerConfig) Validate() error {
	errs := []error{inRange("inputs", c.Inputs, 1, 1<<16), inRange("outputs", c.Outputs, 1, 1<<16), c.RecurrentConfig.Validate()}
	if c.Bidirectional {
		errs = append(errs, errors.New("a transducer answers at every step and cannot be bidirectional: it would see what comes"))
	}
	if c.EmbeddingDropout > 0 {
		errs = append(errs, errors.New("embedding_dropout is for models of tokens: a transducer has no embedding"))
	}
	return errors.Join(errs...)
}

// Transducer turns a sequence of vectors of real numbers into another, step by step: recurrent layers that read the
// inputs as they are, without an embedding, and a linear head. What its outputs mean, values or the logits of classes,
// and what their loss is, is for the caller to say.
type Transducer struct {
	cfg       TransducerConfig
	recurrent *Recurrent
	head      *head
	packed    bool
}

// NewTransducer builds a network with weights drawn from rng. The error lists every field of cfg that is out of range.
func NewTransducer(cfg TransducerConfig, rng *rand.Rand) (*Transducer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m := &Transducer{
		cfg: cfg, recurrent: newRecurrent("rnn.", cfg.RecurrentConfig, cfg.Inputs), head: newHead("head", cfg.Outputs, cfg.Width(), nil),
	}
	m.recurrent.initialise(rng)
	cfg.Init.fill(m.head.weight, rng, func() { fillXavier(m.head.weight, rng) })
	return m, nil
}

// Config returns the configuration that the network was built from.
func (m *Transducer) Config() TransducerConfig { return m.cfg }

// Parameters returns the trainable tensors, always in the same order.
func (m *Transducer) Parameters() []*Parameter {
	return append(m.recurrent.parameters(), m.head.weight, m.head.bias)
}

// Pack lays the weights out for the arithmetic. It must be called after the network was made and whenever Values have
// changed, before the next forward pass.
func (m *Transducer) Pack(w *Workers) {
	m.recurrent.pack(w)
	m.head.pack(w)
	m.packed = true
}

func (m *Transducer) enableGrad() {
	m.packed = m.packed && m.head.weight.Grad != nil
	m.recurrent.enableGrad()
	m.head.enableGrad()
}
