package corpora

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readDocuments reads all documents and counts them.
func readDocuments(t *testing.T, args []string, stdin string, opt DocumentOptions) ([]Document, DocumentStats, error) {
	t.Helper()
	d, err := OpenDocuments(t.Context(), args, strings.NewReader(stdin), opt)
	if err != nil {
		return nil, DocumentStats{}, err
	}
	defer d.Close()
	var docs []Document
	for doc, err := range d.All(t.Context()) {
		if err != nil {
			return docs, DocumentStats{}, err
		}
		docs = append(docs, doc)
	}
	stats, err := d.Stats(t.Context())
	return docs, stats, err
}

// brief writes documents as label,label:text.
func brief(docs []Document) []string {
	var list []string
	for _, d := range docs {
		list = append(list, strings.Join(d.Labels, ",")+":"+d.Text)
	}
	return list
}

func TestDocumentFormats(t *testing.T) {
	type opts = DocumentOptions
	for _, tt := range []struct {
		name, stored string
		opt          opts
		want         []string
	}{
		{"json", `{"text":"a b","label":"x"}` + "\n" + `{"label":"y","text":"c\td"}`, opts{}, []string{"x:a b", "y:c\td"}},
		{"json labels", `{"text":"a","label":1.50}
{"text":"b","label":true}
{"text":"c","label":["p",2,"p"]}
{"text":"d","label":[]}`, opts{}, []string{"1.50:a", "true:b", "p,2:c", ":d"}},
		{"json keys", `{"body":"a","class":"x","text":1}`, opts{TextColumn: "body", LabelColumn: "class"}, []string{"x:a"}},
		{"json without labels", `{"text":"a"}` + "\n" + `{"text":"","label":"x"}`, opts{Unlabelled: true}, []string{":a", "x:"}},
		{"csv", "id,label,text\n1,x,\"a, \"\"b\"\"\nc\"\n2,y,d\n", opts{Format: "csv"}, []string{"x:a, \"b\"\nc", "y:d"}},
		{"csv told by its header", "\"text\",\"label\"\na,x\n", opts{}, []string{"x:a"}},
		{"csv with semicolons", "\"text\";\"label\"\r\n\"a; b, c\";x\r\n1,5;y\r\n", opts{Format: "csv"}, []string{"x:a; b, c", "y:1,5"}},
		{"csv with semicolons told by its header", "id;text;label\n1;a, b;x\n", opts{}, []string{"x:a, b"}},
		{"csv with semicolons and without quotes", "text;label\n\"a;x\n", opts{Format: "csv", Quotes: "none"}, []string{`x:"a`}},
		{"csv with tabs", "\ntext\tlabel\n\"a\tb\"\tx\n", opts{Format: "csv"}, []string{"x:a\tb"}},
		{"csv with semicolons, told by its header with a comma in quotes", "\"id, old\";\"text\";label\n1;a;x\n", opts{}, []string{"x:a"}},
		{"csv by number, whose first text goes on below", "\"a; b\nc\",x\nd,y\n", opts{Format: "csv", TextColumn: "1", LabelColumn: "2"}, []string{"x:a; b\nc", "y:d"}},
		{"csv that declares semicolons", "sep=;\r\ntext;label, or what\r\na;x\r\n", opts{Format: "csv", LabelColumn: "label, or what"}, []string{"x:a"}},
		{"csv that declares commas, without quotes", "sep=,\ntext,label\na,x\n", opts{Format: "csv", Quotes: "none"}, []string{"x:a"}},
		{"csv by number", "x,a\ny,b\n", opts{Format: "csv", TextColumn: "2", LabelColumn: "1"}, []string{"x:a", "y:b"}},
		{"csv by number with header", "l,t\nx,a\n", opts{Format: "csv", TextColumn: "2", LabelColumn: "1", Header: "yes"}, []string{"x:a"}},
		{"csv without labels", "text\na\n", opts{Format: "csv", Unlabelled: true}, []string{":a"}},
		{"csv of texts alone", "a; b\nc; d\n", opts{Format: "csv", Unlabelled: true, TextColumn: "1", Header: "no"}, []string{":a; b", ":c; d"}},
		{"tsv", "text\tlabel\n\"a\" b\tx\n\"c\ty\n", opts{}, []string{`x:"a" b`, `y:"c`}},
		{"tsv with quotes", "text\tlabel\n\"a\tb\"\tx\n", opts{Quotes: "csv"}, []string{"x:a\tb"}},
		{"column twice, by number", "text,label,text\na,x,b\n", opts{Format: "csv", TextColumn: "3"}, []string{"x:b"}},
		{"tsv by number", "neg\t0\t3\ta b\npos\t1\t9\tc\n", opts{TextColumn: "4", LabelColumn: "1"}, []string{"neg:a b", "pos:c"}},
		{"label separator", "label,text\n\"p, q\",a\n", opts{LabelSeparator: ","}, []string{"p,q:a"}},
		{"fasttext", "__label__x a b\n__label__x __label__y  c  d\n", opts{}, []string{"x:a b", "x,y:c  d"}},
		{"fasttext labels behind", "__label__x a  b __label__y\n", opts{}, []string{"x,y:a b"}},
		{"fasttext prefix", "#x a\n", opts{Format: "fasttext", LabelPrefix: "#"}, []string{"x:a"}},
		{"label and tab", "earn\ta b\nmoney fx\tc\td\n", opts{}, []string{"earn:a b", "money fx:c\td"}},
		{"label and blank", "NUM:date When ?\nHUM:ind Who ?\n", opts{Format: "label-first"}, []string{"NUM:date:When ?", "HUM:ind:Who ?"}},
		{"label cut", "NUM:date When ?\nHUM:ind Who ?\n", opts{Format: "label-first", LabelCut: ":"}, []string{"NUM:When ?", "HUM:Who ?"}},
		{"label end", "x|a b\n", opts{Format: "label-first", LabelEnd: "|"}, []string{"x:a b"}},
		{"lines", "a\n\nb", opts{Format: "lines"}, []string{":a", ":b"}},
		{"every line", "a\n\nb", opts{Unlabelled: true}, []string{":a", ":", ":b"}},
		{"no lines", "", opts{Format: "lines", Unlabelled: true}, nil},
		{"text", "a\nb\n", opts{Format: "text"}, []string{":a\nb\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, stats, err := readDocuments(t, []string{"-"}, tt.stored, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, brief(docs)); diff != "" {
				t.Error(diff)
			}
			if stats.Documents != len(docs) || stats.BytesRead != int64(len(tt.stored)) {
				t.Errorf("stats %+v of %d documents, %d bytes", stats, len(docs), len(tt.stored))
			}
		})
	}
}

