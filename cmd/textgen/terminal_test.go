package main

import (
	"os"
	"testing"
)

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
}
