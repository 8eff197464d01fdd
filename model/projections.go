package model

import (
	"sync/atomic"

	"github.com/textgen-go/textgen/internal/kernel"
)

// projectionBytes bounds what a classifier keeps of projections: enough for the words that make up nearly all of a text.
const projectionBytes = 32 << 20

// projections are the products of tokens' embeddings with the input weights of a layer, W_ih·x + b, which are most of the
// arithmetic of a small layer and the same wherever a token stands. They are kept when they are first needed, of the
// first tokens of the vocabulary, which are the most frequent. Several scans may share them, each in its goroutine; what a
// row holds is what a product gives, to the bit.
type projections struct {
	rows  kernel.Matrix // [tokens][G·H]
	state []atomic.Uint32
}

// The states of a row.
const (
	rowEmpty uint32 = iota
	rowTaken        // somebody is writing it
	rowReady
)

// newProjections makes room for some tokens; pages of memory that nobody writes cost nothing.
func newProjections(tokens, width int) *projections {
	return &projections{rows: kernel.NewMatrix(tokens, width), state: make([]atomic.Uint32, tokens)}
}

// has reports whether the projection of a token is kept, in the token's row.
func (p *projections) has(token int32) bool {
	return int(token) < len(p.state) && p.state[token].Load() == rowReady
}

// keep remembers the projection of a token, unless somebody has done so or is at it.
func (p *projections) keep(token int32, row []float32) {
	if int(token) < len(p.state) && p.state[token].CompareAndSwap(rowEmpty, rowTaken) {
		copy(p.rows.Row(int(token)), row)
		p.state[token].Store(rowReady)
	}
}

// forget is called when the weights have changed, while nobody reads.
func (p *projections) forget() {
	for i := range p.state {
		p.state[i].Store(rowEmpty)
	}
}
