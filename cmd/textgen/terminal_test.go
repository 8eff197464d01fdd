package main

import (
	"os"
	"strings"
	"testing"
)

func TestColour(t *testing.T) {
	for _, c := range []struct {
		noColour, term string
		want           bool
	}{
		{"", "xterm-256color", true}, {"", "", true}, {"1", "xterm-256color", false}, {"", "dumb", false},
	} {
		got := wantsColour(func(name string) string { return map[string]string{"NO_COLOR": c.noColour, "TERM": c.term}[name] })
		if got != c.want {
			t.Errorf("NO_COLOR=%q TERM=%q: colours %v, want %v", c.noColour, c.term, got, c.want)
		}
	}
	if coloured(&strings.Builder{}) {
		t.Error("a string is coloured")
	}
}

// TestIsTerminal looks through the writer that all commands print to. A pseudo-terminal is Linux's; elsewhere only the
// file is tried.
func TestIsTerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isTerminal(&checkedWriter{w: file}) {
		t.Error("a file is taken for a terminal")
	}
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer terminal.Close()
	if !isTerminal(&checkedWriter{w: terminal}) {
		t.Error("a terminal is not recognised behind the writer that remembers failures")
	}
	if hasLines(&checkedWriter{w: terminal}) {
		t.Error("a terminal whose size nobody has set has lines")
	}
}
