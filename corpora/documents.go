package corpora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// A Document is a text with what it was judged to be.
type Document struct {
	Text   string
	Labels []string // one in a multi-class set; any number in a multi-label set; none if unlabelled
	Source string   // the file's name
	Line   int      // of its first line, from 1
}

// A DocumentError says where the data are not as their format demands.
type DocumentError struct {
	File string
	Line int // from 1; 0 if the file as a whole is meant
	Err  error
}

func (e *DocumentError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("corpora: %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("corpora: %s: line %d: %v", e.File, e.Line, e.Err)
}

func (e *DocumentError) Unwrap() error { return e.Err }

// Documents are labelled documents that can be read more than once. Close them after the last time.
type Documents struct {
	opt     DocumentOptions
	files   []documentFile
	skipped []string
	spool   *Corpus // keeps the streams
}

// A documentFile is a file and how it is written.
type documentFile struct {
	source
	format string
	label  string  // of all its documents, for "folders" and "files"
	labels *source // the second file of "parallel"
}

// OpenDocuments finds the documents that args name, in their order, and reads the first of them. That there is none is an
// error, except that a file of unlabelled lines may be empty.
//
// An argument is a file, a glob, a folder, or "-" for stdin, at most once. Files may be compressed by gzip or zstd.
// Where opt.Format is empty, a file's format is that of its name (.jsonl, .ndjson, .json, .csv, .tsv, with or without
// .gz or .zst after it). Otherwise its first line decides: one that starts with { is JSON, one that starts with
// __label__ is fastText's, one that has the names of both columns is a table's header, and one with a tab in it is a
// label and its text, or a row of a table if columns are named. Two files of which the second has "label" in its name
// are read as texts and their labels. A folder that has folders in it is a folder a label; one that has only text
// files is a file a label; else its data files (*.jsonl, *.csv, *.tsv) are read. An option that none of the formats
// found has is an error, unless opt.Inherited.
//
// What becomes of faulty data:
//   - white space, a byte-order mark or a CR around a label is trimmed and counted;
//   - a document without text or without label is left out and counted, as are blank lines;
//   - a label that is given twice counts once and is counted;
//   - a CR before a line feed is dropped and counted;
//   - broken JSON, a text that is not a string, a missing column, a row with more or fewer fields than the first, an
//     unclosed quote, invalid bytes, with Encoding "bytes" a label with invalid bytes, a missing label line or text line is
//     a [DocumentError] or [InvalidTextError] that says where.
func OpenDocuments(ctx context.Context, args []string, stdin io.Reader, opt DocumentOptions) (*Documents, error) {
	given := opt
	if err := opt.validate(); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, errors.New("corpora: nothing to read: name a file, a folder, a glob, or - for standard input")
	}
	d := &Documents{opt: opt, spool: &Corpus{opt: opt.text()}}
	if err := d.find(ctx, args, stdin); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if !opt.Inherited {
		if err := given.CheckFit(d.Files(), d.formats()); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	for _, err := range d.All(ctx) {
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		return d, nil
	}
	if opt.Unlabelled && opt.Format == "lines" {
		return d, nil // an empty log among others; a stream may be empty, too
	}
	err := fmt.Errorf("corpora: %w in %s: there are no documents, or all lack a text or a label", ErrEmpty, d.names())
	return nil, errors.Join(err, d.Close())
}

// Close removes the temporary files.
func (d *Documents) Close() error { return d.spool.Close() }

// Files returns the names of what is read, in order.
func (d *Documents) Files() []string {
	var names []string
	for _, f := range d.files {
		names = append(names, f.name)
		if f.labels != nil {
			names = append(names, f.labels.name)
		}
	}
	return names
}

// Skipped returns the files in the named folders that are not read, because their names do not say that they are data.
func (d *Documents) Skipped() []string { return slices.Clone(d.skipped) }

func (d *Documents) names() string { return firstNames(d.Files()) }

func firstNames(names []string) string {
	if n := len(names); n > 3 {
		return fmt.Sprintf("%s and %d more files", names[0], n-1)
	}
	return strings.Join(names, ", ")
}

// All streams the documents in order, holding one at a time. It may be ranged over again, and yields the same documents
// as long as the files stay as they are. An error ends the sequence.
func (d *Documents) All(ctx context.Context) iter.Seq2[Document, error] {
	return d.pass(ctx, new(account), new(notes))
}

// pass streams the documents and enters what became of the rest.
func (d *Documents) pass(ctx context.Context, a *account, n *notes) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		p := &pass{ctx: ctx, opt: &d.opt, account: a, notes: n, yield: func(doc Document) bool { return yield(doc, nil) }}
		for _, f := range d.files {
			err := p.file(f)
			if err == errStopped {
				return
			}
			if err != nil {
				yield(Document{}, err)
				return
			}
		}
	}
}
