package tokenize

import "fmt"

// IDs is a compact array of ids: 1, 2 or 4 bytes each, as the size of the
// vocabulary needs, in blocks, so that it grows without being copied. The zero
// value is not usable; NewIDs makes one. Reading is safe from several
// goroutines as long as none appends.
type IDs struct {
	store    idStore
	from, to int
	view     bool
}

// idStore is what IDs does to ids of one width.
type idStore interface {
	append(ids []int32)
	at(i int) int32
	read(dst []int32, from int)
}

// blockSize is how many ids a block holds.
const blockSize = 1 << 18

// NewIDs returns an empty array for ids in [0, vocab).
func NewIDs(vocab int) *IDs {
	switch {
	case vocab <= 1<<8:
		return &IDs{store: new(blocks[uint8])}
	case vocab <= 1<<16:
		return &IDs{store: new(blocks[uint16])}
	default:
		return &IDs{store: new(blocks[int32])}
	}
}

// Append adds ids, which must be below the vocabulary size that NewIDs was
// told: it panics on one that the width does not hold, and on a view made by
// Slice.
func (a *IDs) Append(ids ...int32) {
	if a.view {
		panic("tokenize: append to a slice of IDs")
	}
	a.store.append(ids)
	a.to += len(ids)
}

// Len is the number of ids.
func (a *IDs) Len() int { return a.to - a.from }

// At is the i-th id. It panics if i is out of range, as a slice does.
func (a *IDs) At(i int) int32 {
	if i < 0 || i >= a.Len() {
		panic(fmt.Sprintf("tokenize: id %d of %d", i, a.Len()))
	}
	return a.store.at(a.from + i)
}

// Read copies ids from position from on into dst and returns how many: fewer
// than len(dst) only at the end.
func (a *IDs) Read(dst []int32, from int) int {
	n := min(len(dst), a.Len()-from)
	if from < 0 || n <= 0 {
		return 0
	}
	a.store.read(dst[:n], a.from+from)
	return n
}

// Slice is a view of the ids in [from, to): it shares memory, and ids appended
// to a later do not show. It panics if the range is not within a.
func (a *IDs) Slice(from, to int) *IDs {
	if from < 0 || to < from || to > a.Len() {
		panic(fmt.Sprintf("tokenize: ids %d to %d of %d", from, to, a.Len()))
	}
	return &IDs{store: a.store, from: a.from + from, to: a.from + to, view: true}
}

// blocks is an array in blocks of blockSize ids, of which the last may be
// shorter.
type blocks[T uint8 | uint16 | int32] struct {
	list [][]T
}

func (b *blocks[T]) append(ids []int32) {
	for len(ids) > 0 {
		last := b.room()
		n := min(len(ids), blockSize-len(*last))
		for _, id := range ids[:n] {
			if int32(T(id)) != id {
				panic(fmt.Sprintf("tokenize: id %d is out of the range that NewIDs was told", id))
			}
			*last = append(*last, T(id))
		}
		ids = ids[n:]
	}
}

// room returns a block that is not full. The first one grows with what is
// appended, so that a short text stays small; the others are made at once.
func (b *blocks[T]) room() *[]T {
	n := len(b.list)
	switch {
	case n == 0:
		b.list = append(b.list, nil)
	case len(b.list[n-1]) == blockSize:
		b.list = append(b.list, make([]T, 0, blockSize))
	}
	return &b.list[len(b.list)-1]
}

func (b *blocks[T]) at(i int) int32 { return int32(b.list[i/blockSize][i%blockSize]) }

func (b *blocks[T]) read(dst []int32, from int) {
	for len(dst) > 0 {
		block := b.list[from/blockSize][from%blockSize:]
		n := min(len(dst), len(block))
		for i, id := range block[:n] {
			dst[i] = int32(id)
		}
		dst, from = dst[n:], from+n
	}
}
