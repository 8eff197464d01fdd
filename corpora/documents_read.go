package corpora

import (
	"context"
	"io"
)

// A DocumentSet is labelled documents in memory.
type DocumentSet struct {
	Documents []Document
	Files     []string // that they were read from, in order
	Stats     DocumentStats
	Warnings  []string // for people; see [Documents.Warnings]
}

// ReadDocuments reads all documents that args name, once; see [OpenDocuments].
func ReadDocuments(ctx context.Context, args []string, stdin io.Reader, opt DocumentOptions) (*DocumentSet, error) {
	source, err := OpenDocuments(ctx, args, stdin, opt)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	set, t := &DocumentSet{Files: source.Files()}, newTally(source)
	for doc, err := range source.pass(ctx, &t.account, &t.notes) {
		if err != nil {
			return nil, err
		}
		t.add(doc)
		set.Documents = append(set.Documents, doc)
	}
	set.Stats = t.sum()
	set.Warnings = source.Warnings(set.Stats)
	return set, nil
}