func TestDocumentFiles(t *testing.T) {
	dir := write(t, "x.txt", "a\nb\n", "y.txt.gz", gz("c\n"), "note.pdf", "",
		"set/x/1.txt", "a\n", "set/x/deep/2", "b", "set/y/3.txt.zst", zst("c"), "set/y/4.pdf", "", "set/readme.txt", "",
		"texts.txt", "a\nb\n", "texts.labels", "x\r\ny\r\n", "data/d.jsonl.gz", gz(`{"text":"a","label":"x"}`), "data/e.csv", "label,text\ny,b\n", "data/f.txt", "",
		"names/p.txt", "a\n", "names/q.TXT", "b\n", "rt.neg", "a\n", "rt.pos", "b\n")
	in := func(names ...string) []string {
		for i, n := range names {
			names[i] = filepath.Join(dir, n)
		}
		return names
	}
	for _, tt := range []struct {
		name    string
		args    []string
		opt     DocumentOptions
		want    []string
		format  string
		skipped int
	}{
		{"file a label", in("x.txt", "y.txt.gz"), DocumentOptions{Format: "files"}, []string{"x:a", "x:b", "y:c"}, "files", 0},
		{"endings are labels", in("rt.*"), DocumentOptions{Format: "files"}, []string{"rt.neg:a", "rt.pos:b"}, "files", 0},
		{"folder of labels' files", in("names"), DocumentOptions{}, []string{"p:a", "q:b"}, "files", 0},
		{"folder a label", in("set"), DocumentOptions{}, []string{"x:a\n", "x:b", "y:c"}, "folders", 2},
		{"parallel", in("texts.txt", "texts.labels"), DocumentOptions{}, []string{"x:a", "y:b"}, "parallel", 0},
		{"parallel, told", in("x.txt", "names/../texts.labels"), DocumentOptions{Format: "parallel"}, []string{"x:a", "y:b"}, "parallel", 0},
		{"folder of data", in("data"), DocumentOptions{}, []string{"x:a", "y:b"}, "jsonl", 1},
		{"glob", in("data/*.[jc]*"), DocumentOptions{}, []string{"x:a", "y:b"}, "jsonl", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, stats, err := readDocuments(t, tt.args, "", tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, brief(docs)); diff != "" {
				t.Error(diff)
			}
			if stats.Formats[0] != tt.format {
				t.Errorf("format %v, want %s", stats.Formats, tt.format)
			}
			d, err := OpenDocuments(t.Context(), tt.args, nil, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Skipped(); len(got) != tt.skipped {
				t.Errorf("skipped %v, want %d", got, tt.skipped)
			}
		})
	}
}

