package generate

import (
	"errors"
	"fmt"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// Softmax says how probabilities of tokens are made.
type Softmax string

// The ways to make probabilities.
const (
	FullSoftmax     Softmax = "full"     // one layer for all tokens; the zero value means the same
	AdaptiveSoftmax Softmax = "adaptive" // fewer features for rarer tokens, which is faster with 20,000 words or more
)

// cutoffs returns those of an adaptive softmax for a vocabulary, or none.
func (s Settings) cutoffs(vocab int) ([]int, error) {
	switch s.Softmax {
	case "", FullSoftmax:
		return nil, nil
	case AdaptiveSoftmax:
	default:
		return nil, fmt.Errorf("softmax %q is unknown; use %s or %s", s.Softmax, FullSoftmax, AdaptiveSoftmax)
	}
	if s.Tokenizer == tokenize.Char {
		return nil, errors.New("an adaptive softmax needs tokens in the order of their frequency, which characters are not: use words")
	}
	cutoffs := model.DefaultCutoffs(vocab)
	if cutoffs == nil {
		return nil, fmt.Errorf("an adaptive softmax is for large vocabularies, but this one has %d tokens: use the full one", vocab)
	}
	return cutoffs, nil
}
