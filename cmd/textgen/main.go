// Command textgen trains recurrent language models on text, writes with them and measures them.
//
// Run "textgen help" for its commands. What a command does, package generate offers to Go programs; this one holds flags
// and printing.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	forgetEmptyVariables()
	forgetRivalVariables(os.Args)
	ctx := withSignals(context.Background())
	err := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "textgen:", message(explain(ctx, err)))
	}
	os.Exit(exitCode(ctx, err))
}

// forgetEmptyVariables unsets the variables of flags that are set to nothing: TEXTGEN_PRESET= means no preset, not one
// without a name.
func forgetEmptyVariables() {
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "TEXTGEN_") && value == "" {
			os.Unsetenv(name)
		}
	}
}

// run is the whole program, but for the exit. The first of args is the program's name.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	out := &checkedWriter{w: stdout}
	err := newApp(args, stdin, out, stderr).RunContext(ctx, args)
	if err == nil {
		err = out.err
	}
	return err
}

// checkedWriter remembers the first failure to write, which help texts and the like do not report.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = &outputError{err}
	}
	return n, err
}

// outputError says that the command's result could not be written.
type outputError struct{ err error }

func (e *outputError) Error() string { return "cannot write the output: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }
