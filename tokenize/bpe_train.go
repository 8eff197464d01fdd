package tokenize

import (
	"cmp"
	"slices"
)

// trainBPE learns merges from the pieces of a text: again and again, it merges
// the most frequent pair of neighbouring tokens into a new token, until the
// vocabulary is full or no pair is frequent enough (Sennrich et al., Neural
// Machine Translation of Rare Words with Subword Units, 2016). Of pairs that
// are equally frequent, the one of the lowest ids comes first.
func trainBPE(pieces []counted, cfg TrainConfig, norm normaliser) (Tokenizer, error) {
	l := newLearner(pieces)
	for len(l.tokens)+len(specials) < cfg.VocabSize {
		p, count := l.best()
		if count < cfg.MinFrequency || count == 0 {
			break
		}
		l.merge(p)
	}
	return newBytePairs(l.tokens, l.merges, norm)
}

// learnedPiece is the length in bytes to which pieces are cut to learn from:
// every merge goes through the pieces that hold its pair, which in a text
// without blanks, as of genes, would be all of the text. The pairs at the cuts
// are not counted; words and sentences in Chinese are far shorter.
const learnedPiece = 1 << 10

// learner holds the pieces of a text as far as they are merged, and the
// frequency of every pair in them.
type learner struct {
	tokens []string // without the special tokens
	ids    map[string]int32
	merges []pair

	words  []weighted
	counts map[pair]int
	where  map[pair][]int32 // words that may hold the pair
	queue  queue[queued]    // with counts that may be outdated
}

// weighted is a distinct piece, as tokens, and how often it occurs.
type weighted struct {
	ids   []int32
	count int
}

func newLearner(pieces []counted) *learner {
	l := &learner{ids: map[string]int32{}, counts: map[pair]int{}, where: map[pair][]int32{}}
	bytes := l.addBytes()
	slices.SortFunc(pieces, func(a, b counted) int { return cmp.Compare(a.text, b.text) })
	for _, piece := range pieces {
		for text := range slices.Chunk([]byte(piece.text), learnedPiece) {
			ids := make([]int32, len(text))
			for i := range ids {
				ids[i] = bytes[text[i]]
			}
			l.words = append(l.words, weighted{ids, piece.count})
		}
	}
	for w, word := range l.words {
		for i := 1; i < len(word.ids); i++ {
			l.count(pair{word.ids[i-1], word.ids[i]}, word.count, int32(w))
		}
	}
	for p, n := range l.counts {
		l.queue.push(queued{p, n}) // a total order: that of the map does not matter
	}
	return l
}

// addBytes makes a token of every byte, in the order of the characters that
// spell them, and returns the token of each.
func (l *learner) addBytes() (bytes [256]int32) {
	runes := slices.Sorted(slices.Values(byteRunes[:]))
	for _, r := range runes {
		bytes[runeBytes[r]] = l.token(string(r))
	}
	return bytes
}

// token returns the id of a token, which it adds if it is new: two pairs may
// spell the same.
func (l *learner) token(spelled string) int32 {
	id, ok := l.ids[spelled]
	if !ok {
		id = int32(len(specials) + len(l.tokens))
		l.ids[spelled] = id
		l.tokens = append(l.tokens, spelled)
	}
	return id
}

// count adds n to the frequency of a pair in a word.
func (l *learner) count(p pair, n int, word int32) {
	l.counts[p] += n
	if n < 0 {
		return
	}
	at := l.where[p]
	if len(at) == 0 || at[len(at)-1] != word {
		l.where[p] = append(at, word)
	}
}

// best takes the most frequent pair out of the queue; its count is 0 if none
// is left.
func (l *learner) best() (pair, int) {
	for len(l.queue) > 0 {
		q := l.queue.pop()
		n := l.counts[q.pair]
		if n == q.count {
			return q.pair, n
		}
		if n > 0 {
			l.queue.push(queued{q.pair, n})
		}
	}
	return pair{}, 0
}

// merge makes a token of a pair, in every word, and counts the pairs anew that
// it is part of.
func (l *learner) merge(p pair) {
	id := l.token(l.spell(p.left) + l.spell(p.right))
	l.merges = append(l.merges, p)
	words := l.where[p]
	delete(l.where, p)
	changed := map[pair]bool{}
	for _, w := range words {
		l.mergeWord(w, p, id, changed)
	}
	delete(l.counts, p)
	for q := range changed {
		if n := l.counts[q]; n > 0 {
			l.queue.push(queued{q, n})
		}
	}
}

func (l *learner) spell(id int32) string { return l.tokens[int(id)-len(specials)] }

// mergeWord replaces the pair by id in one word, from left to right, and notes
// in changed the pairs that became more frequent.
func (l *learner) mergeWord(w int32, p pair, id int32, changed map[pair]bool) {
	word := &l.words[w]
	ids, n := word.ids, 0
	for i := 0; i < len(ids); i++ {
		if i+1 == len(ids) || ids[i] != p.left || ids[i+1] != p.right {
			ids[n] = ids[i]
			n++
			continue
		}
		if n > 0 {
			l.count(pair{ids[n-1], p.left}, -word.count, w)
			l.count(pair{ids[n-1], id}, word.count, w)
			changed[pair{ids[n-1], id}] = true
		}
		if i+2 < len(ids) {
			l.count(pair{p.right, ids[i+2]}, -word.count, w)
			l.count(pair{id, ids[i+2]}, word.count, w)
			changed[pair{id, ids[i+2]}] = true
		}
		ids[n] = id
		n++
		i++
	}
	word.ids = ids[:n]
}

// queued is a pair with its count when it was queued.
type queued struct {
	pair  pair
	count int
}

// before orders the queue: high counts first, then low ids.
func (q queued) before(r queued) bool {
	return cmp.Or(
		cmp.Compare(r.count, q.count),
		cmp.Compare(q.pair.left, r.pair.left),
		cmp.Compare(q.pair.right, r.pair.right)) < 0
}
