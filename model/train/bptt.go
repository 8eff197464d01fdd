package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// BPTT says how a language model goes through its tokens: truncated backpropagation through time, BPTT(Steps; Every) of
// Williams & Peng (1990). The tokens are cut into Batch streams of equal length, which are read side by side in windows
// of Steps tokens. A window begins Every tokens after the one before and learns from the tokens that none has predicted
// before: its last Every, at an epoch's start all. The hidden state goes on from window to window, gradients do not; an
// epoch starts from a hidden state of zeros. What does not fill a window at the end of a stream is left out of an epoch.
//
// With Every = Steps, gradients flow through Steps/2 tokens on average and through one at a window's start. With Every
// well below Steps, they flow through at least Steps−Every; each token is then read Steps/Every times, which costs time
// in proportion.
type BPTT struct {
	Batch int `json:"batch,omitempty" yaml:"batch"` // parallel streams; 0 means 32
	Steps int `json:"bptt,omitempty" yaml:"bptt"`   // tokens of a window: k2 of Williams & Peng; 0 means 64

	Every int `json:"bptt_every,omitempty" yaml:"bptt_every"` // tokens from one window to the next: k1, at most Steps; 0 means Steps

	// Tail, if above 0, is the share of every stream that is trained on, in whole windows; the rest of each stream is
	// for validation, as in char-rnn. There must be no other tokens for validation then.
	Tail float64 `json:"tail,omitempty" yaml:"tail"`

	// Shift starts every epoch at a random token: the text is read as a ring. Streams and windows then begin elsewhere
	// in each epoch, and what one epoch leaves out another sees. It cannot be combined with Tail.
	Shift bool `json:"shift,omitempty" yaml:"shift"`

	// Reset is the probability with which a stream's hidden state is set to zero before a window. A state that is carried
	// on for a whole epoch drifts to where no text begins: a model that has not seen zeros for long predicts badly from
	// them (measured on the built-in stories after 200 steps: 2.73 nats a word in validation against 1.66 in training).
	Reset float64 `json:"reset,omitempty" yaml:"reset"`

	ValidBatch  int `json:"valid_batch,omitempty" yaml:"valid_batch"`   // parallel streams in validation; 0 means Batch, or fewer if they would be shorter than 8 windows
	ValidTokens int `json:"valid_tokens,omitempty" yaml:"valid_tokens"` // validate on about so many tokens, from the beginnings of the streams; 0 means all

	Seed uint64 `json:"seed" yaml:"seed"` // of dropout and Shift
}

// Validate reports the first field that is out of range.
func (c BPTT) Validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{{"batch", c.Batch}, {"bptt", c.Steps}, {"bptt_every", c.Every}, {"valid_batch", c.ValidBatch}, {"valid_tokens", c.ValidTokens}} {
		if f.value < 0 {
			return fmt.Errorf("training: %s is %d; it must not be negative", f.name, f.value)
		}
	}
	if !(c.Tail >= 0 && c.Tail < 1) {
		return fmt.Errorf("training: the share of a stream to train on is %v; it must be from 0 up to, but without, 1", c.Tail)
	}
	if !(c.Reset >= 0 && c.Reset <= 1) {
		return fmt.Errorf("training: the probability of a reset is %v; it must be from 0 to 1", c.Reset)
	}
	if c.Tail > 0 && c.Shift {
		return errors.New("training: with a split of the streams they cannot shift: what is for validation would be trained on")
	}
	return nil
}

// LanguageModel is the objective of predicting each token from those before it.
type LanguageModel struct {
	model   *model.LanguageModel
	workers *model.Workers
	cfg     BPTT

	streams streams
	state   *model.State
	window  *model.Window
	inputs  []int32 // [Steps][Batch]
	targets []int32
	epoch   int
	batch   int // windows of this epoch that are done
	batches int // windows of an epoch
	probe   *languageProbe

	validation *validation // nil if there is nothing to validate on
}

