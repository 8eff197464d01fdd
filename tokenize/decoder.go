package tokenize

import (
	"strings"
	"unicode/utf8"
)

// Decoder turns ids that arrive one by one into text. The strings it returns,
// joined, are the text of AppendText, and each holds complete characters only;
// bytes that can never become UTF-8 come out as U+FFFD, one for each.
//
// A Decoder serves one text at a time, in one goroutine.
type Decoder struct {
	t    Tokenizer
	buf  []byte // an incomplete character
	tail []int32
	done int // how many bytes of the text of tail were returned
	next func(id int32)
	gap  spacer
}

// NewDecoder returns a Decoder at the start of a text.
func NewDecoder(t Tokenizer) *Decoder {
	d := &Decoder{t: t}
	switch t := t.(type) {
	case *words:
		d.gap = t.spacer()
		d.next = func(id int32) { d.buf = t.appendToken(d.buf, id, &d.gap) }
	case native:
		d.next = func(id int32) { d.buf = t.AppendText(d.buf, []int32{id}) }
	default:
		d.next = d.foreign
	}
	return d
}

// Next returns the text that id completes; it may be empty.
func (d *Decoder) Next(id int32) string {
	d.next(id)
	whole := len(d.buf) - partialRune(d.buf)
	text := string(d.buf[:whole])
	d.buf = append(d.buf[:0], d.buf[whole:]...)
	return validText(text)
}

// Flush ends the text: it returns what is left of an incomplete character. The
// Decoder is then at the start of a new text.
func (d *Decoder) Flush() string {
	if text := d.t.AppendText(nil, d.tail); len(text) > d.done {
		d.buf = append(d.buf, text[d.done:]...) // what foreign waited with
	}
	text := string(d.buf)
	d.buf, d.tail, d.done, d.gap = d.buf[:0], d.tail[:0], 0, spacer{plain: d.gap.plain}
	return validText(text)
}

// foreign decodes with a tokenizer whose token texts may depend on their
// neighbours: it decodes the last tokens together and takes what is new.
func (d *Decoder) foreign(id int32) {
	d.tail = append(d.tail, id)
	text := d.t.AppendText(nil, d.tail)
	if len(text) < d.done || strings.HasSuffix(string(text), "\uFFFD") {
		return
	}
	d.buf = append(d.buf, text[d.done:]...)
	d.done = len(text)
	if len(d.tail) >= 2*foreignContext {
		d.tail = append(d.tail[:0], d.tail[len(d.tail)-foreignContext:]...)
		d.done = len(d.t.AppendText(nil, d.tail))
	}
}

// foreignContext is how many earlier tokens may change a token's text.
const foreignContext = 8

// validText replaces every byte that is not UTF-8 by U+FFFD.
func validText(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}
