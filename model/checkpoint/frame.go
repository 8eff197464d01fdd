package checkpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// frame passes on the bytes of exactly one zstd frame and refuses everything else: the zstd package itself would
// read on into further frames and skip skippable ones. It follows the frame's outer structure, RFC 8878 section 3.1.1:
//
//	header, blocks of a 3-byte header and a body each, 4 bytes of checksum if the header announces one
type frame struct {
	src    *bufio.Reader
	offset int64 // of the next byte in the compressed file
	left   int   // bytes of the current part that are still to be passed on
	next   func() error
	err    error // why reading stopped, io.EOF after a whole frame

	checksum bool
}

func newFrame(r io.Reader) *frame {
	f := &frame{src: bufio.NewReaderSize(r, 64<<10)}
	f.next = f.header
	return f
}

// Read implements io.Reader.
func (f *frame) Read(p []byte) (int, error) {
	for f.left == 0 && f.err == nil {
		f.err = f.next()
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.src.Read(p[:min(len(p), f.left)])
	f.left -= n
	f.offset += int64(n)
	if err != nil {
		f.err = f.cut(err)
	}
	return n, f.err
}

// header looks at the frame's header.
func (f *frame) header() error {
	head, err := f.src.Peek(zstd.HeaderMaxSize)
	if err != nil && err != io.EOF {
		return err
	}
	var h zstd.Header
	switch err := h.Decode(head); {
	case len(head) > 4 && errors.Is(err, io.ErrUnexpectedEOF):
		return f.cut(io.EOF)
	case err != nil || h.Skippable:
		return f.fail("%s", foreign(head))
	}
	if h.WindowSize > maxWindow {
		return f.fail("needs a zstd window of %d bytes, at most %d are allowed: compress it again without --long", h.WindowSize, maxWindow)
	}
	if h.DictionaryID != 0 {
		return f.fail("compressed with a zstd dictionary")
	}
	f.left, f.checksum, f.next = h.HeaderSize, h.HasCheckSum, f.block
	return nil
}

// foreign says what a file that does not begin with a zstd frame may be.
func foreign(head []byte) string {
	switch {
	case len(head) == 0:
		return "the file is empty"
	case len(head) > 8 && head[8] == '{':
		return "a safetensors file that is not compressed: compress it with zstd"
	}
	return "does not begin with a zstd frame: it is no model (that is a run directory or its " + ModelName + ")"
}

// block looks at the header of a block: bit 0 marks the last, bits 1 and 2 are the type, the others the size.
func (f *frame) block() error {
	head, err := f.src.Peek(3)
	if err != nil {
		return f.cut(err)
	}
	bits := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	f.left = 3 + bits>>3
	switch bits >> 1 & 3 {
	case 1: // one byte, repeated
		f.left = 4
	case 3:
		return f.fail("zstd block of the reserved type")
	}
	if bits&1 != 0 {
		f.next = f.trailer
	}
	return nil
}

// trailer expects the checksum.
func (f *frame) trailer() error {
	f.next = f.end
	if f.checksum {
		f.left = 4
	}
	return nil
}

// end expects the end of the file.
func (f *frame) end() error {
	if _, err := f.src.Peek(1); err != nil {
		return err
	}
	return f.fail("data follows the end of the zstd frame")
}

// cut returns err, or what an early end of the file means.
func (f *frame) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return f.fail("the file is cut short")
	}
	return err
}

func (f *frame) fail(format string, args ...any) error {
	return &FormatError{Packed: true, Offset: f.offset, What: fmt.Sprintf(format, args...)}
}
