package bag

import (
	"slices"
	"strings"
	"unicode"
)

// How marks are shown, but the ends of words, which are blanks, and the parts of a text's beginning.
const (
	shownBeginning = "↦"

	shownStart   = "⟨"
	shownEnd     = "⟩"
	shownCapital = '⇧'
)

// Texts returns the parts of a text as they are written, in the order of AppendHashes.
func (g NGrams) Texts(text string) []string {
	out := g.textsOf(text)
	if g.Start > 0 {
		for _, part := range g.atStart().textsOf(startOf(text, g.Start)) {
			out = append(out, shownBeginning+part)
		}
	}
	return out
}

// textsOf returns the parts of a text without those of its beginning.
func (g NGrams) textsOf(text string) []string {
	var out []string
	if g.Words > 0 {
		words := wordTexts(text)
		if g.Marks {
			words = slices.Concat([]string{shownStart}, words, []string{shownEnd})
		}
		out = append(out, words...)
		for i := range words {
			for n := 2; n <= g.Words && i+n <= len(words); n++ {
				out = append(out, strings.Join(words[i:i+n], " "))
			}
		}
	}
	if g.Chars > 0 {
		for word := range g.spelled(text) {
			out = g.appendCharTexts(out, slices.Concat([]rune{' '}, word, []rune{' '}))
		}
	}
	return out
}

// wordTexts returns the words that appendWords hashes.
func wordTexts(text string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words, word = append(words, string(word)), word[:0]
		}
	}
	for i := 0; i < len(text); {
		r, size := decodeLower(text[i:])
		i += size
		if isWordRune(r) {
			word = append(word, r)
			continue
		}
		end()
		if !unicode.IsSpace(r) {
			words = append(words, string(r))
		}
	}
	end()
	return words
}

// appendCharTexts appends the sequences of characters of a word between its marks.
func (g NGrams) appendCharTexts(out []string, word []rune) []string {
	for i := range word {
		for n := 1; n <= g.Chars && i+n <= len(word); n++ {
			if n > 1 || i > 0 && i < len(word)-1 {
				out = append(out, show(word[i:i+n]))
			}
		}
	}
	return out
}

// show returns characters with their marks as they are shown.
func show(word []rune) string {
	shown := slices.Clone(word)
	for i, r := range shown {
		if r == capital {
			shown[i] = shownCapital
		}
	}
	return string(shown)
}