// NewLanguageModel makes the objective that trains m on some tokens and validates it on others. Valid may be nil.
func NewLanguageModel(m *model.LanguageModel, w *model.Workers, cfg BPTT, tokens, valid Tokens) (*LanguageModel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Batch = cmp.Or(cfg.Batch, 32)
	cfg.Steps = cmp.Or(cfg.Steps, 64)
	cfg.Every = cmp.Or(cfg.Every, cfg.Steps)
	if cfg.Every > cfg.Steps {
		return nil, fmt.Errorf("training: bptt_every is %d and bptt %d: what lies between two windows would never be learned", cfg.Every, cfg.Steps)
	}
	length := (tokens.Len() - 1) / cfg.Batch
	if length < cfg.Steps {
		return nil, fmt.Errorf("training: %d tokens are too few for %d streams with windows of %d, which need %d: use a smaller batch or shorter windows",
			tokens.Len(), cfg.Batch, cfg.Steps, cfg.Batch*cfg.Steps+1)
	}
	o := &LanguageModel{model: m, workers: w, cfg: cfg, batches: 1 + (length-cfg.Steps)/cfg.Every}
	o.streams = streams{
		tokens: tokens, vocab: m.Config().VocabSize, count: cfg.Batch, stride: length, row: make([]int32, cfg.Steps+1),
	}
	if err := o.splitOff(tokens, valid, length); err != nil {
		return nil, err
	}
	o.streams.length = o.covered()
	o.state = m.NewState(cfg.Batch)
	o.window = m.NewTrainingWindow(w, cfg.Steps, cfg.Batch)
	o.inputs = make([]int32, cfg.Steps*cfg.Batch)
	o.targets = make([]int32, cfg.Steps*cfg.Batch)
	o.probe = newLanguageProbe(m, w, cfg)
	o.locate()
	return o, nil
}

// splitOff sets up the validation, on tokens of its own or on the ends of the streams, each of a length.
func (o *LanguageModel) splitOff(tokens, valid Tokens, length int) error {
	s := o.streams
	switch {
	case o.cfg.Tail > 0 && valid != nil:
		return errors.New("training: there are tokens for validation, and a split of the streams as well: choose one")
	case o.cfg.Tail > 0:
		o.batches = int(float64(o.batches) * o.cfg.Tail)
		if o.batches < 1 {
			return fmt.Errorf("training: a share of %v of a stream of %d tokens holds no window of %d: use a smaller batch or shorter windows", o.cfg.Tail, length, o.cfg.Steps)
		}
		s.origin = o.covered()
		s.length = length - s.origin
	case valid != nil:
		n := valid.Len() - 1
		if n < 1 {
			return fmt.Errorf("training: %d tokens for validation are too few, for the first is not predicted", valid.Len())
		}
		s.tokens = valid
		s.count = min(n, cmp.Or(o.cfg.ValidBatch, max(1, min(o.cfg.Batch, n/(8*o.cfg.Steps)))))
		s.length = n / s.count
		s.stride = s.length
	default:
		return nil
	}
	if limit := o.cfg.ValidTokens; limit > 0 {
		s.length = min(s.length, max(1, limit/s.count))
	}
	o.validation = newValidation(o.model, o.workers, s, o.cfg.Steps)
	return nil
}

// Parameters implements [Objective].
func (o *LanguageModel) Parameters() []*model.Parameter { return o.model.Parameters() }

// StepsPerEpoch implements [Objective].
func (o *LanguageModel) StepsPerEpoch() int { return o.batches }

// Updated implements [Objective].
func (o *LanguageModel) Updated() { o.model.Pack(o.workers) }

