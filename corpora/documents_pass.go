package corpora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// errStopped says that who reads the documents wants no more.
var errStopped = errors.New("stopped")

// A pass reads the documents once.
type pass struct {
	ctx     context.Context
	opt     *DocumentOptions
	account *account
	notes   *notes
	yield   func(Document) bool
}

// file reads the documents of one file.
func (p *pass) file(f documentFile) error {
	switch f.format {
	case "folders", "text":
		return p.whole(f)
	case "csv", "tsv":
		if p.quoted(f.format) {
			return p.quotedTable(f)
		}
		return p.plainTable(f)
	case "parallel":
		return p.parallel(f)
	}
	return p.lines(f)
}

// lines reads a format in which each line is a document.
func (p *pass) lines(f documentFile) error {
	r := p.openLines(f.source)
	defer r.close()
	read := p.lineFormat(f)
	for {
		line, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		doc := Document{Source: f.name, Line: r.line}
		if strings.TrimSpace(line) == "" && !(p.opt.Unlabelled && f.format == "lines") {
			p.notes.add(blankLine, doc)
			continue
		}
		if err := read(line, &doc); err != nil {
			return &DocumentError{f.name, r.line, err}
		}
		if err := p.emit(doc); err != nil {
			return err
		}
	}
}

// lineFormat returns the function that reads a line's text and labels into a document.
func (p *pass) lineFormat(f documentFile) func(line string, doc *Document) error {
	switch f.format {
	case "jsonl":
		return p.jsonLine
	case "fasttext":
		return p.fastTextLine
	case "label-first":
		return p.labelFirst()
	case "files":
		return func(line string, doc *Document) error {
			doc.Text, doc.Labels = line, []string{f.label}
			return nil
		}
	}
	return func(line string, doc *Document) error { doc.Text = line; return nil }
}

// whole reads a file that is one document.
func (p *pass) whole(f documentFile) error {
	var b strings.Builder
	for text, err := range p.text(f.source) {
		if err != nil {
			return err
		}
		if b.Len()+len(text) > maxDocument {
			return &DocumentError{f.name, 0, errTooLong}
		}
		b.Write(text)
	}
	doc := Document{Text: b.String(), Source: f.name, Line: 1}
	if f.format == "folders" {
		doc.Labels = []string{f.label}
	}
	return p.emit(doc)
}

// parallel reads texts and labels side by side.
func (p *pass) parallel(f documentFile) error {
	texts, labels := p.openLines(f.source), p.openLines(*f.labels)
	defer texts.close()
	defer labels.close()
	for {
		text, textErr := texts.next()
		label, labelErr := labels.next()
		switch {
		case textErr == io.EOF && labelErr == io.EOF:
			return nil
		case textErr == io.EOF && labelErr == nil:
			return unequal(labels, texts)
		case labelErr == io.EOF && textErr == nil:
			return unequal(texts, labels)
		case textErr != nil && textErr != io.EOF:
			return textErr
		case labelErr != nil:
			return labelErr
		}
		doc := Document{Text: text, Labels: p.split(label), Source: f.name, Line: texts.line}
		if err := p.emit(doc); err != nil {
			return err
		}
	}
}

// unequal says that one file goes on where the other has ended.
func unequal(longer, shorter *lineReader) error {
	return &DocumentError{longer.name, longer.line, fmt.Errorf("this line has no fellow: %s ends after line %d", shorter.name, shorter.line)}
}

// split parts the labels of one field.
func (p *pass) split(field string) []string {
	if p.opt.LabelSeparator == "" {
		return []string{field}
	}
	return strings.Split(field, p.opt.LabelSeparator)
}

// emit hands on a document, unless it lacks something. A document with an empty list of labels lacks none: in a
// multi-label set, none may apply.
func (p *pass) emit(doc Document) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	given := len(doc.Labels)
	p.clean(&doc)
	if i := slices.IndexFunc(doc.Labels, func(label string) bool { return !utf8.ValidString(label) }); i >= 0 {
		return &DocumentError{doc.Source, doc.Line, fmt.Errorf("the label %q is not UTF-8, in which model files keep labels: say with --encoding how the file was written, or rename the folder or file that names the label", doc.Labels[i])}
	}
	switch {
	case p.opt.Unlabelled:
	case strings.TrimSpace(doc.Text) == "":
		p.notes.add(emptyText, doc)
		return nil
	case given > 0 && len(doc.Labels) == 0:
		p.notes.add(emptyLabel, doc)
		return nil
	}
	if !p.yield(doc) {
		return errStopped
	}
	return nil
}

// clean trims and cuts the labels and leaves out the empty and the repeated.
func (p *pass) clean(doc *Document) {
	kept := doc.Labels[:0]
	for _, label := range doc.Labels {
		trimmed := trimLabel(label)
		if trimmed != label && trimmed != "" {
			p.notes.add(trimmedLabel, *doc)
		}
		if cut := p.opt.LabelCut; cut != "" {
			if before, _, ok := strings.Cut(trimmed, cut); ok {
				trimmed = trimLabel(before)
				p.notes.add(cutLabel, *doc)
			}
		}
		switch {
		case trimmed == "":
		case slices.Contains(kept, trimmed):
			p.notes.add(repeatedLabel, *doc)
		default:
			kept = append(kept, trimmed)
		}
	}
	doc.Labels = kept
}

// trimLabel drops white space and byte-order marks around a label.
func trimLabel(label string) string {
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(label), "\ufeff"))
}
