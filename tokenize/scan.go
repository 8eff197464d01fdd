package tokenize

import (
	"unicode"
	"unicode/utf8"
)

// The patterns by which text is split before tokens are looked up, as
// tokenizer.json has them. \s is Unicode's White_Space, as in Oniguruma, which
// Hugging Face tokenizers use. (Go's own regexp takes ASCII blanks only.)
const (
	charPattern  = `[\s\S]`
	wordPattern  = lettersPattern + `(?:['’]` + lettersPattern + `)*|\p{N}+|\n|[^\s\p{L}\p{N}]`
	spacePattern = `\n|[^\s]+`
	bpePattern   = `'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+`
)

// lettersPattern is letters with the marks that they bear, such as the vowel
// signs of Hindi, and with the joiners that stand within words of Persian and
// Hindi. Thai, Lao, Khmer and Burmese do not part words by blanks: there,
// marks are the only thing that cuts a sentence into pieces.
const lettersPattern = `\p{L}(?:\p{L}|[^\P{M}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\x{200C}\x{200D}])*`

// bareWordPattern is the wordPattern of files that were written when no mark
// belonged to a word.
const bareWordPattern = `\p{L}+(?:['’]\p{L}+)*|\p{N}+|\n|[^\s\p{L}\p{N}]`

// Words and pieces that are longer than maxPiece bytes are cut, so that a text
// without blanks takes neither memory nor time beyond its size. This is where
// a piece differs from the pattern's match.
const maxPiece = 1 << 16

// lookahead is how many bytes beyond its end may decide where a word or piece
// ends: an apostrophe of three bytes and a letter of four.
const lookahead = 3 + utf8.UTFMax

// splitter splits text by a pattern and gives the bounds of each piece to take.
// Unless last is set, text goes on, and the splitter leaves the pieces that
// what follows may change. It returns how much of text it used.
type splitter func(text []byte, last bool, take func(at, end int)) (used int)

// splitWords is the splitter of wordPattern.
func splitWords(text []byte, last bool, take func(at, end int)) (used int) {
	return splitBlanks(text, last, func(text []byte, i int) (at, end int) { return nextWord(text, i, letters) }, take)
}

// splitBareWords is the splitter of bareWordPattern.
func splitBareWords(text []byte, last bool, take func(at, end int)) (used int) {
	bare := func(text []byte, from, i int) int { return run(text, from, i, letter) }
	return splitBlanks(text, last, func(text []byte, i int) (at, end int) { return nextWord(text, i, bare) }, take)
}

// splitSpaced is the splitter of spacePattern.
func splitSpaced(text []byte, last bool, take func(at, end int)) (used int) {
	return splitBlanks(text, last, nextSpaced, take)
}

// splitBlanks is a splitter that leaves out what stands between the matches
// that next finds.
func splitBlanks(text []byte, last bool, next func(text []byte, i int) (at, end int), take func(at, end int)) (used int) {
	for used < len(text) {
		at, end := next(text, used)
		if at < end && !last && end+lookahead > len(text) {
			return at
		}
		if end > at {
			take(at, end)
		}
		used = end
	}
	return used
}

// splitPieces is the splitter of bpePattern.
func splitPieces(text []byte, last bool, take func(at, end int)) (used int) {
	for used < len(text) {
		end := nextPiece(text, used)
		if !last && end+lookahead > len(text) {
			return used
		}
		take(used, end)
		used = end
	}
	return used
}

// class is what the patterns know of a character.
type class uint8

const (
	other class = iota
	letter
	number
	space
	newline // a space too
)

// asciiClasses are the classes of the characters of one byte.
var asciiClasses = func() (table [utf8.RuneSelf]class) {
	for i := range table {
		table[i] = runeClass(rune(i))
	}
	return table
}()

func runeClass(r rune) class {
	switch {
	case r == '\n':
		return newline
	case unicode.IsLetter(r):
		return letter
	case unicode.IsSpace(r):
		return space
	case unicode.IsNumber(r):
		return number
	}
	return other
}

// classAt is the class and size of the character at text[i]. A byte that is
// not UTF-8 is a character of its own, of class other.
func classAt(text []byte, i int) (class, int) {
	if b := text[i]; b < utf8.RuneSelf {
		return asciiClasses[b], 1
	}
	r, size := utf8.DecodeRune(text[i:])
	return runeClass(r), size
}

