package corpora

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// encodingNames are the values that Options.Encoding may have.
var encodingNames = []string{"", "utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1", "windows-1252", "bytes"}

// An InvalidTextError says where bytes are no text in their encoding.
type InvalidTextError struct {
	File     string
	Offset   int64 // of the first bad byte, after decompression, from 0
	Line     int64 // from 1
	Encoding string
}

func (e *InvalidTextError) Error() string {
	return fmt.Sprintf("corpora: %s: line %d, byte offset %d: not valid %s: use --encoding latin-1 if that is how the file was written, or --encoding bytes with a model or --tokenizer of byte pairs (bpe), which keeps every byte",
		e.File, e.Line, e.Offset, e.Encoding)
}

// An encoding turns stored bytes into UTF-8.
type encoding interface {
	// decode returns the text of src, appended to dst or src itself, and the number of bytes of src it was made
	// from. Of src it leaves the start of a character at its end, unless final. It is not ok if the bytes after
	// used are no text.
	decode(dst, src []byte, final bool) (text []byte, used int, ok bool)
	name() string
	copies() bool // the text is in dst
	unit() int    // bytes of a CR
}

// chooseEncoding returns the encoding of a file by its name and the file's first bytes, and the length of the
// byte-order mark.
func chooseEncoding(name string, start []byte) (enc encoding, mark int, err error) {
	switch {
	case name == "bytes":
		return keepBytes{}, 0, nil
	case name == "latin-1":
		return newSingleByte(name, charmap.ISO8859_1), 0, nil
	case name == "windows-1252":
		return newSingleByte(name, charmap.Windows1252), 0, nil
	}
	found, mark := byteOrderMark(start)
	switch {
	case name == "" && found != nil, name == "utf-16" && found != nil && found.unit() == 2:
		return found, mark, nil
	case name == "" || name == "utf-8":
		enc = utf8Text{}
	case name == "utf-16le":
		enc = utf16Text{name, binary.LittleEndian}
	case name == "utf-16be":
		enc = utf16Text{name, binary.BigEndian}
	default:
		return nil, 0, errors.New("no UTF-16 byte-order mark at the start: use --encoding utf-16le or utf-16be")
	}
	if found == nil || found.name() != enc.name() {
		mark = 0
	}
	return enc, mark, nil
}

// The byte-order marks.
const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

// byteOrderMark returns the encoding that a byte-order mark announces, or nil, and the mark's length.
func byteOrderMark(start []byte) (encoding, int) {
	switch {
	case bytes.HasPrefix(start, []byte(markUTF8)):
		return utf8Text{}, 3
	case bytes.HasPrefix(start, []byte(markUTF16LE)):
		return utf16Text{"utf-16le", binary.LittleEndian}, 2
	case bytes.HasPrefix(start, []byte(markUTF16BE)):
		return utf16Text{"utf-16be", binary.BigEndian}, 2
	}
	return nil, 0
}

// utf8Text checks UTF-8 and hands it on.
type utf8Text struct{}

func (utf8Text) name() string { return "utf-8" }
func (utf8Text) copies() bool { return false }
func (utf8Text) unit() int    { return 1 }

func (utf8Text) decode(_, src []byte, final bool) ([]byte, int, bool) {
	text := src
	if !final {
		text = src[:whole(src)]
	}
	if utf8.Valid(text) {
		return text, len(text), true
	}
	n := validPrefix(text)
	return text[:n], n, false
}

// whole returns the length of src without the start of a character at its end.
func whole(src []byte) int {
	for n := len(src) - 1; n >= 0 && n > len(src)-utf8.UTFMax; n-- {
		if utf8.RuneStart(src[n]) {
			if !utf8.FullRune(src[n:]) {
				return n
			}
			break
		}
	}
	return len(src)
}

// validPrefix returns where the first invalid byte of text stands.
func validPrefix(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// keepBytes hands any bytes on.
type keepBytes struct{}

func (keepBytes) name() string { return "bytes" }
func (keepBytes) copies() bool { return false }
func (keepBytes) unit() int    { return 1 }

func (keepBytes) decode(_, src []byte, final bool) ([]byte, int, bool) {
	if !final {
		src = src[:whole(src)]
	}
	return src, len(src), true
}

// singleByte decodes an encoding in which a byte is a character. Windows-1252 leaves five bytes without one.
type singleByte struct {
	label string
	runes [256]rune
}

func newSingleByte(label string, m *charmap.Charmap) *singleByte {
	s := &singleByte{label: label}
	for b := range s.runes {
		s.runes[b] = m.DecodeByte(byte(b))
	}
	return s
}

func (s *singleByte) name() string { return s.label }
func (s *singleByte) copies() bool { return true }
func (s *singleByte) unit() int    { return 1 }

func (s *singleByte) decode(dst, src []byte, _ bool) ([]byte, int, bool) {
	for i, b := range src {
		r := s.runes[b]
		if r == utf8.RuneError {
			return dst, i, false
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, len(src), true
}

// utf16Text decodes UTF-16. Half a surrogate pair is no text.
type utf16Text struct {
	label string
	order binary.ByteOrder
}

func (u utf16Text) name() string { return u.label }
func (u utf16Text) copies() bool { return true }
func (u utf16Text) unit() int    { return 2 }

func (u utf16Text) decode(dst, src []byte, final bool) ([]byte, int, bool) {
	at := 0
	for at+2 <= len(src) {
		r, size := rune(u.order.Uint16(src[at:])), 2
		if utf16.IsSurrogate(r) {
			if at+4 > len(src) {
				break
			}
			r, size = utf16.DecodeRune(r, rune(u.order.Uint16(src[at+2:]))), 4
			if r == utf8.RuneError {
				return dst, at, false
			}
		}
		dst = utf8.AppendRune(dst, r)
		at += size
	}
	return dst, at, at == len(src) || !final
}
