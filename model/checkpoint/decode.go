package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zstd"
)

// Limits bound what reading a file may cost. The zero value suits files of unknown origin on an ordinary machine.
type Limits struct {
	Decoded int64 // bytes after decompression; 0 means 4 GiB
	Header  int64 // bytes of the header; 0 means 64 MiB, some ten times a tokenizer.json of 100,000 tokens
}

// maxWindow bounds the memory of the decompressor. All levels of zstd below --ultra use at most 8 MiB.
const maxWindow = 32 << 20

func (l Limits) decoded() int64 {
	if l.Decoded <= 0 {
		return 4 << 30
	}
	return l.Decoded
}

func (l Limits) header() int64 {
	if l.Header <= 0 {
		return 64 << 20
	}
	return l.Header
}

// Decode reads a file from r, to the end. What is wrong with the bytes is a *FormatError that gives the place; errors
// of r itself are returned as they are. Memory is allocated as data arrives, never because a header asks for it, apart
// from the decompressor's window.
func Decode(r io.Reader, limits Limits) (*File, error) {
	packed := newFrame(r)
	z, err := zstd.NewReader(packed,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	c := &content{packed: packed, src: z, limit: limits.decoded()}
	h, err := c.header(limits.header())
	if err != nil {
		return nil, err
	}
	if err := h.takeVersion(); err != nil {
		return nil, err
	}
	f := &File{Metadata: h.metadata}
	for _, e := range h.tensors {
		data, err := c.values(e)
		if err != nil {
			return nil, err
		}
		f.Tensors = append(f.Tensors, Tensor{Name: e.name, Shape: e.shape, Data: data})
	}
	return f, c.end()
}

// takeVersion removes the format's version from the metadata and checks it.
func (h *header) takeVersion() error {
	text, ok := h.metadata[versionKey]
	if !ok {
		return &FormatError{Offset: headerStart, What: "no " + versionKey + " in the metadata: not made by textgen"}
	}
	delete(h.metadata, versionKey)
	n, ok := version(text)
	if !ok {
		return &FormatError{Offset: headerStart, What: fmt.Sprintf("%s %q is not a version", versionKey, text)}
	}
	if n > Version {
		what := fmt.Sprintf("%s %d, this program reads up to %d", versionKey, n, Version)
		return &FormatError{Offset: headerStart, What: what, Err: ErrNewer}
	}
	return nil
}

// content reads the safetensors file inside the frame.
type content struct {
	packed *frame
	src    io.Reader // the decompressor, which reads packed
	offset int64     // of the next byte
	limit  int64     // of offset
	buf    []byte
}

// header reads the header's length and the header.
func (c *content) header(limit int64) (*header, error) {
	var prefix [headerStart]byte
	if err := c.fill(prefix[:], "the header's length"); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > uint64(limit) {
		return nil, &FormatError{What: fmt.Sprintf("the header claims %d bytes, at most %d are allowed", n, limit)}
	}
	var text []byte
	for left := int(n); left > 0; left = int(n) - len(text) {
		part, err := c.part(min(left, 4*chunk), "the header")
		if err != nil {
			return nil, err
		}
		text = append(text, part...)
	}
	return parseHeader(text)
}

// values reads the data of a tensor.
func (c *content) values(e entry) ([]float32, error) {
	data := make([]float32, 0, min(e.count, chunk))
	for len(data) < e.count {
		start := c.offset
		part, err := c.part(4*min(e.count-len(data), chunk), e.name)
		if err != nil {
			return nil, err
		}
		if data, err = appendValues(data, part, e.count); err != nil {
			at := start + 4*int64(len(data)%chunk)
			return nil, &FormatError{Offset: at, What: fmt.Sprintf("tensor %q, value %d", e.name, len(data)), Err: err}
		}
	}
	return data, nil
}

// errNotFinite is the cause of the FormatError for a NaN or an infinity.
var errNotFinite = errors.New("NaN or infinite")

// appendValues appends the values in part to data, which will hold count in the end. It stops before one that is not
// finite.
func appendValues(data []float32, part []byte, count int) ([]float32, error) {
	if need := len(data) + len(part)/4; need > cap(data) {
		grown := make([]float32, len(data), min(count, max(need, 2*cap(data))))
		copy(grown, data)
		data = grown
	}
	for ; len(part) > 0; part = part[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(part))
		if !finite(v) {
			return data, errNotFinite
		}
		data = append(data, v)
	}
	return data, nil
}

// part reads n bytes into a buffer that the next call uses again.
func (c *content) part(n int, what string) ([]byte, error) {
	if cap(c.buf) < n {
		c.buf = make([]byte, n)
	}
	return c.buf[:n], c.fill(c.buf[:n], what)
}

// fill reads len(p) bytes of what.
func (c *content) fill(p []byte, what string) error {
	if c.offset+int64(len(p)) > c.limit {
		return &FormatError{Offset: c.offset, What: fmt.Sprintf("more than the allowed %d bytes after decompression", c.limit)}
	}
	n, err := io.ReadFull(c.src, p)
	c.offset += int64(n)
	if err == nil {
		return nil
	}
	if c.ended(err) {
		return &FormatError{Offset: c.offset, What: "the data ends within " + what}
	}
	return c.explain(err)
}

// end expects the end of the data, and with it the checksum and the end of the file.
func (c *content) end() error {
	var one [1]byte
	n, err := io.ReadFull(c.src, one[:])
	if n > 0 {
		return &FormatError{Offset: c.offset, What: "data follows the last tensor"}
	}
	if c.ended(err) {
		return nil
	}
	return c.explain(err)
}

// ended tells whether err is the regular end of a whole frame.
func (c *content) ended(err error) bool {
	return c.packed.err == io.EOF && (err == io.EOF || err == io.ErrUnexpectedEOF)
}

// explain returns the reason for an error of the decompressor.
func (c *content) explain(err error) error {
	if cause := c.packed.err; cause != nil && cause != io.EOF {
		return cause
	}
	return &FormatError{Packed: true, Offset: c.packed.offset, What: "damaged zstd data", Err: err}
}
