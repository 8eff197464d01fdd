package tokenize

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// goPattern is a pattern for Go's regexp, whose \s is ASCII only: \s becomes
// Unicode's White_Space.
func goPattern(pattern string) *regexp.Regexp {
	const white = `\t-\r\x{85}\p{Z}`
	pattern = strings.ReplaceAll(pattern, `[^\s`, `[^`+white)
	return regexp.MustCompile(strings.ReplaceAll(pattern, `\s`, `[`+white+`]`))
}

// splits collects what a splitter gives.
func splits(split splitter, text []byte) [][]int {
	var pieces [][]int
	split(text, true, func(at, end int) { pieces = append(pieces, []int{at, end}) })
	return pieces
}

var splitters = []struct {
	name    string
	split   splitter
	pattern *regexp.Regexp
}{
	{"word", splitWords, goPattern(wordPattern)},
	{"bare word", splitBareWords, goPattern(bareWordPattern)},
	{"space", splitSpaced, goPattern(spacePattern)},
	{"bpe", splitPieces, goPattern(bpePattern)},
}

func checkSplitters(t *testing.T, text []byte) {
	t.Helper()
	for _, s := range splitters {
		want := s.pattern.FindAllIndex(text, -1)
		if got := splits(s.split, text); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%s scanner on %q: %v, pattern: %v", s.name, text, got, want)
		}
	}
}

func TestScannersEqualPatterns(t *testing.T) {
	for _, text := range samples {
		checkSplitters(t, []byte(text))
	}
	for r := rune(0); r <= utf8.MaxRune; r += 1 + r>>13 {
		checkSplitters(t, []byte("a "+string(r)+string(r)+"'"+string(r)+" 1"))
	}
	everyOrder([]rune("a’'srel1 \n\u00a0.\u0301\u0e34\u200c"), 4, func(text []rune) {
		checkSplitters(t, []byte(string(text)))
	})
}

// Pieces are cut as the patterns say however far they stand into the text.
func TestScannersFarIntoAText(t *testing.T) {
	text := strings.Join(samples, "\n")
	far := []byte(strings.Repeat(text, 1+2*maxPiece/len(text)))
	for _, s := range splitters {
		want := s.pattern.FindAllIndex(far, -1)
		got := splits(s.split, far)
		for i := range min(len(got), len(want)) {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("%s scanner: piece %v, pattern: %v", s.name, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s scanner: %d pieces, pattern: %d", s.name, len(got), len(want))
		}
	}
}

// everyOrder calls check with every string of up to n characters of alphabet.
func everyOrder(alphabet []rune, n int, check func([]rune)) {
	var extend func(text []rune)
	extend = func(text []rune) {
		check(text)
		if len(text) < n {
			for _, r := range alphabet {
				extend(append(text, r))
			}
		}
	}
	extend(nil)
}

func FuzzScannersEqualPatterns(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) < maxPiece {
			checkSplitters(t, text)
		}
	})
}

func TestScannersCutLongPieces(t *testing.T) {
	for _, unit := range []string{"a", "é", "७", " ", "\U00020000", "!", "a'"} {
		text := []byte(strings.Repeat(unit, 3*maxPiece))
		for _, s := range splitters {
			var joined []byte
			s.split(text, true, func(at, end int) {
				piece := text[at:end]
				if len(piece) > maxPiece+utf8.UTFMax || !utf8.Valid(piece) {
					t.Fatalf("%s: piece of %d bytes at %d of %q…", s.name, len(piece), at, unit)
				}
				joined = append(joined, piece...)
			})
			if s.name == "bpe" && !bytes.Equal(joined, text) {
				t.Errorf("%q…: pieces do not join to the text", unit)
			}
		}
	}
}
