package classify

import (
	"fmt"
	"strings"
	"unicode"
)

// texts returns the parts of a text as they are written, in the order of AppendHashes. Ends of words are shown as blanks.
func (g NGrams) texts(text string) []string {
	var out []string
	if g.Words > 0 {
		words := wordTexts(text)
		out = append(out, words...)
		for i := range words {
			for n := 2; n <= g.Words && i+n <= len(words); n++ {
				out = append(out, strings.Join(words[i:i+n], " "))
			}
		}
	}
	if g.Chars > 0 {
		for _, word := range strings.FieldsFunc(strings.Map(unicode.ToLower, text), unicode.IsSpace) {
			out = g.appendCharTexts(out, []rune(" "+word+" "))
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
				out = append(out, string(word[i:i+n]))
			}
		}
	}
	return out
}

func unknownLabel(label string, names []string) error {
	return fmt.Errorf("classify: the model has no label %q; it has %s", label, quoteList(names))
}
