package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether somebody looks at what is written to w.
func isTerminal(w io.Writer) bool {
	if checked, ok := w.(*checkedWriter); ok {
		w = checked.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// coloured reports whether to colour what goes to w.
func coloured(w io.Writer) bool { return isTerminal(w) && wantsColour(os.Getenv) }

// wantsColour reports whether a terminal should show colours: not if NO_COLOR is set (no-color.org), and not if it cannot.
func wantsColour(variable func(string) string) bool {
	return variable("NO_COLOR") == "" && movesCursor(variable)
}

// movesCursor reports whether a terminal can do more than to write one line below the other.
func movesCursor(variable func(string) string) bool { return variable("TERM") != "dumb" }
