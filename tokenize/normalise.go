package tokenize

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normaliser rewrites text before it is split: composed characters first (NFC),
// then lower case, each character by itself.
type normaliser struct {
	nfc, lower bool
}

func (n normaliser) active() bool { return n.nfc || n.lower }

// append appends the normalised text to dst.
func (n normaliser) append(dst, text []byte) []byte {
	switch {
	case n.nfc && n.lower:
		return appendLower(dst, appendNFC(nil, text))
	case n.nfc:
		return appendNFC(dst, text)
	case n.lower:
		return appendLower(dst, text)
	}
	return append(dst, text...)
}

// settled is the length of the start of text that normalises alike whatever
// follows text. The first known bytes are those that it left of an earlier
// text: it does not read them again, or marks without end would take a time in
// their square.
func (n normaliser) settled(text []byte, known int) int {
	end := len(text) - partialRune(text)
	if !n.nfc {
		return end
	}
	// Marks of the next piece may combine with the last character of this one.
	// What was known may have ended within a character.
	for at := end; at > max(0, known-utf8.UTFMax); {
		_, size := utf8.DecodeLastRune(text[:at])
		at -= size
		if startsCharacter(text[at:]) {
			return at
		}
	}
	return 0
}

// startsCharacter tells whether nothing before text can combine with its start.
func startsCharacter(text []byte) bool {
	if r, size := utf8.DecodeRune(text); r == utf8.RuneError && size <= 1 {
		return true
	}
	return norm.NFC.Properties(text).BoundaryBefore()
}

// joiner is the combining grapheme joiner, which x/text puts between the marks
// of a character that has more than 30 (Unicode's Stream-Safe Text Format).
const joiner = "\u034f"

// appendNFC appends the normal form C of text to dst, but characters with more
// than 30 marks as they are.
func appendNFC(dst, text []byte) []byte {
	for len(text) > 0 {
		n := norm.NFC.QuickSpan(text) // whole characters
		dst = append(dst, text[:n]...)
		text = text[n:]
		if len(text) > 0 {
			n = firstCharacter(text)
			dst = appendCharacter(dst, text[:n])
			text = text[n:]
		}
	}
	return dst
}

// appendCharacter appends the normal form of a single character. It is given
// one at a time because x/text counts the marks of a character differently in
// a text than at its start, so that a text in pieces would come out otherwise.
func appendCharacter(dst, char []byte) []byte {
	end := len(dst)
	out := norm.NFC.Append(dst[end:], char...)
	if bytes.Count(out, []byte(joiner)) != bytes.Count(char, []byte(joiner)) {
		out = char
	}
	return append(dst, out...)
}

// firstCharacter is the length of the first character of text, with its marks.
func firstCharacter(text []byte) int {
	for n := 0; ; {
		_, size := utf8.DecodeRune(text[n:])
		n += size
		if n == len(text) || startsCharacter(text[n:]) {
			return n
		}
	}
}

// appendLower appends text in lower case to dst. Bytes that are not UTF-8 stay.
func appendLower(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			if 'A' <= b && b <= 'Z' {
				b += 'a' - 'A'
			}
			dst = append(dst, b)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, text[i])
		case r == 'İ':
			// The one character whose lower case is two, by Unicode's
			// SpecialCasing.txt; unicode.ToLower gives a bare i.
			dst = append(dst, "i\u0307"...)
		default:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		i += size
	}
	return dst
}

// partialRune is the length of an incomplete character at the end of text.
func partialRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if utf8.FullRune(text[len(text)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}
