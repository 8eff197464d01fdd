//go:build !windows

package main

import "os"

// readsColours reports whether a terminal makes colours of escape sequences.
func readsColours(*os.File) bool { return true }
