package tokenize

import (
	"strings"
	"testing"
)

// A character with more than 30 marks stays whole, and as it is.
func TestNFCOfManyMarks(t *testing.T) {
	for _, text := range []string{
		"q" + strings.Repeat("\u0301", 40),
		"q" + strings.Repeat("\u0301", 31) + "\u0323\u0301",
		"q" + strings.Repeat("\u0323\u0301", 20) + "é",
		strings.Repeat("\u0301", 30) + "\u0323\u0301",
	} {
		if got := string(appendNFC(nil, []byte(text))); got != text {
			t.Errorf("%q has become %q", text, got)
		}
	}
}

// Each mark reads a few bytes, not all marks before it: that would take hours.
func TestNFCOfMarksWithoutEnd(t *testing.T) {
	const marks = 1 << 21
	c, to := cutter{norm: normaliser{nfc: true}}, runeCounter{}
	c.write([]byte("q"), to)
	for range marks {
		c.write([]byte("\u0301"), to)
	}
	if len(to) != 0 {
		t.Errorf("%v is settled, though marks may follow", to)
	}
	c.flush([]byte("a"), to)
	if to['q'] != 1 || to['\u0301'] != marks || to['a'] != 1 {
		t.Errorf("counted %v, want one q, %d marks and one a", to, marks)
	}
}
