package tokenize

import (
	"fmt"
	"sync"
	"unicode/utf8"
)

// bytePairs is the tokenizer of kind BPE: text is split into pieces, a piece
// into bytes, and the bytes of a piece are merged pair by pair, in the order in
// which the trainer learned the pairs. Every byte is a token, so that nothing
// is unknown and any bytes come back exactly.
//
// Tokens spell bytes as GPT-2 does: see byteRunes.
type bytePairs struct {
	vocabulary
	merger
	norm   normaliser
	merges []pair   // by rank
	text   [][]byte // the bytes of each token
}

// merger merges the bytes of pieces.
type merger struct {
	bytes [256]int32         // the token of each byte
	ranks map[uint64]merging // what becomes of pairs, by pair.key
	memos sync.Pool          // of *memo
}

// pair is two tokens that stand side by side.
type pair struct{ left, right int32 }

// key is the pair as a number, for which maps are fastest.
func (p pair) key() uint64 { return uint64(uint32(p.left))<<32 | uint64(uint32(p.right)) }

// merging is what becomes of a pair, and when: low ranks come first.
type merging struct{ rank, id int32 }

// newBytePairs returns the tokenizer with the vocabulary of the special tokens
// and then tokens, which must have every byte, and with merges by rank.
func newBytePairs(tokens []string, merges []pair, norm normaliser) (*bytePairs, error) {
	v, err := newVocabulary(tokens)
	if err != nil {
		return nil, err
	}
	t := &bytePairs{vocabulary: v, norm: norm, merges: merges}
	if err := t.setBytes(); err != nil {
		return nil, err
	}
	return t, t.setRanks()
}

// setBytes sets the bytes of each token and the token of each byte.
func (t *bytePairs) setBytes() error {
	t.text = make([][]byte, len(t.tokens))
	for id, token := range t.tokens {
		if id < len(specials) {
			t.text[id] = []byte(token)
			continue
		}
		text, ok := tokenBytes(token)
		if !ok {
			return fmt.Errorf("token %d, %q, has a character that stands for no byte", id, token)
		}
		t.text[id] = text
	}
	for b := range t.bytes {
		id, ok := t.ids[string(byteRunes[b])]
		if !ok {
			return fmt.Errorf("the vocabulary lacks %q, which stands for byte %d", byteRunes[b], b)
		}
		t.bytes[b] = id
	}
	return nil
}

// setRanks indexes the merges.
func (t *bytePairs) setRanks() error {
	t.ranks = make(map[uint64]merging, len(t.merges))
	for rank, p := range t.merges {
		left, right := t.Token(p.left), t.Token(p.right)
		id, ok := t.ids[left+right]
		if !ok || left == "" || right == "" {
			return fmt.Errorf("merge %d, of %q and %q, gives no token of the vocabulary", rank, left, right)
		}
		if _, twice := t.ranks[p.key()]; twice {
			return fmt.Errorf("merge %d, of %q and %q, stands twice", rank, left, right)
		}
		t.ranks[p.key()] = merging{int32(rank), id}
	}
	return nil
}

func (t *bytePairs) Kind() Kind             { return BPE }
func (t *bytePairs) normaliser() normaliser { return t.norm }

func (t *bytePairs) AppendIDs(dst []int32, text []byte) ([]int32, Unknowns) {
	return appendIDs(t, dst, text)
}

// encode implements native. Nothing is unknown to it.
func (t *bytePairs) encode(dst []int32, text []byte, last bool, _ *unknowns) ([]int32, int) {
	m := t.memo()
	defer t.memos.Put(m)
	used := splitPieces(text, last, func(at, end int) {
		dst = m.encode(dst, &t.merger, text[at:end])
	})
	return dst, used
}

// memo takes a memo out of the pool, into which it belongs after use.
func (t *merger) memo() *memo {
	if m, ok := t.memos.Get().(*memo); ok {
		return m
	}
	return &memo{spans: map[string]span{}}
}

func (t *bytePairs) AppendText(dst []byte, ids []int32) []byte {
	for _, id := range ids {
		if id >= 0 && int(id) < len(t.text) {
			dst = append(dst, t.text[id]...)
		}
	}
	return dst
}

// memo remembers the ids of pieces, since texts repeat their words, and holds
// the space in which merge works.
type memo struct {
	spans   map[string]span
	ids     []int32
	symbols []symbol
	queue   queue[candidate]
}

// span is a range of memo.ids.
type span struct{ from, to int32 }

// Bounds of a memo: about 8 MB at most.
const (
	memoPieces = 1 << 16
	memoIDs    = 1 << 19
	memoLength = 64 // longer pieces are rarely seen twice
)

