// Package bag puts labels on texts by what is in them, wherever it stands: hashed sequences of words and characters
// ([NGrams]), whose weights naive Bayes counts ([Bayes]) or logistic regression learns ([Linear]). [Trainer] makes the
// bag beside a network.
package bag

import (
	"iter"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NGrams are the parts of a text that a bag-of-features model looks at, by their hashes. Words are runs of letters,
// marks and digits in lower case; every other character that is not white space is a word of its own.
type NGrams struct {
	Words   int `json:"words"`   // sequences of 1, 2, … Words words; 0: none
	Chars   int `json:"chars"`   // sequences of 1, 2, … Chars characters of a word, its two ends counted as characters; 0: none
	Buckets int `json:"buckets"` // the number of ids

	// Marks counts the two ends of the text as words, and a mark before a capital letter as a character of its word.
	// It makes no other difference that capitals are read in lower case.
	Marks bool `json:"marks,omitempty"`
	// Across lets sequences of characters run across words, with one blank between, as if the text were one word.
	Across bool `json:"across,omitempty"`
	// Start is the number of words between white space with which a text starts that are looked at once more, as a text of
	// their own whose parts are parts of other kinds: where a sentence begins says what it is about. 0: none.
	Start int `json:"start,omitempty"`
}

// The offset basis and the prime of FNV-1a with 64 bits (Fowler, Noll, Vo), which hashes words.
const (
	fnvBasis = 0xcbf29ce484222325
	fnvPrime = 0x100000001b3
)

// ngramFactor makes the hash of a sequence from those of its parts, h·factor + next, as fastText does (Joulin et al.
// 2016; Dictionary::addWordNgrams).
const ngramFactor = 116049371

// ShortText is the mean length in bytes up to which the characters of texts are looked at. In longer texts the words
// say more, and the time would be long.
const ShortText = 300

// charSeed keeps sequences of characters apart from words.
const charSeed = 0x9e3779b97f4a7c15

// The kinds of parts, in the order in which they are appended.
const (
	gramsOfWords = iota
	gramsOfChars
	gramsOfStartWords
	gramsOfStartChars
	gramKinds
)

// startWords is the length in words of the longest sequence that is looked at in the beginning of a text.
const startWords = 3

// startSeed keeps the parts of a text's beginning apart from those of the text.
const startSeed = 0xd1b54a32d192ed03

// AppendHashes appends a hash for each part of the text, kind after kind: sequences of words, of characters, and both of
// the beginning. Different parts collide with a probability of about 2⁻⁶⁴.
func (g NGrams) AppendHashes(dst []uint64, text string) []uint64 {
	for kind := range gramKinds {
		dst = g.appendKind(dst, kind, text)
	}
	return dst
}

// AppendIDs appends an id in [0, Buckets) for each part of the text, in the order of AppendHashes. Different parts may
// have the same id, but only parts of one kind: see [NGrams.ranges].
func (g NGrams) AppendIDs(dst []int32, text string) []int32 {
	return g.appendIDs(dst, text, gramKinds)
}

// AppendLaterIDs is AppendIDs for a piece of a text that is not where the text starts.
func (g NGrams) AppendLaterIDs(dst []int32, text string) []int32 {
	return g.appendIDs(dst, text, gramsOfStartWords)
}

// appendIDs appends the ids of the first kinds. It makes room for just as many: those of all documents are kept.
func (g NGrams) appendIDs(dst []int32, text string, kinds int) []int32 {
	ranges, hashes := g.ranges(), make([]uint64, 0, 2*len(text)/3)
	var ends [gramKinds]int
	for kind := range kinds {
		hashes = g.appendKind(hashes, kind, text)
		ends[kind] = len(hashes)
	}
	dst = slices.Grow(dst, len(hashes))
	from := 0
	for kind, end := range ends[:kinds] {
		for _, hash := range hashes[from:end] {
			dst = append(dst, ranges[kind].bucket(hash))
		}
		from = end
	}
	return dst
}

// appendKind appends the hashes of the parts of a kind.
func (g NGrams) appendKind(dst []uint64, kind int, text string) []uint64 {
	switch kind {
	case gramsOfWords:
		return g.appendWords(dst, text)
	case gramsOfChars:
		return g.appendChars(dst, text)
	}
	if g.Start <= 0 {
		return dst
	}
	from := len(dst)
	dst = g.atStart().appendKind(dst, kind-gramsOfStartWords, startOf(text, g.Start))
	for i := range dst[from:] {
		dst[from+i] ^= startSeed
	}
	return dst
}

// atStart returns what is looked at in the beginning of a text.
func (g NGrams) atStart() NGrams {
	if g.Words > 0 {
		g.Words = max(g.Words, startWords)
	}
	return g
}

// startOf returns a text up to the end of its n-th word between white space.
func startOf(text string, n int) string {
	inWord := false
	for i, r := range text {
		if !unicode.IsSpace(r) {
			inWord = true
			continue
		}
		if inWord {
			if n--; n == 0 {
				return text[:i]
			}
		}
		inWord = false
	}
	return text
}

// An idRange is the ids from low up to, but without, high.
type idRange struct{ low, high int }

// ranges returns the ids of each kind of parts; a kind that is not looked at has none. The kinds of a text's beginning,
// of which it has few, have a third of what the others have.
func (g NGrams) ranges() (ids [gramKinds]idRange) {
	var shares [gramKinds]int
	for kind, length := range [2]int{g.Words, g.Chars} {
		if length > 0 {
			shares[kind] = 3
			if g.Start > 0 {
				shares[gramsOfStartWords+kind] = 1
			}
		}
	}
	all, sum := 0, 0
	for _, share := range shares {
		all += share
	}
	for kind, share := range shares {
		ids[kind].low = g.Buckets * sum / max(all, 1)
		sum += share
		ids[kind].high = g.Buckets * sum / max(all, 1)
	}
	return ids
}

func (r idRange) len() int { return r.high - r.low }

// bucket scales a mixed hash to the range.
func (r idRange) bucket(hash uint64) int32 {
	hi, _ := bits.Mul64(mix(hash), uint64(r.len()))
	return int32(r.low + int(hi))
}

// mix spreads every bit of a hash over all (the finaliser of SplitMix64, Steele et al. 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// appendWords appends the hashes of the words and of their sequences.
func (g NGrams) appendWords(dst []uint64, text string) []uint64 {
	if g.Words <= 0 {
		return dst
	}
	start := len(dst)
	if g.Marks {
		dst = append(dst, hashRune(fnvBasis, wordStart))
	}
	dst = appendWords(dst, text)
	if g.Marks {
		dst = append(dst, hashRune(fnvBasis, wordEnd))
	}
	return appendSequences(dst, dst[start:], g.Words)
}

// appendWords appends the hash of each word.
func appendWords(dst []uint64, text string) []uint64 {
	hash, inWord := uint64(fnvBasis), false
	for i := 0; i < len(text); {
		r, size := decodeLower(text[i:])
		i += size
		if isWordRune(r) {
			hash, inWord = hashRune(hash, r), true
			continue
		}
		if inWord {
			dst = append(dst, hash)
			hash, inWord = fnvBasis, false
		}
		if !unicode.IsSpace(r) {
			dst = append(dst, hashRune(fnvBasis, r))
		}
	}
	if inWord {
		dst = append(dst, hash)
	}
	return dst
}

// decodeLower returns the first character of a text in lower case and its length.
func decodeLower(text string) (rune, int) {
	if c := text[0]; c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return rune(c), 1
	}
	r, size := utf8.DecodeRuneInString(text)
	return unicode.ToLower(r), size
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// hashRune takes a character into a hash, as one step of FNV-1a.
func hashRune(hash uint64, r rune) uint64 { return (hash ^ uint64(r)) * fnvPrime }

// appendSequences appends the hashes of the sequences of 2, 3, … order parts, those that start at the first part first.
func appendSequences(dst, parts []uint64, order int) []uint64 {
	for i := range parts {
		hash := parts[i]
		for n := 2; n <= order && i+n <= len(parts); n++ {
			hash = hash*ngramFactor + parts[i+n-1]
			dst = append(dst, hash)
		}
	}
	return dst
}

// appendChars appends the hashes of the sequences of characters of each word, between the marks of its ends.
func (g NGrams) appendChars(dst []uint64, text string) []uint64 {
	if g.Chars <= 0 {
		return dst
	}
	for word := range g.spelled(text) {
		dst = g.appendWordChars(dst, word)
	}
	return dst
}

// spelled yields the characters of each word with their marks, in the same memory; of a text that is read across words,
// it yields all of them at once.
func (g NGrams) spelled(text string) iter.Seq[[]rune] {
	return func(yield func([]rune) bool) {
		var word []rune
		for field := range strings.FieldsSeq(text) {
			switch {
			case !g.Across:
				word = word[:0]
			case len(word) > 0:
				word = append(word, ' ')
			}
			for _, r := range field {
				word = g.appendRune(word, r)
			}
			if !g.Across && !yield(word) {
				return
			}
		}
		if g.Across && len(word) > 0 {
			yield(word)
		}
	}
}

// The marks of the ends of a word or text and of capital letters are no characters.
const (
	wordStart = utf8.MaxRune + 1
	wordEnd   = utf8.MaxRune + 2
	capital   = utf8.MaxRune + 3
)

// appendRune appends a character of a word in lower case, after its mark if it is a capital letter.
func (g NGrams) appendRune(word []rune, r rune) []rune {
	lower := unicode.ToLower(r)
	if g.Marks && lower != r {
		word = append(word, capital)
	}
	return append(word, lower)
}

// appendWordChars appends the hashes of the sequences of one word. The marks alone are left out: they say nothing.
func (g NGrams) appendWordChars(dst []uint64, word []rune) []uint64 {
	at := func(i int) rune {
		switch i {
		case -1:
			return wordStart
		case len(word):
			return wordEnd
		}
		return word[i]
	}
	for i := -1; i <= len(word); i++ {
		hash := uint64(charSeed)
		for n := 1; n <= g.Chars && i+n <= len(word)+1; n++ {
			hash = hashRune(hash, at(i+n-1))
			if n > 1 || i >= 0 && i < len(word) {
				dst = append(dst, hash)
			}
		}
	}
	return dst
}
