package corpora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Options says how to read text. The zero value reads UTF-8, and UTF-16 where a byte-order mark announces it, and
// changes nothing.
type Options struct {
	// Encoding is how the bytes stand for characters:
	//
	//	""              from the byte-order mark, else UTF-8
	//	"utf-8"         a byte-order mark is dropped
	//	"utf-16"        the byte-order mark says which byte comes first
	//	"utf-16le"      low byte first; a byte-order mark is dropped
	//	"utf-16be"      high byte first; a byte-order mark is dropped
	//	"latin-1"       ISO 8859-1: every byte is a character
	//	"windows-1252"  Latin-1 with “quotes”, – and € among 0x80 to 0x9f
	//	"bytes"         the bytes as they are, for a byte-level tokenizer
	Encoding string

	// NormalizeNewlines turns each CR LF into LF. The CRs are counted as dropped.
	NormalizeNewlines bool

	// TempDir is where standard input and pipes larger than 8 MiB are kept, since a corpus is read more than
	// once; empty is the system's folder for temporary files. [Corpus.Close] removes them.
	TempDir string
}

// ErrEmpty is wrapped by the errors for a corpus without any text.
var ErrEmpty = errors.New("no text")

// A Corpus is text that can be read more than once, by several readers at a time. Close it after the last.
type Corpus struct {
	sources []source
	opt     Options
	skipped []string
	closers []io.Closer
}

// A source is one file, or what is read like one. Its reader yields the bytes as they are stored.
type source struct {
	name string
	open func() (io.ReadCloser, error)
	live bool // hand on what is there, rather than wait for a full buffer
}

// Open finds the text that args name, in their order, and checks that each part of it opens and starts as text.
//
// An argument is
//   - a file;
//   - a folder, read recursively in the order of the names: of its files those named *.txt, *.text or *.md, with or
//     without .gz or .zst after it. Hidden files and folders (.name) and links to folders are left out. [Corpus.Skipped]
//     lists the other files that were passed over;
//   - a glob such as "books/*.txt", for a shell that has not expanded it;
//   - "-" for stdin, at most once.
//
// Files compressed by gzip or zstd are recognised by their first bytes and read decompressed. Pipes and stdin are kept
// in memory up to 8 MiB, in a temporary file beyond. Nothing stands between two files, except that a newline is
// inserted (and counted in [Stats]) after a file that does not end in one. A file named twice is read twice.
func Open(ctx context.Context, args []string, stdin io.Reader, opt Options) (*Corpus, error) {
	if !slices.Contains(encodingNames, opt.Encoding) {
		return nil, fmt.Errorf("corpora: unknown encoding %q: use one of %s", opt.Encoding, strings.Join(encodingNames[1:], ", "))
	}
	if len(args) == 0 {
		return nil, errors.New("corpora: nothing to read: name a file, a folder, a glob, or - for standard input")
	}
	c := &Corpus{opt: opt}
	if err := c.find(ctx, args, stdin); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.check(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// check reads the first chunk of every source.
func (c *Corpus) check(ctx context.Context) error {
	some := false
	for _, s := range c.sources {
		for text, err := range c.only(s).Chunks(ctx) {
			if err != nil {
				return err
			}
			some = some || len(text) > 0
			break
		}
	}
	if !some {
		return fmt.Errorf("corpora: %w in %s", ErrEmpty, c.names())
	}
	return nil
}

// only returns the corpus that is the one source.
func (c *Corpus) only(s source) *Corpus { return &Corpus{sources: []source{s}, opt: c.opt} }

func (c *Corpus) names() string {
	if n := len(c.sources); n > 3 {
		return fmt.Sprintf("%s and %d more files", c.sources[0].name, n-1)
	}
	return strings.Join(c.Files(), ", ")
}

// Files returns the names of what is read, in order.
func (c *Corpus) Files() []string {
	names := make([]string, len(c.sources))
	for i, s := range c.sources {
		names[i] = s.name
	}
	return names
}

// Skipped returns the files in the named folders that are not read, because their names do not say that they are text.
func (c *Corpus) Skipped() []string { return slices.Clone(c.skipped) }

// Close removes the temporary files.
func (c *Corpus) Close() error {
	var errs []error
	for _, f := range c.closers {
		errs = append(errs, f.Close())
	}
	c.closers = nil
	return errors.Join(errs...)
}

// Chunks streams the text in order: pieces of at most 192 KiB, none empty, that together are the text. A piece holds
// whole characters of valid UTF-8; with Encoding "bytes" it may hold any bytes, but never cuts a valid character.
// The slice may be used only until the next step. Chunks may be ranged over again, and yields the same text as long as
// the files stay as they are ([Stats].SHA256 tells). An error ends the sequence.
func (c *Corpus) Chunks(ctx context.Context) iter.Seq2[[]byte, error] {
	return c.chunks(ctx, new(account))
}

// chunks streams the text and enters into a what it was made from.
func (c *Corpus) chunks(ctx context.Context, a *account) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var (
			last    = byte('\n')
			newline = []byte("\n")
			raw     = make([]byte, rawSize)
		)
		for _, s := range c.sources {
			first := true
			for text, err := range s.text(raw, c.opt, a) {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if first && last != '\n' {
					a.inserted++
					if !yield(newline, nil) {
						return
					}
				}
				first, last = false, text[len(text)-1]
				if !yield(text, nil) {
					return
				}
			}
		}
	}
}

// Section streams the characters from, from+1, … to-1 of the text, as Chunks does. With Encoding "bytes", a byte that is
// part of no valid character counts as one. It is an error if the text ends before character to.
func (c *Corpus) Section(ctx context.Context, from, to int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if from < 0 || to < from {
			yield(nil, fmt.Errorf("corpora: no section from character %d to %d", from, to))
			return
		}
		var at int64
		for text, err := range c.Chunks(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if at >= to {
				return
			}
			n := int64(utf8.RuneCount(text))
			if part := runes(text, n, from-at, to-at); len(part) > 0 && !yield(part, nil) {
				return
			}
			at += n
		}
		if at < to {
			yield(nil, fmt.Errorf("corpora: a section ends at character %d, but the text has only %d: has it been changed?", to, at))
		}
	}
}

// runes returns the characters from to to-1 of text, which has n of them.
func runes(text []byte, n, from, to int64) []byte {
	if from >= n {
		return nil
	}
	return text[runeOffset(text, n, max(from, 0)):runeOffset(text, n, min(to, n))]
}

// runeOffset returns where character i of text begins. Text has n characters, at least i.
func runeOffset(text []byte, n, i int64) int {
	if i == n {
		return len(text)
	}
	if n == int64(len(text)) {
		return int(i)
	}
	at := 0
	for ; i > 0; i-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}