// TestFaultyDocuments holds what is left out or changed against what the notes say.
func TestFaultyDocuments(t *testing.T) {
	for _, tt := range []struct {
		name, stored string
		opt          DocumentOptions
		want         []string
		note         string
		count, line  int
	}{
		{"mark before the label", "\xef\xbb\xbfx\ta\nx\tb\n", DocumentOptions{}, []string{"x:a", "x:b"}, "", 0, 0},
		{"mark inside", "x\ta\n\xef\xbb\xbfx\tb\n", DocumentOptions{}, []string{"x:a", "x:b"}, trimmedLabel, 1, 2},
		{"mark before the header", "\xef\xbb\xbftext,label\na,x\n", DocumentOptions{}, []string{"x:a"}, "", 0, 0},
		{"CR LF", "x\ta\r\ny\tb\r\n", DocumentOptions{}, []string{"x:a", "y:b"}, carriageReturn, 2, 1},
		{"CR in a label", "{\"text\":\"a\",\"label\":\"x\\r\"}\n", DocumentOptions{}, []string{"x:a"}, trimmedLabel, 1, 1},
		{"CR LF in quotes", "text,label\r\n\"a\r\nb\",x\r\n", DocumentOptions{}, []string{"x:a\nb"}, carriageReturn, 3, 1},
		{"blank lines", "x\ta\n\n \ny\tb\n", DocumentOptions{}, []string{"x:a", "y:b"}, blankLine, 2, 2},
		{"blank rows", "\ntext,label\n\n\"a\n\nb\",x\n\nc,y\n\n", DocumentOptions{Format: "csv"}, []string{"x:a\n\nb", "y:c"}, blankLine, 4, 1},
		{"no blank row at the end", "text,label\na,x\nb,\"y\n\"", DocumentOptions{}, []string{"x:a", "y:b"}, trimmedLabel, 1, 3},
		{"empty text", "x\ta\nx\t \ny\tb\n", DocumentOptions{}, []string{"x:a", "y:b"}, emptyText, 1, 2},
		{"empty label", "text,label\na,x\nb,\nc, \n", DocumentOptions{}, []string{"x:a"}, emptyLabel, 2, 3},
		{"null label", `{"text":"a","label":null}` + "\n" + `{"text":"b","label":"x"}`, DocumentOptions{}, []string{"x:b"}, emptyLabel, 1, 1},
		{"no fastText label", "__label__x a\nb\n__label__ c\n", DocumentOptions{}, []string{"x:a"}, emptyLabel, 2, 2},
		{"label twice", "__label__x __label__x a\n", DocumentOptions{}, []string{"x:a"}, repeatedLabel, 1, 1},
		{"late label", "__label__x a __label__y b\n", DocumentOptions{}, []string{"x,y:a b"}, lateLabel, 1, 1},
		{"cut label", "N:d a\nH b\n", DocumentOptions{Format: "label-first", LabelCut: ":"}, []string{"N:a", "H:b"}, cutLabel, 1, 1},
		{"half a pair", `{"text":"\ud83d","label":"x"}`, DocumentOptions{}, []string{"x:\ufffd"}, halfPair, 1, 1},
		{"a real U+FFFD", `{"text":"` + "\ufffd" + `","label":"x"}`, DocumentOptions{}, []string{"x:\ufffd"}, "", 0, 0},
		{"quotes in a tsv", "text\tlabel\n\"a\"\tx\n", DocumentOptions{}, []string{`x:"a"`}, keptQuotes, 1, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, stats, err := readDocuments(t, []string{"-"}, tt.stored, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, brief(docs)); diff != "" {
				t.Error(diff)
			}
			var want []Note
			if tt.note != "" {
				want = []Note{{tt.note, tt.count, "standard input", tt.line}}
			}
			if diff := cmp.Diff(want, stats.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocumentErrors(t *testing.T) {
	dir := write(t, "three.txt", "a\nb\nc\n", "two.labels", "x\ny\n", "plain.txt", "a b c\n", "empty.txt", "", "none/a.pdf", "")
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct {
		name   string
		args   []string
		stored string
		opt    DocumentOptions
		want   []string
	}{
		{"broken json", nil, `{"text":"a","label":"x"}` + "\n" + `{"text":"b"`, DocumentOptions{}, []string{"standard input: line 2", "byte 11"}},
		{"json over several lines", nil, "{\n  \"text\": \"a\"\n}", DocumentOptions{}, []string{"line 1", "one line", "jq -c ."}},
		{"lines of old Macs", nil, "x\ta\ry\tb\r", DocumentOptions{}, []string{"line 1", "carriage returns alone", `tr '\r' '\n'`}},
		{"table of old Macs", nil, "text,label\ra,x\rb,y\r", DocumentOptions{Format: "csv"}, []string{"line 1", "carriage returns alone"}},
		{"array", nil, "[\n{}]", DocumentOptions{Format: "jsonl"}, []string{"line 1", "one object a line"}},
		{"missing key", nil, `{"body":"a","class":"x"}`, DocumentOptions{}, []string{"line 1", `"text"`, `"body", "class"`, "--text-column"}},
		{"missing label key", nil, `{"text":"a","class":"x"}`, DocumentOptions{}, []string{"line 1", `"label"`, `"class", "text"`, "--label-column"}},
		{"text a number", nil, `{"text":1,"label":"x"}`, DocumentOptions{}, []string{"line 1", "string", "1"}},
		{"label an object", nil, `{"text":"a","label":{"x":1}}`, DocumentOptions{}, []string{"line 1", "label", `{"x":1}`}},
		{"missing column", nil, "a,b\n1,2\n", DocumentOptions{Format: "csv"}, []string{"line 1", `"text"`, `"a", "b"`, "--text-column"}},
		{"column twice", nil, "text,label,text\na,x,b\n", DocumentOptions{}, []string{"line 1", "columns 1 and 3", `"text"`, "--text-column"}},
		{"missing number", nil, "a,b\n1,2\n", DocumentOptions{Format: "csv", TextColumn: "3", LabelColumn: "1"}, []string{"line 1", "column 3", "2 fields"}},
		{"name without header", nil, "a,b\n", DocumentOptions{Format: "csv", Header: "no"}, []string{`"text"`, "number"}},
		{"ragged", nil, "text,label\na,x\nb,y,z\n", DocumentOptions{}, []string{"line 3", "3 fields", "2"}},
		{"ragged tsv", nil, "text\tlabel\na\n", DocumentOptions{}, []string{"line 2", "1 fields"}},
		{"unclosed quote", nil, "text,label\na,x\n\"b,y\nc,z\n", DocumentOptions{}, []string{"line 3", "not closed", "--quotes none"}},
		{"bare quote", nil, "text,label\na \"b\" c,x\n", DocumentOptions{}, []string{"line 2", "quote", "--quotes none"}},
		{"no tab", nil, "x\ta\nb\n", DocumentOptions{}, []string{"line 2", `"\t"`, `"b"`}},
		{"invalid", nil, "x\ta\nx\t\xff\n", DocumentOptions{}, []string{"line 2", "offset 6", "utf-8"}},
		{"label of bytes", nil, "x\ta\xff\ncaf\xe9\tb\n", DocumentOptions{Encoding: "bytes"}, []string{"line 2", `"caf\xe9"`, "UTF-8", "--encoding"}},
		{"mark in latin-1", nil, "\xef\xbb\xbfx\ta\n", DocumentOptions{Encoding: "latin-1"}, []string{"byte-order mark", "--encoding"}},
		{"longer texts", []string{in("three.txt"), in("two.labels")}, "", DocumentOptions{}, []string{"three.txt: line 3", "two.labels", "line 2"}},
		{"longer labels", []string{in("two.labels"), in("three.txt")}, "", DocumentOptions{Format: "parallel"}, []string{"three.txt: line 3"}},
		{"parallel wants two", []string{"-"}, "a", DocumentOptions{Format: "parallel"}, []string{"two files"}},
		{"cannot tell", []string{in("plain.txt")}, "", DocumentOptions{}, []string{"plain.txt", `"a b c"`, "--format", "label-first"}},
		{"empty", []string{in("empty.txt")}, "", DocumentOptions{}, []string{"no text", "empty.txt"}},
		{"all left out", nil, "x\t\ny\t\n", DocumentOptions{}, []string{"no text", "standard input"}},
		{"folder without data", []string{in("none")}, "", DocumentOptions{}, []string{"none", "folder/label"}},
		{"file as folder", []string{in("plain.txt")}, "", DocumentOptions{Format: "folders"}, []string{"plain.txt", "folder"}},
		{"missing file", []string{in("no.csv")}, "", DocumentOptions{}, []string{"no.csv"}},
		{"no match", []string{in("*.xyz")}, "", DocumentOptions{}, []string{"no file matches"}},
		{"stdin twice", []string{"-", "-"}, "", DocumentOptions{}, []string{"twice"}},
		{"format", nil, "", DocumentOptions{Format: "xml"}, []string{"xml", "jsonl"}},
		{"prefix of jsonl", nil, `{"text":"a","label":"x"}`, DocumentOptions{LabelPrefix: "#"}, []string{"--label-prefix #", "fasttext", "jsonl"}},
		{"separator of fasttext", nil, "__label__x a", DocumentOptions{LabelSeparator: "|"}, []string{"--label-separator |", "csv", "fasttext"}},
		{"quotes of label-first", nil, "x\ta", DocumentOptions{Quotes: "none"}, []string{"--quotes none", "tsv", "label-first"}},
		{"header", nil, "", DocumentOptions{Header: "maybe"}, []string{"maybe", "yes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.args == nil {
				tt.args = []string{"-"}
			}
			_, _, err := readDocuments(t, tt.args, tt.stored, tt.opt)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not mention %q", err, w)
				}
			}
		})
	}
}

func TestForFiles(t *testing.T) {
	given := DocumentOptions{Format: "fasttext", LabelPrefix: "#", LabelCut: ":", TextColumn: "body", Encoding: "latin-1"}
	told := DocumentOptions{LabelCut: ":", TextColumn: "body", Encoding: "latin-1"}
	for _, tt := range []struct {
		paths []string
		want  DocumentOptions
	}{
		{nil, given},
		{[]string{"a.txt"}, given},
		{[]string{"a.csv", "a.txt"}, given},
		{[]string{"-"}, given},
		{[]string{"a.CSV.gz", "b.jsonl"}, told},
	} {
		if diff := cmp.Diff(tt.want, given.ForFiles(tt.paths)); diff != "" {
			t.Errorf("%q: %s", tt.paths, diff)
		}
	}
}

func TestDocumentErrorLine(t *testing.T) {
	_, _, err := readDocuments(t, []string{"-"}, "text,label\na,x\nb\n", DocumentOptions{})
	var bad *DocumentError
	if !errors.As(err, &bad) || bad.Line != 3 || bad.File != "standard input" {
		t.Errorf("error %#v", err)
	}
}

// TestEndlessDocument reads a file whose quote or line never ends, in bounded memory.
func TestEndlessDocument(t *testing.T) {
	long := strings.Repeat("many words and no line end ", maxDocument/27+1_000_000)
	for _, tt := range []struct{ name, stored, where string }{
		{"line", "x\ta\n" + long, "line 2"},
		{"quote", "text,label\na,x\n\"" + long, "line 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(write(t, "f", tt.stored), "f")
			_, _, err := readDocuments(t, []string{path}, "", DocumentOptions{})
			if !errors.Is(err, errTooLong) || !strings.Contains(err.Error(), tt.where) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestDocumentStats(t *testing.T) {
	stored := "y\ta\nx\tb\nx\ta\nx\tb\nx\tc\nz\t\n"
	_, stats, err := readDocuments(t, []string{"-"}, stored, DocumentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := DocumentStats{
		Files: 1, Formats: []string{"label-first"}, Encodings: []string{"utf-8"},
		Documents: 5, Labels: []LabelCount{{"x", 4}, {"y", 1}}, Duplicates: 2, Conflicts: 1, LeftOut: 1,
		Notes:     []Note{{emptyText, 1, "standard input", 6}},
		BytesRead: int64(len(stored)), TextBytes: 5,
	}
	if diff := cmp.Diff(want, stats); diff != "" {
		t.Error(diff)
	}
}

func TestWarningsCountTheConflicts(t *testing.T) {
	for n, want := range map[int]string{
		1:    "1 document has the text of an earlier one, but other labels",
		1234: "1234 documents have the text of an earlier one, but other labels",
	} {
		if got := new(Documents).Warnings(DocumentStats{Conflicts: n}); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDocumentsCancelled(t *testing.T) {
	d, err := OpenDocuments(t.Context(), []string{"-"}, strings.NewReader("x\ta\nx\tb\n"), DocumentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range d.All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
}

// FuzzDocuments reads any bytes in every format that has one file: each pass yields the same documents, each valid and
// with clean labels, or a clear error.
func FuzzDocuments(f *testing.F) {
	for i, seed := range []string{
		`{"text":"a","label":["x",1]}`, "text,label\n\"a\"\"b\",x\r\n", "text\tlabel\na\tx\n", "__label__x __label__y a\n__label__", "x\ta\ny b\n", "NUM:d a\n",
	} {
		f.Add([]byte(seed), uint8(i+1))
	}
	formats := []string{"", "jsonl", "csv", "tsv", "fasttext", "label-first", "lines", "text"}
	f.Fuzz(func(t *testing.T, stored []byte, format uint8) {
		opt := DocumentOptions{Format: formats[int(format)%len(formats)]}
		if !slices.Contains([]string{"fasttext", "lines", "text"}, opt.Format) {
			opt.LabelSeparator = "|"
		}
		docs, stats, err := readDocuments(t, []string{"-"}, string(stored), opt)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "corpora: ") {
				t.Fatalf("error without origin: %v", err)
			}
			return
		}
		if stats.Documents != len(docs) {
			t.Fatalf("%d documents, then %d", len(docs), stats.Documents)
		}
		for _, doc := range docs {
			if strings.TrimSpace(doc.Text) == "" || doc.Line < 1 {
				t.Fatalf("document %+v", doc)
			}
			for _, label := range doc.Labels {
				if label == "" || trimLabel(label) != label {
					t.Fatalf("label %q", label)
				}
			}
		}
	})
}

// Of a folder of pictures, the first few are told of, not each.
func TestWarningsOfManySkippedFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.csv"), []byte("text,label\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.jpg", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenDocuments(t.Context(), []string{dir}, nil, DocumentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	list := d.Warnings(DocumentStats{})
	d.skipped = d.skipped[:9]
	if last := d.Warnings(DocumentStats{})[8]; last != "1 more file is not read, for the same reason" {
		t.Errorf("of 9 files: %q", last)
	}
	if len(list) != 9 || !strings.Contains(list[7], "07.jpg is not read") || list[8] != "92 more files are not read, for the same reason" {
		t.Errorf("%d warnings, the last %q", len(list), list[len(list)-1])
	}
}
