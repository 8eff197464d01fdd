package corpora

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolMemory is how much of a stream is kept in memory; a longer one goes to a temporary file.
const spoolMemory = 8 << 20

// spool keeps a stream that can be read only once, and adds it as a source.
func (c *Corpus) spool(ctx context.Context, name string, r io.Reader) error {
	r = &cancelReader{ctx: ctx, r: r}
	var head bytes.Buffer
	n, err := io.CopyN(&head, r, spoolMemory)
	if err != nil && err != io.EOF {
		return readError(name, err)
	}
	var data io.ReaderAt = bytes.NewReader(head.Bytes())
	if err == nil {
		f, err := os.CreateTemp(c.opt.TempDir, "textgen-input-*")
		if err != nil {
			return fmt.Errorf("corpora: keeping %s: %w", name, err)
		}
		c.closers = append(c.closers, tempFile{f})
		if n, err = io.Copy(f, io.MultiReader(&head, r)); err != nil {
			return fmt.Errorf("corpora: keeping %s in %s: %w", name, f.Name(), err)
		}
		data = f
	}
	c.sources = append(c.sources, source{name: name, open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(data, 0, n)), nil
	}})
	return nil
}

// A cancelReader stops when its context is cancelled, even if the other end of a pipe, or a person at a terminal, writes
// nothing. A read that is under way then cannot be ended; it is left to itself, with a buffer of its own.
type cancelReader struct {
	ctx    context.Context
	r      io.Reader
	buffer []byte
}

func (c *cancelReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	if len(c.buffer) < len(p) {
		c.buffer = make([]byte, len(p))
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func(buffer []byte) {
		n, err := c.r.Read(buffer)
		done <- result{n, err}
	}(c.buffer[:len(p)])
	select {
	case <-c.ctx.Done():
		return 0, c.ctx.Err()
	case r := <-done:
		return copy(p, c.buffer[:r.n]), r.err
	}
}

// A tempFile is removed when it is closed.
type tempFile struct{ *os.File }

func (t tempFile) Close() error { return errors.Join(t.File.Close(), os.Remove(t.Name())) }
