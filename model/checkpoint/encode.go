package checkpoint

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/klauspost/compress/zstd"
)

// chunk is how many values are converted at a time.
const chunk = 16 << 10

// Encode writes f to w. It refuses what Decode would not read back: names that occur twice, sizes that disagree with
// shapes, NaN and infinities, metadata that is not UTF-8, and files larger than the zero Limits allow.
func Encode(w io.Writer, f *File) error {
	head, err := f.prepare()
	if err != nil {
		return fmt.Errorf("encoding a model: %w", err)
	}
	return f.encode(w, head)
}

// prepare checks f and returns its header.
func (f *File) prepare() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	head, err := f.header()
	if err != nil {
		return nil, err
	}
	var limits Limits
	if n := int64(len(head)); n > limits.header() {
		return nil, fmt.Errorf("the header has %d bytes, at most %d are allowed", n, limits.header())
	}
	if n := f.size(head); n > limits.decoded() {
		return nil, fmt.Errorf("the model has %d bytes, at most %d are allowed", n, limits.decoded())
	}
	return head, nil
}

// size returns the length of the file before compression.
func (f *File) size(head []byte) int64 {
	return 8 + int64(len(head)) + 4*int64(f.Elements())
}

// header returns the JSON header, padded with spaces so that the data is aligned to 8 bytes.
func (f *File) header() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"` + metadataName + `":`)
	if err := appendJSON(&b, f.versioned()); err != nil {
		return nil, err
	}
	offset := 0
	for _, t := range f.Tensors {
		b.WriteByte(',')
		if err := appendJSON(&b, t.Name); err != nil {
			return nil, err
		}
		b.WriteString(`:{"dtype":"F32","shape":[`)
		for i, d := range t.Shape {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(d))
		}
		end := offset + 4*len(t.Data)
		fmt.Fprintf(&b, `],"data_offsets":[%d,%d]}`, offset, end)
		offset = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	return b.Bytes(), nil
}

// versioned returns the metadata with the version that this program writes.
func (f *File) versioned() map[string]string {
	m := make(map[string]string, len(f.Metadata)+1)
	for key, value := range f.Metadata {
		m[key] = value
	}
	m[versionKey] = strconv.Itoa(Version)
	return m
}

// appendJSON writes v with sorted keys and with <, > and & as they are: tokens such as <unk> stay readable.
func appendJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a newline
	return nil
}

// encode writes the file. All levels of zstd leave weights nearly as they are, as their mantissas are noise; coding
// the literals of every block with entropy is what saves some 10 %, and the level then changes nothing.
func (f *File) encode(w io.Writer, head []byte) error {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithAllLitEntropyCompression(true),
		zstd.WithEncoderCRC(true),
		zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	z.ResetContentSize(w, f.size(head))
	if err := f.writeTo(z, head); err != nil {
		z.Close()
		return err
	}
	return z.Close()
}

// writeTo writes the safetensors file.
func (f *File) writeTo(w io.Writer, head []byte) error {
	buf := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	if _, err := w.Write(append(buf, head...)); err != nil {
		return err
	}
	for _, t := range f.Tensors {
		for from := 0; from < len(t.Data); from += chunk {
			buf = buf[:0]
			for _, v := range t.Data[from:min(from+chunk, len(t.Data))] {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}