// run is the end of the run of characters of class c that begins at text[i],
// at most maxPiece bytes from text[from].
func run(text []byte, from, i int, c class) int {
	for i < len(text) && i-from < maxPiece {
		k, size := classAt(text, i)
		if k != c {
			break
		}
		i += size
	}
	return i
}

// nextWord finds the first match of wordPattern at or behind text[i], letters
// finding the end of its lettersPattern. If there is none, at and end are
// len(text).
func nextWord(text []byte, i int, letters lettersEnd) (at, end int) {
	for i < len(text) {
		c, size := classAt(text, i)
		switch c {
		case space:
			i += size
		case letter:
			return i, wordEnd(text, i, letters)
		case number:
			return i, run(text, i, i, number)
		default:
			return i, i + size
		}
	}
	return i, i
}

// nextSpaced finds the first match of spacePattern at or behind text[i]. If
// there is none, at and end are len(text).
func nextSpaced(text []byte, i int) (at, end int) {
	for i < len(text) {
		switch c, size := classAt(text, i); c {
		case space:
			i += size
		case newline:
			return i, i + size
		default:
			return i, spacedEnd(text, i)
		}
	}
	return i, i
}

// spacedEnd is the end of the run of characters other than blanks and newlines
// that begins at text[at].
func spacedEnd(text []byte, at int) int {
	i := at
	for i < len(text) && i-at < maxPiece {
		c, size := classAt(text, i)
		if c == space || c == newline {
			break
		}
		i += size
	}
	return i
}

// lettersEnd is the end of the letters that begin at text[i], at most maxPiece
// bytes from text[from]; i if there are none.
type lettersEnd func(text []byte, from, i int) int

// letters is the lettersEnd of lettersPattern.
func letters(text []byte, from, i int) int {
	end := run(text, from, i, letter)
	for end > i && end < len(text) && end-from < maxPiece && text[end] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(text[end:])
		if !belongsToLetter(r) {
			break
		}
		end = run(text, from, end+size, letter)
	}
	return end
}

// belongsToLetter reports whether r goes on a word of lettersPattern without
// being a letter.
func belongsToLetter(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	if r == nonJoiner || r == joiner {
		return true
	}
	return unicode.IsMark(r) && !unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// wordEnd is the end of letters that apostrophes may join, at text[at].
func wordEnd(text []byte, at int, letters lettersEnd) int {
	end := letters(text, at, at)
	for end < len(text) && end-at < maxPiece {
		next := end + apostrophe(text[end:])
		more := letters(text, at, next)
		if next == end || more == next {
			break
		}
		end = more
	}
	return end
}

// apostrophe is the size of an apostrophe at the start of text, 0 if there is
// none.
func apostrophe(text []byte) int {
	const typographic = "’"
	switch {
	case text[0] == '\'':
		return 1
	case len(text) >= len(typographic) && string(text[:len(typographic)]) == typographic:
		return len(typographic)
	}
	return 0
}

// nextPiece is the end of the match of bpePattern at text[i], which exists.
func nextPiece(text []byte, i int) int {
	if n := contraction(text[i:]); n > 0 {
		return i + n
	}
	start := i
	c, size := classAt(text, i)
	if text[i] == ' ' && i+1 < len(text) {
		// A blank goes with the run behind it, unless that is blank too.
		if next, n := classAt(text, i+1); next != space && next != newline {
			c, i, size = next, i+1, n
		}
	}
	if c == space || c == newline {
		return spaceEnd(text, start)
	}
	return run(text, start, i+size, c)
}

// spaceEnd is the end of the run of blanks and newlines that begins at text[at].
func spaceEnd(text []byte, at int) int {
	i := at
	for i < len(text) && i-at < maxPiece {
		c, size := classAt(text, i)
		if c != space && c != newline {
			break
		}
		i += size
	}
	return i
}

// contraction is the length of an English contraction such as 's or 'll at the
// start of text, 0 if there is none.
func contraction(text []byte) int {
	if text[0] != '\'' || len(text) < 2 {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(text) > 2 {
		switch string(text[1:3]) {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}
