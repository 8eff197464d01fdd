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
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if coloured(file) {
		t.Error("a file is coloured")
	}
}