// Step implements [Objective]. After the first it allocates nothing.
func (o *LanguageModel) Step() (Batch, error) {
	if o.batch == o.batches {
		o.epoch++
		o.batch = 0
		o.locate()
	}
	o.resetStreams()
	if err := o.streams.fill(o.inputs, o.targets, o.batch*o.cfg.Every, o.cfg.Steps); err != nil {
		return Batch{}, err
	}
	learned := 0 // steps that the windows before have learned from
	if o.batch > 0 {
		learned = o.cfg.Steps - o.cfg.Every
	}
	nats := o.window.ForwardPart(o.inputs, o.targets, o.state, o.random(o.epoch, o.batch+1), learned, o.cfg.Every)
	o.window.Backward()
	o.batch++
	return Batch{Nats: nats, Tokens: len(o.targets) - learned*o.cfg.Batch}, nil
}

// covered returns the number of tokens of a stream that the windows of an epoch predict.
func (o *LanguageModel) covered() int { return o.cfg.Steps + (o.batches-1)*o.cfg.Every }

// resetStreams lets streams begin anew: all of them at the start of an epoch, each now and then with Reset.
func (o *LanguageModel) resetStreams() {
	if o.batch == 0 {
		o.state.Reset()
		return
	}
	if o.cfg.Reset == 0 {
		return
	}
	var pcg rand.PCG
	pcg.Seed(o.cfg.Seed, o.random(o.epoch, o.batch+1))
	for b := range o.cfg.Batch {
		if float64(pcg.Uint64()>>11)/(1<<53) < o.cfg.Reset {
			o.state.ResetStream(b)
		}
	}
}

// locate sets where the streams of this epoch begin. The remainder of a 64-bit number favours no token noticeably.
func (o *LanguageModel) locate() {
	if o.cfg.Shift {
		o.streams.origin = int(o.random(o.epoch, 0) % uint64(o.streams.tokens.Len()))
	}
}

// random returns a number that is all but independent for each seed, epoch and batch; batch 0 stands for the epoch.
func (o *LanguageModel) random(epoch, batch int) uint64 {
	var pcg rand.PCG
	pcg.Seed(o.cfg.Seed, uint64(epoch)<<32|uint64(uint32(batch)))
	return pcg.Uint64()
}

// Validate implements [Objective]: see [LanguageModel.ValidationTokens] for what is scored. Streams start from a hidden
// state of zeros.
func (o *LanguageModel) Validate(ctx context.Context) (Metrics, error) {
	if o.validation == nil {
		return Metrics{}, errors.New("there are no tokens for validation: give some, or set eval_every to -1")
	}
	return o.validation.run(ctx)
}

// ValidationTokens returns how many tokens Validate scores: each once, all but the first of every stream, which has no
// predecessor there, though it is the last target of the stream before. Of n tokens in B streams these are
// B·⌊(n−1)/B⌋, so that fewer than B are left out at the end.
func (o *LanguageModel) ValidationTokens() int {
	if o.validation == nil {
		return 0
	}
	return o.validation.streams.count * o.validation.streams.length
}

// TrainingTokens returns how many tokens an epoch learns from.
func (o *LanguageModel) TrainingTokens() int { return o.cfg.Batch * o.covered() }

// Position implements [Objective].
func (o *LanguageModel) Position() Position {
	return Position{Epoch: o.epoch, Batch: o.batch, Batches: o.batches, Seed: o.cfg.Seed, Tensors: o.state.Tensors()}
}

// Restore implements [Objective]. The seed of the position replaces that of the config.
func (o *LanguageModel) Restore(p Position) error {
	if p.Batches != o.batches {
		return fmt.Errorf("position in the data: an epoch had %d windows, now it has %d: resume with the same text, batch and bptt", p.Batches, o.batches)
	}
	if p.Epoch < 0 || p.Batch < 0 || p.Batch > p.Batches {
		return fmt.Errorf("position in the data: window %d of %d in epoch %d cannot be", p.Batch, p.Batches, p.Epoch)
	}
	if err := optim.CopyTensors(o.state.Tensors(), p.Tensors); err != nil {
		return fmt.Errorf("position in the data: %w", err)
	}
	o.epoch, o.batch, o.cfg.Seed = p.Epoch, p.Batch, p.Seed
	o.locate()
	return nil
}
