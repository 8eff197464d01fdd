package corpora

import (
	"fmt"
	"slices"
	"strings"
)

// DocumentOptions says how labelled documents are written. The zero value reads UTF-8 and tells the format from the
// names of the files and their first lines.
type DocumentOptions struct {
	Encoding string // as in [Options]
	TempDir  string // as in [Options]

	// Format is how documents and labels stand in the files:
	//
	//	""             told from the name and the first line of each file; see [OpenDocuments]
	//	"jsonl"        an object a line: {"text": …, "label": …}. A label is a string, a number (kept as it is
	//	               written), true or false, or an array of them
	//	"csv"          a table with commas; with semicolons or tabs if its first line has these, and no comma, outside
	//	               quotes, unless it has neither header nor labels; or with what Excel's sep=; declares
	//	"tsv"          a table with tabs
	//	"fasttext"     __label__a __label__b text
	//	"label-first"  label, white space, text
	//	"parallel"     two files: line n of the second is the label of line n of the first
	//	"folders"      folder/label/name.txt: a folder a label, a file a document
	//	"files"        label.txt: a file a label, a line a document
	//	"lines"        a line a document, without labels
	//	"text"         a file a document, without labels
	Format string

	// TextColumn and LabelColumn name the columns of a table or the keys of JSON objects; empty is "text" and
	// "label". In a table they may be numbers, from 1.
	TextColumn, LabelColumn string

	// Header says whether the first row of a table names its columns: "yes", "no", or "" for yes unless both
	// columns are given as numbers.
	Header string

	// Quotes is "csv" if fields of a table may stand in double quotes as in RFC 4180, "none" if a quote is a
	// character like any other, and "" for csv with commas and none with tabs.
	Quotes string

	LabelPrefix    string // of the labels in fastText's format; empty is "__label__"
	LabelEnd       string // ends a label-first label; empty is a tab if the file's first line has one, else white space
	LabelCut       string // if set, a label ends before it: ":" makes "NUM:date" NUM
	LabelSeparator string // if set, parts several labels in one field: "," makes "a,b" two labels

	// Unlabelled reads texts for which labels are not needed: a missing column or an empty label is none, and
	// empty texts are kept.
	Unlabelled bool

	// Inherited says that the options are those of other files, as of those that a model was trained on: what none of the
	// formats found has is left out, and not an error.
	Inherited bool `json:"-"`
}

// documentFormats are the values that DocumentOptions.Format may have.
var documentFormats = []string{"", "jsonl", "csv", "tsv", "fasttext", "label-first", "parallel", "folders", "files", "lines", "text"}

// labelledFormats are those that have labels.
func labelledFormats() []string {
	return slices.DeleteFunc(slices.Clone(documentFormats[1:]), func(f string) bool { return f == "lines" || f == "text" })
}

// validate checks the choices and fills in the defaults.
func (o *DocumentOptions) validate() error {
	for _, c := range []struct {
		what, value string
		choices     []string
	}{
		{"encoding", o.Encoding, encodingNames},
		{"document format", o.Format, documentFormats},
		{"header", o.Header, []string{"", "yes", "no"}},
		{"quotes", o.Quotes, []string{"", "csv", "none"}},
	} {
		if !slices.Contains(c.choices, c.value) {
			return fmt.Errorf("corpora: unknown %s %q: use one of %s", c.what, c.value, strings.Join(c.choices[1:], ", "))
		}
	}
	if o.LabelPrefix == "" {
		o.LabelPrefix = "__label__"
	}
	return nil
}

// text returns how the files are decoded.
func (o *DocumentOptions) text() Options { return Options{Encoding: o.Encoding, TempDir: o.TempDir} }

// columns returns the names of the text's and the label's column.
func (o *DocumentOptions) columns() (text, label string) {
	text, label = o.TextColumn, o.LabelColumn
	if text == "" {
		text = "text"
	}
	if label == "" {
		label = "label"
	}
	return text, label
}

// partialOptions are the options that only some formats have.
var partialOptions = []struct {
	name    string
	field   func(*DocumentOptions) *string
	formats []string
}{
	{"text-column", func(o *DocumentOptions) *string { return &o.TextColumn }, []string{"jsonl", "csv", "tsv"}},
	{"label-column", func(o *DocumentOptions) *string { return &o.LabelColumn }, []string{"jsonl", "csv", "tsv"}},
	{"header", func(o *DocumentOptions) *string { return &o.Header }, []string{"csv", "tsv"}},
	{"quotes", func(o *DocumentOptions) *string { return &o.Quotes }, []string{"csv", "tsv"}},
	{"label-prefix", func(o *DocumentOptions) *string { return &o.LabelPrefix }, []string{"fasttext"}},
	{"label-end", func(o *DocumentOptions) *string { return &o.LabelEnd }, []string{"label-first"}},
	{"label-separator", func(o *DocumentOptions) *string { return &o.LabelSeparator }, []string{"jsonl", "csv", "tsv", "label-first", "parallel"}},
}

// ForFiles returns the options by which files are read whose names tell how they are written, where o tells it for
// others: the format is then told from the names, and options that their formats do not have are left out. If a name
// tells nothing, o stays as it is.
func (o DocumentOptions) ForFiles(paths []string) DocumentOptions {
	var formats []string
	for _, path := range paths {
		formats = append(formats, formatByName(path))
	}
	if len(paths) == 0 || slices.Contains(formats, "") {
		return o
	}
	o.Format = ""
	for _, p := range partialOptions {
		if !overlap(p.formats, formats) {
			*p.field(&o) = ""
		}
	}
	return o
}

// CheckFit refuses options that are ignored in files that were read in some formats.
func (o DocumentOptions) CheckFit(files, formats []string) error {
	for _, p := range partialOptions {
		if value := *p.field(&o); value != "" && !overlap(p.formats, formats) {
			return fmt.Errorf("corpora: --%s %s would be ignored: it is for %s, but %s is read as %s (--format changes that)",
				p.name, value, strings.Join(p.formats, ", "), firstNames(files), strings.Join(formats, ", "))
		}
	}
	return nil
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
