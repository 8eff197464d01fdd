package model

import "math/bits"

// distinct numbers the different keys among the rows of a window, in rising order. A key is a row's token and, where
// something depends on the row's stream as well, its stream: token·streams + stream. Words follow Zipf's law: most of a
// window's rows hold a few of them, and what depends on a row's key alone need be computed but once a key.
type distinct struct {
	keys   []int32  // by number
	rows   []int32  // the number of each row's key
	number []int32  // of a key in the window
	seen   []uint64 // a bit for each key
}

// set numbers the keys of a window's rows, all below limit.
func (d *distinct) set(keys []int32, limit int) {
	if len(d.number) < limit {
		d.number, d.seen = make([]int32, limit), make([]uint64, (limit+63)/64)
	}
	for _, key := range keys {
		d.seen[key/64] |= 1 << (key % 64)
	}
	d.keys = d.keys[:0]
	for i, word := range d.seen {
		for ; word != 0; word &= word - 1 {
			key := int32(64*i + bits.TrailingZeros64(word))
			d.number[key] = int32(len(d.keys))
			d.keys = append(d.keys, key)
		}
		d.seen[i] = 0
	}
	d.rows = d.rows[:0]
	for _, key := range keys {
		d.rows = append(d.rows, d.number[key])
	}
}
