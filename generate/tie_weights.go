package generate

import (
	"cmp"

	"github.com/textgen-go/textgen/model"
)

// tiedAbove is the size of vocabulary above which the embedding is the head's weight, too, unless the settings say
// otherwise. What that gains, and why not below, is in docs/benchmarks.md.
const tiedAbove = 4000

// tied returns what the settings choose for a vocabulary. Weights as in another program, or to find out what they do, are
// left as they are.
func (s Settings) tied(vocab int) bool {
	if s.TieWeights != nil {
		return *s.TieWeights
	}
	return vocab > tiedAbove && s.Softmax != AdaptiveSoftmax && s.embedding() == s.Hidden &&
		cmp.Or(s.Init, model.Orthogonal) == model.Orthogonal
}
