package model

import "math/bits"

// distinct numbers the different tokens among the rows of a window, in the order of the vocabulary. Words follow Zipf's
// law: most of a window's rows hold a few of them, and what depends on a row's token alone need be computed but once a
// token.
type distinct struct {
	tokens []int32  // by number
	rows   []int32  // the number of each row's token
	number []int32  // of a token in the window, [V]
	seen   []uint64 // a bit for each token
}

func newDistinct(vocab int) *distinct {
	return &distinct{number: make([]int32, vocab), seen: make([]uint64, (vocab+63)/64)}
}

// set numbers the tokens of a window.
func (d *distinct) set(tokens []int32) {
	for _, token := range tokens {
		d.seen[token/64] |= 1 << (token % 64)
	}
	d.tokens = d.tokens[:0]
	for i, word := range d.seen {
		for ; word != 0; word &= word - 1 {
			token := int32(64*i + bits.TrailingZeros64(word))
			d.number[token] = int32(len(d.tokens))
			d.tokens = append(d.tokens, token)
		}
		d.seen[i] = 0
	}
	d.rows = d.rows[:0]
	for _, token := range tokens {
		d.rows = append(d.rows, d.number[token])
	}
}
