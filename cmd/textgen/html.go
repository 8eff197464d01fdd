package main

import (
	"bufio"
	"errors"
	"io"
	"os"

	"github.com/urfave/cli/v2"
)

func htmlFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "html", Usage: usage, EnvVars: variable("html")}
}

// writePage writes a page to a file; what fails half-way is removed.
func writePage(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}