// encode appends the ids of a piece to dst.
func (m *memo) encode(dst []int32, t *merger, piece []byte) []int32 {
	if ids, ok := m.find(piece); ok {
		return append(dst, ids...)
	}
	from := len(dst)
	dst = m.merge(dst, t, piece)
	m.add(piece, dst[from:])
	return dst
}

func (m *memo) find(piece []byte) ([]int32, bool) {
	s, ok := m.spans[string(piece)]
	return m.ids[s.from:s.to], ok
}

// add remembers ids; a memo that is full forgets everything first.
func (m *memo) add(piece []byte, ids []int32) {
	if len(piece) > memoLength {
		return
	}
	if len(m.spans) >= memoPieces || len(m.ids)+len(ids) > memoIDs {
		clear(m.spans)
		m.ids = m.ids[:0]
	}
	from := int32(len(m.ids))
	m.ids = append(m.ids, ids...)
	m.spans[string(piece)] = span{from, int32(len(m.ids))}
}

// symbol is a token within a piece, in a list linked both ways.
type symbol struct {
	id         int32 // gone if merged into the symbol before it
	prev, next int32 // none at the ends
}

const (
	gone = -1
	none = -1
)

// candidate is a pair that may be merged: the symbols at and next to at.
type candidate struct {
	rank int32
	at   int32
	id   int32 // of the merged token
	pair pair  // as it was: outdated if the symbols have changed
}

// before orders candidates: low ranks first, and of one rank the leftmost.
func (c candidate) before(d candidate) bool {
	return c.rank < d.rank || c.rank == d.rank && c.at < d.at
}

// merge appends the ids of a piece to dst. It takes O(n log n) for n bytes.
func (m *memo) merge(dst []int32, t *merger, piece []byte) []int32 {
	m.start(t, piece)
	for len(m.queue) > 0 {
		c := m.queue.pop()
		left := &m.symbols[c.at]
		if left.id != c.pair.left || left.next == none || m.symbols[left.next].id != c.pair.right {
			continue
		}
		right := &m.symbols[left.next]
		left.id, left.next = c.id, right.next
		right.id = gone
		if left.next != none {
			m.symbols[left.next].prev = c.at
			m.offer(t, c.at)
		}
		if left.prev != none {
			m.offer(t, left.prev)
		}
	}
	for i := int32(0); i != none && len(piece) > 0; i = m.symbols[i].next {
		dst = append(dst, m.symbols[i].id)
	}
	return dst
}

// start makes the symbols of a piece's bytes and offers their pairs.
func (m *memo) start(t *merger, piece []byte) {
	m.symbols, m.queue = m.symbols[:0], m.queue[:0]
	for i, b := range piece {
		m.symbols = append(m.symbols, symbol{t.bytes[b], int32(i) - 1, int32(i) + 1})
	}
	if len(piece) > 0 {
		m.symbols[len(piece)-1].next = none
	}
	for i := range len(piece) - 1 {
		m.offer(t, int32(i))
	}
}

// offer queues the pair at and next to at, if it merges.
func (m *memo) offer(t *merger, at int32) {
	left := m.symbols[at]
	p := pair{left.id, m.symbols[left.next].id}
	if to, ok := t.ranks[p.key()]; ok {
		m.queue.push(candidate{to.rank, at, to.id, p})
	}
}

// byteRunes spells each byte as a printable character, as GPT-2's encoder.py
// (bytes_to_unicode) does: printable characters of Latin-1 stand for
// themselves, the other bytes, in order, for U+0100 and on.
var byteRunes = func() (runes [256]rune) {
	free := rune(0x100)
	for b := range rune(256) {
		switch {
		case '!' <= b && b <= '~', '¡' <= b && b <= '¬', '®' <= b && b <= 'ÿ':
			runes[b] = b
		default:
			runes[b] = free
			free++
		}
	}
	return runes
}()

// runeBytes is the inverse of byteRunes; -1 where there is none.
var runeBytes = func() (bytes [0x100 + 68]int16) {
	for i := range bytes {
		bytes[i] = -1
	}
	for b, r := range byteRunes {
		bytes[r] = int16(b)
	}
	return bytes
}()

// tokenBytes is the bytes that a token spells.
func tokenBytes(token string) ([]byte, bool) {
	text := make([]byte, 0, utf8.RuneCountInString(token))
	for _, r := range token {
		if int(r) >= len(runeBytes) || runeBytes[r] < 0 {
			return nil, false
		}
		text = append(text, byte(runeBytes[r]))
	}
	return text, len(text) > 0
}
