package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// readsColours reports whether a terminal makes colours of escape sequences, which Windows' console must be asked to do: else it
// shows them as text.
func readsColours(f *os.File) bool {
	console, mode := windows.Handle(f.Fd()), uint32(0)
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
