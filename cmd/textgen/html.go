package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

func htmlFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "html", Usage: usage, EnvVars: variable("html")}
}

// writePage writes a page to a file. What fails half-way leaves the file as it was: there may be a page of an earlier run. A
// device or a pipe, such as /dev/stdout, is written to as it is.
func writePage(path string, write func(io.Writer) error) error {
	old, err := os.Stat(path)
	if err == nil && !old.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return writeBuffered(f, write)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the link stays
	}
	dir, name := filepath.Split(path)
	f, err := os.OpenFile(fmt.Sprintf("%s.%s.tmp-%d", dir, name, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err = errors.Join(err, writeBuffered(f, write)); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// writeBuffered writes to a file and closes it.
func writeBuffered(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}
