package corpora

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// StreamLines reads each line that comes from r as an unlabelled document, as soon as it is there and only once, in
// constant memory. Blank lines are documents, too: there is one for every line. Name stands in messages and is the
// documents' Source. Of opt, only the encoding counts. The end of ctx ends it, even while it waits.
func StreamLines(ctx context.Context, name string, r io.Reader, opt DocumentOptions) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		opt := DocumentOptions{Encoding: opt.Encoding, Format: "lines", Unlabelled: true}
		if err := opt.validate(); err != nil {
			yield(Document{}, err)
			return
		}
		if r == nil {
			yield(Document{}, fmt.Errorf("corpora: %s: there is nothing to read from", name))
			return
		}
		p := &pass{ctx: ctx, opt: &opt, account: new(account), notes: new(notes), yield: func(doc Document) bool { return yield(doc, nil) }}
		open := func() (io.ReadCloser, error) { return io.NopCloser(&cancelReader{ctx: ctx, r: r}), nil }
		err := p.lines(documentFile{source: source{name: name, open: open, live: true}, format: "lines"})
		if err != nil && err != errStopped {
			yield(Document{}, err)
		}
	}
}
