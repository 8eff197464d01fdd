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
	r = &cancelReader{ctx, r}
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

// A cancelReader stops when its context is cancelled.
type cancelReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// A tempFile is removed when it is closed.
type tempFile struct{ *os.File }

func (t tempFile) Close() error { return errors.Join(t.File.Close(), os.Remove(t.Name())) }
