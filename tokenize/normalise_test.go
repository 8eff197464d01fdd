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
