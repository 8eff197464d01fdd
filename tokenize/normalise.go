package tokenize

import (
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
	if n.nfc {
		if !n.lower {
			return norm.NFC.Append(dst, text...)
		}
		text = norm.NFC.Append(nil, text...)
	}
	if n.lower {
		return appendLower(dst, text)
	}
	return append(dst, text...)
}

// settled is the length of the start of text that normalises alike whatever
// follows text.
func (n normaliser) settled(text []byte) int {
	end := len(text) - partialRune(text)
	if !n.nfc {
		return end
	}
	// Marks of the next piece may combine with the last character of this one.
	return max(0, norm.NFC.LastBoundary(text[:end]))
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
