package corpora

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// rawSize is how many stored bytes are decoded at a time.
const rawSize = 64 << 10

// An account says what became of the bytes of a corpus.
type account struct {
	read      int64 // bytes, after decompression
	dropped   int64 // byte-order marks, and CRs before LF
	inserted  int64 // newlines between files
	encodings []string
}

// text streams the source as UTF-8, decoding with the space of raw.
func (s source) text(raw []byte, opt Options, a *account) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, err := s.open()
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		r, err := decompress(s.name, f)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		t := &textReader{name: s.name, r: r, live: s.live, raw: raw, opt: opt, account: a}
		for {
			text, err := t.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if len(text) > 0 && !yield(text, nil) {
				return
			}
		}
	}
}

// A textReader decodes the bytes of one source, a buffer at a time.
type textReader struct {
	name    string
	r       io.Reader
	live    bool // see source
	opt     Options
	account *account

	raw      []byte // raw[pos:end] is read and not decoded: the start of a character
	pos, end int
	final    bool // r has ended

	enc    encoding // nil before the first bytes
	out    []byte
	lf     newlines
	offset int64 // stored bytes before raw[pos]
	line   int64 // newlines before raw[pos]

	invalid error // of the byte behind the text
}

// next returns the next piece of text, which may be empty, and io.EOF after the last. What stands before an invalid byte
// comes before the error.
func (t *textReader) next() ([]byte, error) {
	if t.invalid != nil {
		return nil, t.invalid
	}
	if t.final {
		return nil, io.EOF
	}
	if err := t.fill(); err != nil {
		return nil, err
	}
	if t.enc == nil {
		if err := t.begin(); err != nil {
			return nil, err
		}
	}
	text, used, ok := t.enc.decode(t.out[:0], t.raw[t.pos:t.end], t.final)
	if !ok {
		line := t.line + int64(bytes.Count(text, []byte("\n"))) + 1
		t.invalid = &InvalidTextError{File: t.name, Offset: t.offset + int64(used), Line: line, Encoding: t.enc.name()}
	}
	if t.enc.copies() {
		t.out = text
	}
	t.pos += used
	t.offset += int64(used)
	t.line += int64(bytes.Count(text, []byte("\n")))
	if t.opt.NormalizeNewlines {
		dropped := t.lf.dropped
		text = t.lf.normalize(text, t.final)
		t.account.dropped += (t.lf.dropped - dropped) * int64(t.enc.unit())
	}
	return text, nil
}

// least is the number of bytes that read waits for.
func (t *textReader) least() int {
	if t.live {
		return 1
	}
	return len(t.raw) - t.end
}

// fill reads as much as raw holds behind what is left from before, of a live source at least what shows whether it
// starts with a byte-order mark.
func (t *textReader) fill() error {
	t.end = copy(t.raw, t.raw[t.pos:t.end])
	t.pos = 0
	err := t.read()
	for err == nil && !t.final && t.enc == nil && begins(t.raw[:t.end], markUTF8, markUTF16LE, markUTF16BE) {
		err = t.read()
	}
	return err
}

// read reads some bytes into raw.
func (t *textReader) read() error {
	n, err := io.ReadAtLeast(t.r, t.raw[t.end:], t.least())
	t.end += n
	t.account.read += int64(n)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		t.final = true
	case err != nil:
		return readError(t.name, err)
	}
	return nil
}

// begin chooses the encoding by the first bytes and drops the byte-order mark.
func (t *textReader) begin() error {
	enc, mark, err := chooseEncoding(t.opt.Encoding, t.raw[:t.end])
	if err != nil {
		return fmt.Errorf("corpora: %s: %w", t.name, err)
	}
	t.enc = enc
	t.pos = mark
	t.offset = int64(mark)
	t.account.dropped += int64(mark)
	if t.end > 0 {
		t.account.note(enc.name())
	}
	return nil
}

// note lists an encoding once.
func (a *account) note(name string) {
	for _, e := range a.encodings {
		if e == name {
			return
		}
	}
	a.encodings = append(a.encodings, name)
}

// readError names the file, unless the error does so itself.
func readError(name string, err error) error {
	var corrupt *CorruptError
	if errors.As(err, &corrupt) {
		return err
	}
	return fmt.Errorf("corpora: reading %s: %w", name, err)
}
