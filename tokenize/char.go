package tokenize

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// chars is the tokenizer of kind Char: one token a code point.
type chars struct {
	vocabulary
	norm  normaliser
	table runeTable
}

// runeTable maps code points to ids, in pages that exist where there are any.
type runeTable [(utf8.MaxRune + 1) >> 8]*[256]int32

func (t *runeTable) set(r rune, id int32) {
	page := &t[r>>8]
	if *page == nil {
		*page = new([256]int32)
		for i := range *page {
			(*page)[i] = Unknown
		}
	}
	(*page)[r&0xff] = id
}

func (t *runeTable) id(r rune) int32 {
	if page := t[r>>8]; page != nil {
		return page[r&0xff]
	}
	return Unknown
}

// newChars returns the tokenizer whose vocabulary is the special tokens and
// then tokens, each one character.
func newChars(tokens []string, norm normaliser) (*chars, error) {
	v, err := newVocabulary(tokens)
	if err != nil {
		return nil, err
	}
	t := &chars{vocabulary: v, norm: norm}
	for i, token := range tokens {
		r, err := oneRune(token)
		if err != nil {
			return nil, err
		}
		t.table.set(r, int32(len(specials)+i))
	}
	return t, nil
}

func (t *chars) Kind() Kind             { return Char }
func (t *chars) normaliser() normaliser { return t.norm }

func (t *chars) AppendIDs(dst []int32, text []byte) ([]int32, Unknowns) {
	return appendIDs(t, dst, text)
}

// encode implements native.
func (t *chars) encode(dst []int32, text []byte, last bool, unknown *unknowns) ([]int32, int) {
	if !last {
		text = text[:len(text)-partialRune(text)]
	}
	dst = slices.Grow(dst, utf8.RuneCount(text))
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		id := t.table.id(r)
		if r == utf8.RuneError && size == 1 {
			id = Unknown // not UTF-8, as opposed to a U+FFFD in the text
		}
		if id == Unknown {
			unknown.add(text[i:i+size], int64(i))
		}
		dst = append(dst, id)
		i += size
	}
	return dst, len(text)
}

func (t *chars) AppendText(dst []byte, ids []int32) []byte {
	for _, id := range ids {
		dst = append(dst, t.Token(id)...)
	}
	return dst
}

// oneRune is the character that token is.
func oneRune(token string) (rune, error) {
	r, size := utf8.DecodeRuneInString(token)
	if size == 0 || size < len(token) || r == utf8.RuneError && size == 1 {
		return 0, fmt.Errorf("token %q of a character vocabulary is not one character", token)
	}
	return r, nil
}
