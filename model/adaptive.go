package model

import (
	"errors"
	"fmt"
	"strconv"
)

// The adaptive softmax of Grave et al. (2017), "Efficient softmax approximation for GPUs", as
// torch.nn.AdaptiveLogSoftmaxWithLoss with head_bias computes it. Tokens are in the order of their frequency; cut-offs
// divide them into frequent ones, which a layer over all features h tells apart, and tails of rarer and rarer ones. To
// that layer a tail is one more token; within the tail, a layer over fewer features tells tokens apart:
//
//	ln p(w | h) = ln softmax(W·h + b)[w]                                     for a frequent token
//	ln p(w | h) = ln softmax(W·h + b)[tail i] + ln softmax(V_i·P_i·h)[w]     for a token of tail i
//
// Probabilities are exact and sum to 1. A row costs what its own tail costs, so that most rows cost little.

// tail is a group of tokens from low up to high: P_i is [H/4^(i+1), H], V_i is [high−low, H/4^(i+1)].
type tail struct {
	low, high      int
	project, words *head
}

// tailDivisor is how many times fewer features a tail has than the one before, PyTorch's div_value.
const tailDivisor = 4

// firstCutoff and the factor from cut-off to cut-off follow the paper's finding that few frequent tokens and few tails
// are best: of 30,000 words the first 2,000 make up some nine tenths of an English text.
const (
	firstCutoff  = 2000
	cutoffFactor = 5
)

// DefaultCutoffs returns cut-offs for a vocabulary: 2,000, 10,000, 50,000 and so on, as far as it reaches; none for one of
// up to 2,000 tokens.
func DefaultCutoffs(vocab int) []int {
	var cutoffs []int
	for c := firstCutoff; c < vocab; c *= cutoffFactor {
		cutoffs = append(cutoffs, c)
	}
	return cutoffs
}

// tailWidth returns the number of features of tail i.
func (c Config) tailWidth(i int) int {
	w := c.Width()
	for range i + 1 {
		w /= tailDivisor
	}
	return w
}

// tailEnd returns the token after the last of tail i.
func (c Config) tailEnd(i int) int {
	if i+1 < len(c.Cutoffs) {
		return c.Cutoffs[i+1]
	}
	return c.VocabSize
}

func (c Config) validateCutoffs() error {
	if len(c.Cutoffs) == 0 {
		return nil
	}
	var errs []error
	last := 0
	for _, cut := range c.Cutoffs {
		if cut <= last || cut >= c.VocabSize {
			errs = append(errs, fmt.Errorf("cutoffs are %d; they must rise, from 1 to below the vocabulary's %d", c.Cutoffs, c.VocabSize))
			break
		}
		last = cut
	}
	if c.TieWeights {
		errs = append(errs, errors.New("weights cannot be tied with an adaptive softmax: its layers are narrower than the embedding"))
	}
	if c.tailWidth(len(c.Cutoffs)-1) < 1 {
		errs = append(errs, fmt.Errorf("hidden is %d; that is too small for %d cutoffs, each of which divides it by %d", c.Hidden, len(c.Cutoffs), tailDivisor))
	}
	return errors.Join(errs...)
}

// adaptiveSize returns the number of weights of an adaptive softmax.
func (c Config) adaptiveSize() int {
	n := (c.Cutoffs[0] + len(c.Cutoffs)) * (c.Width() + 1)
	for i, low := range c.Cutoffs {
		n += c.tailWidth(i) * (c.Width() + c.tailEnd(i) - low)
	}
	return n
}

// newAdaptive builds the layers, with the names that PyTorch gives them in a module called head.
func newAdaptive(cfg Config) (*head, []*tail) {
	var tails []*tail
	for i, low := range cfg.Cutoffs {
		name, width := "head.tail."+strconv.Itoa(i), cfg.tailWidth(i)
		tails = append(tails, &tail{
			low: low, high: cfg.tailEnd(i),
			project: newBiasless(name+".0", width, cfg.Width(), nil),
			words:   newBiasless(name+".1", cfg.tailEnd(i)-low, width, nil),
		})
	}
	return newHead("head.head", cfg.Cutoffs[0]+len(tails), cfg.Width(), nil), tails
}
