package corpora

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// formatNames are the endings of file names that say how documents are written.
var formatNames = map[string]string{
	".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv",
}

// find turns the arguments into files.
func (d *Documents) find(ctx context.Context, args []string, stdin io.Reader) error {
	if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
		return errors.New("corpora: standard input (-) is named twice, but can be read only once")
	}
	if d.opt.Format == "parallel" || d.opt.Format == "" && isPair(args) {
		return d.findPair(ctx, args, stdin)
	}
	for _, arg := range args {
		var err error
		if arg == "-" {
			err = d.findStream(ctx, stdin)
		} else {
			err = d.findPath(ctx, arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isPair reports whether the arguments are texts and their labels: two files of which the names give away no other
// format, and the second's has "label" in it.
func isPair(args []string) bool {
	return len(args) == 2 && formatByName(args[0]) == "" && formatByName(args[1]) == "" &&
		strings.Contains(strings.ToLower(filepath.Base(args[1])), "label") && isFile(args[0]) && isFile(args[1])
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// findPair adds a file of texts and one of their labels.
func (d *Documents) findPair(ctx context.Context, args []string, stdin io.Reader) error {
	if len(args) != 2 {
		return fmt.Errorf("corpora: the format parallel wants two files, texts and labels, and not %d", len(args))
	}
	for i, arg := range args {
		src, err := d.stored(ctx, arg, stdin)
		if err != nil {
			return err
		}
		if i == 0 {
			d.files = append(d.files, documentFile{source: src, format: "parallel"})
		} else {
			d.files[0].labels = &src
		}
	}
	return nil
}

// stored returns the source that is a file or a stream.
func (d *Documents) stored(ctx context.Context, arg string, stdin io.Reader) (source, error) {
	before := len(d.spool.sources)
	if err := d.spool.find(ctx, []string{arg}, stdin); err != nil {
		return source{}, err
	}
	if n := len(d.spool.sources) - before; n != 1 {
		return source{}, fmt.Errorf("corpora: %s is %d files, but one is wanted", arg, n)
	}
	return d.spool.sources[before], nil
}

// findStream adds standard input.
func (d *Documents) findStream(ctx context.Context, stdin io.Reader) error {
	src, err := d.stored(ctx, "-", stdin)
	if err != nil {
		return err
	}
	return d.add(src, d.opt.Format)
}

// findPath adds a file, a folder, or what a glob matches.
func (d *Documents) findPath(ctx context.Context, arg string) error {
	info, err := os.Stat(arg)
	switch {
	case isGlob(arg, err):
		return d.findGlob(ctx, arg)
	case err == nil && info.IsDir():
		return d.findFolder(ctx, arg)
	}
	src, err := d.stored(ctx, arg, nil)
	if err != nil {
		return err
	}
	return d.add(src, d.opt.Format)
}

func (d *Documents) findGlob(ctx context.Context, pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return fmt.Errorf("corpora: %q: %w", pattern, err)
	}
	if len(paths) == 0 {
		return fmt.Errorf("corpora: no file matches %q", pattern)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := d.findPath(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// add adds a file of a format, which is told from its name and first line if it is not given.
func (d *Documents) add(src source, format string) error {
	f := documentFile{source: src, format: format}
	if f.format == "" {
		f.format = formatByName(src.name)
	}
	if f.format == "" {
		var err error
		if f.format, err = d.formatByContent(src); err != nil {
			return err
		}
	}
	switch f.format {
	case "files":
		f.label = labelOf(src.name)
	case "folders":
		return fmt.Errorf("corpora: %s is a file: the format folders wants the folder that holds a folder a label", src.name)
	}
	d.files = append(d.files, f)
	return nil
}

// labelOf returns a file's name without folders and without endings that say that it is text.
func labelOf(path string) string {
	name := filepath.Base(path)
	for _, end := range append([]string{".gz", ".zst"}, textNames...) {
		if cut := len(name) - len(end); cut > 0 && strings.EqualFold(name[cut:], end) {
			name = name[:cut]
		}
	}
	return name
}

// formatByName returns the format that a file's name tells, or "".
func formatByName(path string) string {
	name := strings.ToLower(path)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return formatNames[filepath.Ext(name)]
}

// formatByContent tells a file's format from its first line that is not blank.
func (d *Documents) formatByContent(src source) (string, error) {
	line, err := d.firstLine(src)
	if err != nil {
		return "", err
	}
	text, label := d.opt.columns()
	named := d.opt.TextColumn != "" || d.opt.LabelColumn != ""
	switch tabs := strings.Split(line, "\t"); {
	case strings.HasPrefix(line, "{"):
		return "jsonl", nil
	case strings.HasPrefix(line, d.opt.LabelPrefix):
		return "fasttext", nil
	case slices.Contains(tabs, text) && slices.Contains(tabs, label):
		return "tsv", nil
	case isHeader(line, text, label):
		return "csv", nil
	case len(tabs) > 1 && named:
		return "tsv", nil
	case len(tabs) > 1:
		return "label-first", nil
	case d.opt.Unlabelled:
		return "lines", nil
	case line == "":
		return "", fmt.Errorf("corpora: %w in %s", ErrEmpty, src.name)
	}
	return "", &DocumentError{src.name, 1, fmt.Errorf("neither the name nor the first line (%q) tells where the labels are: give --format, one of %s",
		clip(line), strings.Join(labelledFormats(), ", "))}
}

// isHeader reports whether a line of a table has both names among its fields.
func isHeader(line, text, label string) bool {
	sep, _ := separator("csv", outsideQuotes(line))
	fields := strings.Split(line, string(sep))
	for i, f := range fields {
		fields[i] = strings.Trim(strings.TrimSpace(f), `"`)
	}
	return slices.Contains(fields, text) && slices.Contains(fields, label)
}

// firstLine returns the first line that is not blank, as far as it stands in the first piece of the file.
func (d *Documents) firstLine(src source) (string, error) {
	for text, err := range src.text(make([]byte, rawSize), d.opt.text(), new(account)) {
		if err != nil {
			return "", err
		}
		if line := firstOf(bytes.TrimLeft(text, " \r\n\ufeff")); line != "" {
			return line, nil
		}
	}
	return "", nil
}

// firstOf returns the first line of a text that is not empty, without its end.
func firstOf(text []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}
