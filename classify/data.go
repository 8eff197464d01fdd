package classify

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/tokenize"
)

// data are labelled documents made ready for training.
type data struct {
	files              []string
	labels             *labelset.Labels
	task               labelset.Task
	train, valid, test []corpora.Document
	sha256             string
	warnings           []string
	tokenizer          tokenize.Tokenizer
	training, checked  *tokenised // of train and valid
}

// read reads the documents of a path list and notes what became of the rest.
func (d *data) read(ctx context.Context, paths []string, stdin io.Reader, opt corpora.DocumentOptions) ([]corpora.Document, error) {
	set, err := corpora.ReadDocuments(ctx, paths, stdin, opt)
	if err != nil {
		return nil, err
	}
	d.files = append(d.files, set.Files...)
	d.warnings = append(d.warnings, set.Warnings...)
	return set.Documents, nil
}

// readData reads the documents of cfg.
func readData(ctx context.Context, cfg TrainConfig) (*data, error) {
	d := &data{}
	var err error
	if d.train, err = d.read(ctx, cfg.Paths, cfg.Stdin, cfg.Documents); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		docs  *[]corpora.Document
		paths []string
		use   string
	}{{&d.valid, cfg.ValidPaths, "validate"}, {&d.test, cfg.TestPaths, "test"}} {
		if len(part.paths) == 0 {
			continue
		}
		opt := cfg.Documents.ForFiles(part.paths)
		opt.Inherited = true
		before := len(d.warnings)
		if *part.docs, err = d.read(ctx, part.paths, cfg.Stdin, opt); err != nil {
			return nil, fmt.Errorf("documents to %s on: %w", part.use, err)
		}
		for i, warning := range d.warnings[before:] { // not each names a file
			d.warnings[before+i] = fmt.Sprintf("documents to %s on: %s", part.use, warning)
		}
	}
	d.sha256 = hashDocuments(d.train, d.valid)
	return d, nil
}

// hashDocuments tells whether documents are the same as before, with their labels and in their order.
func hashDocuments(parts ...[]corpora.Document) string {
	h := sha256.New()
	write := func(s string) {
		binary.Write(h, binary.LittleEndian, uint64(len(s)))
		io.WriteString(h, s)
	}
	for _, docs := range parts {
		for _, doc := range docs {
			write(doc.Text)
			write(strings.Join(doc.Labels, "\x00"))
		}
		write("end of part")
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// facts counts what settings are chosen by.
func (d *data) facts() (Facts, error) {
	labels, task, err := labelset.Of(d.train)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Documents: len(d.train), Labels: labels.Len(), Task: task}
	for _, doc := range d.train {
		f.Words += float64(len(strings.Fields(doc.Text))) / float64(len(d.train))
		f.Chars += float64(utf8.RuneCountInString(doc.Text)) / float64(len(d.train))
	}
	return f, nil
}

// cut splits the documents as the settings say, and numbers the labels of those to train on.
func (d *data) cut(s Settings) error {
	split, err := corpora.ParseSplit(s.Split)
	if err != nil {
		return err
	}
	if d.valid == nil {
		all := d.train
		train, valid, test, err := corpora.Stratify(all, split, s.Seed)
		if err != nil {
			return err
		}
		d.train, d.valid = choose(all, train), choose(all, valid)
		if d.test == nil {
			d.test = choose(all, test)
		}
	}
	d.task = s.Task
	if err := errors.Join(d.task.Check(d.valid), d.task.Check(d.test)); err != nil {
		return err
	}
	if d.labels, _, err = labelset.Of(d.train); err != nil {
		return err
	}
	d.review()
	return nil
}

func choose(docs []corpora.Document, numbers []int) []corpora.Document {
	var out []corpora.Document
	for _, i := range numbers {
		out = append(out, docs[i])
	}
	return out
}

// review warns of what makes figures worse or better than they should be.
func (d *data) review() {
	warn := func(format string, args ...any) { d.warnings = append(d.warnings, fmt.Sprintf(format, args...)) }
	var single []string
	for _, few := range d.labels.Fewer(d.train, 2) {
		single = append(single, few.Label)
	}
	if len(single) > 0 {
		warn("labels with a single document to train on: %s", quoteList(single))
	}
	for _, part := range []struct {
		name string
		docs []corpora.Document
	}{{"validation", d.valid}, {"test", d.test}} {
		if n := corpora.CountShared(d.train, part.docs); n > 0 {
			warn("%d of %d %s documents have a text that is trained on, too: the figures flatter", n, len(part.docs), part.name)
		}
		if names := labelset.Unseen(d.labels.Names, labelsOf(part.docs)); len(names) > 0 {
			warn("labels of %s documents that no document to train on has, and that are always missed: %s", part.name, quoteList(names))
		}
	}
}

func quoteList(names []string) string {
	const most = 8
	list := fmt.Sprintf("%q", names[:min(most, len(names))])
	if len(names) > most {
		list += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return list
}

func labelsOf(docs []corpora.Document) [][]string {
	out := make([][]string, len(docs))
	for i, doc := range docs {
		out[i] = doc.Labels
	}
	return out
}

// tokenise learns the tokenizer from the documents to train on, unless there is one, and reads the documents with it.
func (d *data) tokenise(s Settings) error {
	if d.tokenizer == nil {
		var err error
		if d.tokenizer, err = tokenize.Train(s.tokenizerConfig(), texts(d.train)); err != nil {
			return err
		}
	}
	r := reader{d.tokenizer, s.grams()}
	d.training, d.checked = d.number(r, d.train), d.number(r, d.valid)
	if d.training.len() == 0 {
		return errors.New("no document to train on has a label")
	}
	return nil
}

// texts streams the documents' texts, each on a line of its own.
func texts(docs []corpora.Document) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, doc := range docs {
			if !yield([]byte(doc.Text), nil) || !yield([]byte("\n"), nil) {
				return
			}
		}
	}
}

// number returns the documents as the network reads them. Of a multi-class task, those whose label is not one of the
// task's are left out: a loss needs a label.
func (d *data) number(r reader, docs []corpora.Document) *tokenised {
	t := &tokenised{}
	for _, doc := range docs {
		truth, _ := d.labels.Truth(doc)
		if d.task == labelset.MultiClass && len(truth) != 1 {
			continue
		}
		read, _ := r.document(doc.Text)
		t.documents = append(t.documents, read)
		t.truth = append(t.truth, truth)
	}
	return t
}
