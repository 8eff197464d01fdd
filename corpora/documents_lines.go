package corpora

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// maxDocument bounds a document, and with it the memory for a file without line ends or with an unclosed quote.
const maxDocument = 64 << 20

var errTooLong = fmt.Errorf("more than %d MiB in one document: is a line end or a closing quote missing, or is this another format", maxDocument>>20)

// text streams a file as UTF-8. A mark of UTF-8 that is read as three Latin-1 characters would become part of the first
// label, so it is an error.
func (p *pass) text(s source) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		single := p.opt.Encoding == "latin-1" || p.opt.Encoding == "windows-1252"
		first := true
		for text, err := range s.text(make([]byte, rawSize), p.opt.text(), p.account) {
			if err == nil && first && single && bytes.HasPrefix(text, []byte("\u00ef\u00bb\u00bf")) {
				err = &DocumentError{s.name, 1, fmt.Errorf("the file starts with the byte-order mark of UTF-8, but is read as %s: leave --encoding out", p.opt.Encoding)}
			}
			first = false
			if !yield(text, err) || err != nil {
				return
			}
		}
	}
}

var errOldMac = errors.New(`the lines end in carriage returns alone, as old Macs have it: make line feeds of them, as tr '\r' '\n' does`)

// lineText streams a file of lines or rows. One whose lines end in CR alone would be a single document.
func (p *pass) lineText(s source) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		first := !p.opt.Unlabelled
		for text, err := range p.text(s) {
			if err == nil && first && bytes.Count(text, []byte("\r")) > 1 && !bytes.Contains(text, []byte("\n")) {
				err = &DocumentError{s.name, 1, errOldMac}
			}
			first = false
			if !yield(text, err) || err != nil {
				return
			}
		}
	}
}

// A lineReader reads a file line by line.
type lineReader struct {
	pull    func() ([]byte, error, bool)
	close   func()
	name    string
	notes   *notes
	line    int    // of the last line that next returned, from 1
	rest    []byte // of the text at hand
	partial []byte // the start of a line that ends in the next piece
}

func (p *pass) openLines(s source) *lineReader {
	pull, stop := iter.Pull2(p.lineText(s))
	return &lineReader{pull: pull, close: stop, name: s.name, notes: p.notes}
}

// next returns the next line without its line end (LF or CR LF), and io.EOF after the last.
func (r *lineReader) next() (string, error) {
	r.partial = r.partial[:0]
	for {
		if line, rest, ok := bytes.Cut(r.rest, []byte("\n")); ok {
			r.rest = rest
			return r.take(line)
		}
		r.partial = append(r.partial, r.rest...)
		r.rest = nil
		if len(r.partial) > maxDocument {
			return "", &DocumentError{r.name, r.line + 1, errTooLong}
		}
		text, err, ok := r.pull()
		switch {
		case err != nil:
			return "", err
		case !ok && len(r.partial) == 0:
			return "", io.EOF
		case !ok:
			return r.take(nil)
		}
		r.rest = text
	}
}

// take returns the line of which end is the last part.
func (r *lineReader) take(end []byte) (string, error) {
	r.line++
	line := end
	if len(r.partial) > 0 {
		r.partial = append(r.partial, end...)
		line = r.partial
	}
	if len(line) > maxDocument {
		return "", &DocumentError{r.name, r.line, errTooLong}
	}
	if n := len(line) - 1; n >= 0 && line[n] == '\r' {
		line = line[:n]
		r.notes.add(carriageReturn, Document{Source: r.name, Line: r.line})
	}
	return string(line), nil
}

// A chunkReader is a file's text as a byte stream. It refuses to go on when more is read than a document may hold,
// unless pending is set back.
type chunkReader struct {
	pull    func() ([]byte, error, bool)
	name    string
	rest    []byte
	pending int
	line    int // line ends before rest
	notes   *notes
	last    byte
}

// firstLine returns the first line that is not blank, as far as it stands in the first piece. It comes before Read.
func (r *chunkReader) firstLine() (string, error) {
	text, err, _ := r.pull()
	if err != nil {
		return "", err
	}
	r.rest = text
	return firstOf(text), nil
}

func (r *chunkReader) Read(b []byte) (int, error) {
	if r.pending > maxDocument {
		return 0, errTooLong
	}
	for len(r.rest) == 0 {
		text, err, ok := r.pull()
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, io.EOF
		}
		r.rest = text
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	r.pending += n
	r.count(b[:n])
	return n, nil
}

// count notes the CRs before line feeds, which encoding/csv drops.
func (r *chunkReader) count(b []byte) {
	for _, c := range b {
		if c == '\n' {
			r.line++
			if r.last == '\r' {
				r.notes.add(carriageReturn, Document{Source: r.name, Line: r.line})
			}
		}
		r.last = c
	}
}

// fastTextLine reads labels and text. As in fastText, a word with the prefix is a label wherever it stands; labels
// before the text leave the text as it is.
func (p *pass) fastTextLine(line string, doc *Document) error {
	prefix := p.opt.LabelPrefix
	text := strings.TrimLeft(line, " \t")
	labels := []string{}
	for strings.HasPrefix(text, prefix) {
		label, rest := cutSpace(text)
		labels = append(labels, label[len(prefix):])
		text = rest
	}
	if strings.Contains(text, prefix) {
		text, labels = p.lateLabels(text, labels, *doc)
	}
	if len(labels) == 0 {
		labels = []string{""}
	}
	doc.Text, doc.Labels = text, labels
	return nil
}

// lateLabels takes the labels out of a text.
func (p *pass) lateLabels(text string, labels []string, doc Document) (string, []string) {
	var words []string
	found := false
	for word := range strings.FieldsSeq(text) {
		if label, ok := strings.CutPrefix(word, p.opt.LabelPrefix); ok {
			labels = append(labels, label)
			found = true
		} else {
			words = append(words, word)
		}
	}
	if !found {
		return text, labels
	}
	p.notes.add(lateLabel, doc)
	return strings.Join(words, " "), labels
}

// labelFirst returns a function that reads a label and the text behind it. What ends a label is told once, by the
// first line.
func (p *pass) labelFirst() func(line string, doc *Document) error {
	end := p.opt.LabelEnd
	first := true
	return func(line string, doc *Document) error {
		if first && end == "" && strings.Contains(line, "\t") {
			end = "\t"
		}
		first = false
		label, text := cutSpace(line)
		if end != "" {
			var ok bool
			if label, text, ok = strings.Cut(line, end); !ok {
				return fmt.Errorf("no %q after a label: %q", end, clip(line))
			}
		}
		doc.Text, doc.Labels = text, p.split(label)
		return nil
	}
}

// cutSpace returns the first word of a line and what follows the white space behind it.
func cutSpace(line string) (word, rest string) {
	line = strings.TrimLeft(line, " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.TrimLeft(line[i:], " \t")
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
