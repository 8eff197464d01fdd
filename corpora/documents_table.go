package corpora

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// quoted reports whether fields may stand in double quotes.
func (p *pass) quoted(format string) bool {
	return p.opt.Quotes == "csv" || p.opt.Quotes == "" && format == "csv"
}

// separator tells from a table's first line what parts the fields of a row. The line is no row if it only declares that,
// as Excel reads it. Where a comma is the decimal point, spreadsheets write tables with semicolons under the name .csv.
func separator(format, first string) (sep rune, declared bool) {
	switch {
	case format == "tsv":
		return '\t', false
	case first == "sep=,", first == "sep=;", first == "sep=\t":
		return rune(first[len(first)-1]), true
	case strings.Contains(first, ","):
		return ',', false
	case strings.Contains(first, ";"):
		return ';', false
	case strings.Contains(first, "\t"):
		return '\t', false
	}
	return ',', false
}

// separator is [separator], but takes no semicolon or tab for one in a first text that may be a whole row.
func (p *pass) separator(format, first string) (sep rune, declared bool) {
	sep, declared = separator(format, first)
	if format == "csv" && !declared && p.opt.Unlabelled && !p.hasHeader() {
		return ',', false
	}
	return sep, declared
}

// outsideQuotes leaves out what stands in quotes, of which the last may be closed in another line.
func outsideQuotes(line string) string {
	var b strings.Builder
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}

// quotedTable reads rows by RFC 4180. An empty line is no row, and is passed over by encoding/csv.
func (p *pass) quotedTable(f documentFile) error {
	pull, stop := iter.Pull2(p.lineText(f.source))
	defer stop()
	text := &chunkReader{pull: pull, name: f.name, notes: p.notes}
	first, err := text.firstLine()
	if err != nil {
		return err
	}
	r := csv.NewReader(text)
	comma, declared := p.separator(f.format, outsideQuotes(first))
	r.Comma = comma
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	var t table
	line, end := 0, 0 // where the last row starts and ends
	for {
		text.pending = 0
		fields, err := r.Read()
		if err == io.EOF {
			p.blankLines(f.name, end, text.line+1)
			return nil
		}
		if errors.Is(err, errTooLong) {
			return &DocumentError{f.name, line + 1, err}
		}
		if err != nil {
			return tableError(f.name, err)
		}
		line, _ = r.FieldPos(0)
		p.blankLines(f.name, end, line)
		end = line
		for _, field := range fields {
			end += strings.Count(field, "\n")
		}
		if declared {
			declared = false
			continue
		}
		if err := p.row(&t, fields, Document{Source: f.name, Line: line}); err != nil {
			return err
		}
	}
}

// blankLines notes the lines between two rows.
func (p *pass) blankLines(name string, before, after int) {
	for line := before + 1; line < after; line++ {
		p.notes.add(blankLine, Document{Source: name, Line: line})
	}
}

// tableError says where the quotes of a table are wrong.
func tableError(name string, err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	switch {
	case errors.Is(parse.Err, csv.ErrBareQuote):
		err = fmt.Errorf("column %d: a quote inside a field that does not start with one: put the field in quotes and double those inside, or use --quotes none", parse.Column)
	case errors.Is(parse.Err, csv.ErrQuote):
		err = fmt.Errorf("a quoted field that starts in this row is not closed by line %d, column %d: double the quotes inside it and close it, or use --quotes none", parse.Line, parse.Column)
	default:
		err = parse.Err
	}
	return &DocumentError{name, parse.StartLine, err}
}

// plainTable reads rows in which a quote is a character like any other.
func (p *pass) plainTable(f documentFile) error {
	r := p.openLines(f.source)
	defer r.close()
	var t table
	sep := ""
	for {
		line, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		doc := Document{Source: f.name, Line: r.line}
		if line == "" {
			p.notes.add(blankLine, doc)
			continue
		}
		if sep == "" {
			comma, declared := p.separator(f.format, line)
			if sep = string(comma); declared {
				continue
			}
		}
		if err := p.row(&t, strings.Split(line, sep), doc); err != nil {
			return err
		}
	}
}

// A table is what its first row said.
type table struct {
	width       int // fields a row; 0 before the first
	text, label int // the columns, from 0; no label is -1
}

// row reads a row of a table: its header or a document.
func (p *pass) row(t *table, fields []string, doc Document) error {
	if t.width == 0 {
		header, err := p.header(t, fields)
		if err != nil {
			return &DocumentError{doc.Source, doc.Line, err}
		}
		if header {
			return nil
		}
	}
	if len(fields) != t.width {
		err := fmt.Errorf("a row of %d fields, but the first row has %d: put a field that holds a separator or a line break in quotes, or say with --format csv or tsv what parts the fields", len(fields), t.width)
		return &DocumentError{doc.Source, doc.Line, err}
	}
	doc.Text = strings.Clone(fields[t.text])
	if t.label >= 0 {
		doc.Labels = p.split(strings.Clone(fields[t.label]))
	}
	if p.opt.Quotes == "" && (looksQuoted(doc.Text) || len(doc.Labels) == 1 && looksQuoted(doc.Labels[0])) {
		p.notes.add(keptQuotes, doc)
	}
	return p.emit(doc)
}

// looksQuoted reports whether a field starts and ends with a quote, as it does when quotes are read as characters and
// were meant otherwise.
func looksQuoted(field string) bool {
	return len(field) > 1 && field[0] == '"' && field[len(field)-1] == '"'
}

// header finds the columns by the first row and reports whether it names them.
func (p *pass) header(t *table, fields []string) (bool, error) {
	textName, labelName := p.opt.columns()
	header := p.hasHeader()
	var names []string
	if header {
		names = make([]string, len(fields))
		for i, f := range fields {
			names[i] = trimLabel(f)
		}
	}
	var err error
	if t.text, err = column("text", textName, names, fields); err != nil {
		return false, err
	}
	if t.label, err = column("label", labelName, names, fields); err != nil {
		if !p.opt.Unlabelled {
			return false, err
		}
		t.label = -1
	}
	t.width = len(fields)
	return header, nil
}

// hasHeader reports whether the first row names the columns: unless it is said, if they are not both given by number.
func (p *pass) hasHeader() bool {
	text, label := p.opt.columns()
	return p.opt.Header == "yes" || p.opt.Header == "" && !(isNumber(text) && isNumber(label))
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// column finds a column by its name among those of the header, else by its number.
func column(what, name string, names, fields []string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		if j := slices.Index(names[i+1:], name); j >= 0 {
			return 0, fmt.Errorf("columns %d and %d are both called %q: give --%s-column the number of the one of the %s", i+1, i+j+2, name, what, what)
		}
		return i, nil
	}
	n, err := strconv.Atoi(name)
	switch {
	case err == nil && n >= 1 && n <= len(fields):
		return n - 1, nil
	case err == nil:
		return 0, fmt.Errorf("no column %d for the %s: the row has %d fields: %s", n, what, len(fields), quoteAll(fields))
	case names == nil:
		return 0, fmt.Errorf("no column %q for the %s without a header: give --%s-column a number from 1 to %d", name, what, what, len(fields))
	}
	return 0, fmt.Errorf("no column %q for the %s: the columns are %s: name one with --%s-column; if there is no header, give both columns as numbers",
		name, what, quoteAll(names), what)
}
