package model

import (
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
)

// embeddingDropout drops whole tokens of the vocabulary for a window, wherever they stand in it, and scales up the others
// (Gal & Ghahramani 2016, section 4.2). Of tied weights the head's use is left alone, as in Merity et al. (2018).
type embeddingDropout struct {
	p    float32
	one  []float32 // [V]
	kept []float32 // [V] the factor on each token's embedding
}

// newEmbeddingDropout returns nil if there is none.
func newEmbeddingDropout(p *pass, vocab int) *embeddingDropout {
	if !p.training || p.cfg.EmbeddingDropout == 0 {
		return nil
	}
	one := slices.Repeat([]float32{1}, vocab)
	return &embeddingDropout{p: float32(p.cfg.EmbeddingDropout), one: one, kept: slices.Clone(one)}
}

// draw drops tokens by the window's key, or none.
func (d *embeddingDropout) draw(noisy bool, key uint64) {
	if !noisy {
		copy(d.kept, d.one)
		return
	}
	kernel.Dropout(d.kept, d.one, d.p, noiseKey(key, embeddingNoise, 0), 0)
}
