package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether somebody looks at what is written to w.
func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// hasLines reports whether w is a terminal that knows how many lines it has: some, as of recorders and containers, say 0.
func hasLines(w io.Writer) bool {
	f := fileOf(w)
	if f == nil {
		return false
	}
	_, height, err := term.GetSize(int(f.Fd()))
	return err == nil && height > 0
}

// fileOf returns the file that w writes to, or nil.
func fileOf(w io.Writer) *os.File {
	if checked, ok := w.(*checkedWriter); ok {
		w = checked.w
	}
	f, _ := w.(*os.File)
	return f
}

// coloured reports whether to colour what goes to w.
func coloured(w io.Writer) bool {
	return isTerminal(w) && wantsColour(os.Getenv) && readsColours(fileOf(w))
}

// wantsColour reports whether a terminal should show colours: not if NO_COLOR is set (no-color.org), and not if it cannot.
func wantsColour(variable func(string) string) bool {
	return variable("NO_COLOR") == "" && movesCursor(variable)
}

// movesCursor reports whether a terminal can do more than to write one line below the other.
func movesCursor(variable func(string) string) bool { return variable("TERM") != "dumb" }
