package generate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// ErrNotFinite says that a model's logits are NaN or infinite: its weights are broken.
var ErrNotFinite = errors.New("the model's logits are not finite: its weights are damaged, or training diverged")

// Sampler chooses tokens, one after another, from one stream of logits.
type Sampler struct {
	cfg    Sampling
	rng    *rand.Rand
	recent []int32 // the last tokens, oldest first
	buffer []candidate
}

// NewSampler returns a Sampler that draws from rng, which may be nil if cfg.Temperature is 0. The error lists every field of
// cfg that is out of range.
func NewSampler(cfg Sampling, rng *rand.Rand) (*Sampler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if rng == nil && cfg.Temperature >= coldest {
		return nil, errors.New("sampling at a temperature above 0 needs a generator of random numbers")
	}
	return &Sampler{cfg: cfg, rng: rng}, nil
}

// Observe tells the Sampler of a token that it did not choose, such as a prompt's.
func (s *Sampler) Observe(id int32) {
	if s.cfg.RepetitionPenalty <= 1 {
		return
	}
	if len(s.recent) == s.cfg.window() {
		s.recent = append(s.recent[:0], s.recent[1:]...)
	}
	s.recent = append(s.recent, id)
}

// Next chooses the next token from logits over the vocabulary. Special tokens are never chosen: a vocabulary of them alone
// is an error, and so are logits that are not finite ([ErrNotFinite]).
func (s *Sampler) Next(logits []float32) (int32, error) {
	cs, err := s.candidates(logits)
	if err != nil {
		return 0, err
	}
	id := s.choose(cs)
	s.Observe(id)
	return id, nil
}

// coldest is the temperature below which only the most likely token is left: float32 over less may be infinite.
const coldest = 1e-100

func (s *Sampler) choose(cs []candidate) int32 {
	if p := s.cfg.RepetitionPenalty; p > 1 {
		penaliseRepetition(cs, s.recent, p)
	}
	if s.cfg.Temperature < coldest {
		return mostLikely(cs).id
	}
	heat(cs, s.cfg.Temperature)
	if k := s.cfg.TopK; k > 0 && k < len(cs) {
		cs = keepTopK(cs, k)
	}
	if p := s.cfg.TopP; p > 0 && p < 1 {
		cs = keepTopP(cs, p)
	}
	if p := s.cfg.MinP; p > 0 {
		cs = keepMinP(cs, p)
	}
	return draw(cs, s.rng.Float64())
}

// candidates lists every token but the special ones.
func (s *Sampler) candidates(logits []float32) ([]candidate, error) {
	first := int(firstOrdinary)
	if len(logits) <= first {
		return nil, fmt.Errorf("a vocabulary of %d tokens has none but special ones: there is nothing to choose", len(logits))
	}
	cs := s.buffer[:0]
	for id, v := range logits[first:] {
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			cs = append(cs, candidate{int32(first + id), f})
			continue
		}
		return nil, ErrNotFinite
	}
	s.buffer = cs
	return cs, nil
}
