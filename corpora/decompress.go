package corpora

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow bounds the memory that a zstd frame can ask for.
const maxZstdWindow = 32 << 20

// A CorruptError says where a compressed file cannot be read on.
type CorruptError struct {
	File   string
	Format string // "gzip" or "zstd"
	Offset int64  // bytes that were decompressed before
	Err    error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("corpora: %s: corrupt or cut short %s data after %d decompressed bytes: %v: fetch or compress the file again",
		e.File, e.Format, e.Offset, e.Err)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// The first bytes of compressed data: RFC 1952, section 2.3.1, and RFC 8878, section 3.1.1.
const (
	gzipMagic = "\x1f\x8b"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// peekMagic returns the first bytes, no more than show whether the data are compressed: a stream may begin with a line
// that is shorter.
func peekMagic(r *bufio.Reader) ([]byte, error) {
	for n := 1; ; n++ {
		start, err := r.Peek(n)
		if err != nil || !begins(start, gzipMagic, zstdMagic) {
			return start, err
		}
	}
}

// begins reports whether the bytes are the start of a mark, but not all of it.
func begins(start []byte, marks ...string) bool {
	return slices.ContainsFunc(marks, func(mark string) bool {
		return len(start) < len(mark) && strings.HasPrefix(mark, string(start))
	})
}

// decompress returns a reader of what f holds, decompressed if its first bytes are those of gzip or zstd. Several
// members or frames are read as one. Closing the reader leaves f open.
func decompress(name string, f io.Reader) (io.ReadCloser, error) {
	r := bufio.NewReader(f)
	start, err := peekMagic(r)
	if err != nil && err != io.EOF {
		return nil, readError(name, err)
	}
	lower := strings.ToLower(name)
	switch {
	case bytes.HasPrefix(start, []byte(gzipMagic)):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, &CorruptError{File: name, Format: "gzip", Err: err}
		}
		return &expander{ReadCloser: z, file: name, format: "gzip"}, nil
	case bytes.HasPrefix(start, []byte(zstdMagic)) || strings.HasSuffix(lower, ".zst") && len(start) > 0:
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, &CorruptError{File: name, Format: "zstd", Err: err}
		}
		return &expander{ReadCloser: z.IOReadCloser(), file: name, format: "zstd"}, nil
	case strings.HasSuffix(lower, ".gz") && len(start) > 0:
		return nil, fmt.Errorf("corpora: %s is named .gz but is not gzip data: rename it if it is plain text", name)
	}
	return io.NopCloser(r), nil
}

// An expander turns a decompressor's errors into CorruptErrors.
type expander struct {
	io.ReadCloser
	file, format string
	n            int64
}

func (x *expander) Read(p []byte) (int, error) {
	n, err := x.ReadCloser.Read(p)
	x.n += int64(n)
	if err == io.ErrUnexpectedEOF || err != nil && err != io.EOF {
		err = &CorruptError{File: x.file, Format: x.format, Offset: x.n, Err: err}
	}
	return n, err
}
