package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/urfave/cli/v2"
)

func htmlFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "html", Usage: usage, EnvVars: variable("html"), TakesFile: true}
}

// writePage writes a page to a file, or leaves that as it was if it fails: there may be a page of an earlier run. A device or
// a pipe, such as /dev/stdout, is written to as it is, and a link to a file stays.
func writePage(path string, write func(io.Writer) error) error {
	buffered := func(file io.Writer) error {
		w := bufio.NewWriter(file)
		return errors.Join(write(w), w.Flush())
	}
	if old, err := os.Stat(path); err == nil && !old.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(buffered(f), f.Close())
	}
	if file, err := filepath.EvalSymlinks(path); err == nil {
		path = file
	}
	return checkpoint.ReplaceFile(path, buffered)
}
