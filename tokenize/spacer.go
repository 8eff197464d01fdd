package tokenize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spacer decides where blanks stand between words, which are not kept. Words are
// one blank apart, but there is none, unless spacing is plain,
//
//   - at the start of a line or before a newline;
//   - before a closing mark (. , ; : ! ? ) ’ ” and their like);
//   - after an opening mark (( [ “ ‘ $ and their like);
//   - on either side of a hyphen, dash, slash or underscore, of the wide marks
//     of Chinese and Japanese, and of combining marks, which are tokens of
//     their own;
//   - inside straight quotes: " and ' open and close in turn, on each line anew.
//
// The zero value is at the start of a line.
type spacer struct {
	plain  bool // one blank between all tokens of a line
	inLine bool // something stands on the line
	tight  bool // no blank after the last token
	double bool // a " is open
	single bool // a ' is open
}

const (
	closing = `.,;:!?)]}’”%…`
	opening = `([{“‘$£€`
	joining = `-–—/_` + `。，、；：！？（）「」『』【】《》〈〉`
)

// before tells whether a blank goes before token, and takes note of token.
func (s *spacer) before(token string) bool {
	if token == "\n" {
		*s = spacer{plain: s.plain}
		return false
	}
	left, right := true, true
	if !s.plain {
		left, right = s.sides(token)
	}
	blank := s.inLine && !s.tight && left
	s.inLine, s.tight = true, !right
	return blank
}

// sides tells whether token, by itself, may have a blank before and after it.
func (s *spacer) sides(token string) (left, right bool) {
	r, size := utf8.DecodeRuneInString(token)
	switch {
	case size < len(token):
		return true, true
	case r == '"':
		s.double = !s.double
		return s.double, !s.double
	case r == '\'':
		s.single = !s.single
		return s.single, !s.single
	case strings.ContainsRune(joining, r) || unicode.Is(unicode.M, r):
		return false, false
	}
	return !strings.ContainsRune(closing, r), !strings.ContainsRune(opening, r)
}
