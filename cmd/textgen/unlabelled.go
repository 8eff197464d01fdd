package main

import (
	"fmt"
	"iter"
	"sync"

	"github.com/textgen-go/textgen/corpora"
	"github.com/urfave/cli/v2"
)

// unlabelled reads the documents that the arguments name, one after the other.
func unlabelled(ctx *cli.Context) iter.Seq2[corpora.Document, error] {
	args := ctx.Args().Slice()
	opt := corpora.DocumentOptions{Encoding: ctx.String("encoding"), Format: "text", Unlabelled: true}
	if ctx.Bool("lines") {
		opt.Format = "lines"
		if len(args) == 0 {
			args = []string{"-"}
		}
	}
	return func(yield func(corpora.Document, error) bool) {
		for _, arg := range args {
			for doc, err := range documentsOf(ctx, arg, opt) {
				if arg == "-" {
					doc.Source = arg // as it was named; messages say standard input
				}
				if !yield(doc, err) || err != nil {
					return
				}
			}
		}
	}
}

// documentsOf reads the documents of one argument.
func documentsOf(ctx *cli.Context, arg string, opt corpora.DocumentOptions) iter.Seq2[corpora.Document, error] {
	if arg == "-" && opt.Format == "lines" {
		return corpora.StreamLines(ctx.Context, "standard input", ctx.App.Reader, opt)
	}
	return func(yield func(corpora.Document, error) bool) {
		docs, err := corpora.OpenDocuments(ctx.Context, []string{arg}, ctx.App.Reader, opt)
		if err != nil {
			yield(corpora.Document{}, err)
			return
		}
		defer docs.Close()
		log := newLogger(ctx.App.ErrWriter)
		skipped := docs.Skipped()
		for _, name := range skipped[:min(mostNamed, len(skipped))] {
			log.Warn(name + " is not read: its name does not say that it is text")
		}
		switch more := len(skipped) - mostNamed; {
		case more == 1:
			log.Warn("nor is 1 other file, for the same reason")
		case more > 1:
			log.Warn(fmt.Sprintf("nor are %s, for the same reason", plural(more, "other file")))
		}
		for doc, err := range docs.All(ctx.Context) {
			if !yield(doc, err) {
				return
			}
		}
	}
}

// queue remembers where the documents come from that are being labelled.
type queue struct {
	keep    bool // the texts, too
	mu      sync.Mutex
	origins []origin
}

type origin struct {
	file string
	line int
	text string // if it is kept
}

// texts passes the texts of documents on and appends their origins.
func (q *queue) texts(docs iter.Seq2[corpora.Document, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for doc, err := range docs {
			if err == nil {
				q.add(doc)
			}
			if !yield(doc.Text, err) {
				return
			}
		}
	}
}

func (q *queue) add(doc corpora.Document) {
	o := origin{file: doc.Source, line: doc.Line}
	if q.keep {
		o.text = doc.Text
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.origins = append(q.origins, o)
}

// next takes the first origin.
func (q *queue) next() origin {
	q.mu.Lock()
	defer q.mu.Unlock()
	o := q.origins[0]
	q.origins = q.origins[1:]
	return o
}

// name says where a document stands.
func (o origin) name(lines bool) string {
	if lines {
		return fmt.Sprintf("%s:%d", o.file, o.line)
	}
	return o.file
}
