//go:build unix

package corpora

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A named pipe that nobody writes to can be given up.
func TestPipeWithoutWriterCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	for name, open := range map[string]func(context.Context) error{
		"text": func(ctx context.Context) error { _, err := Open(ctx, []string{path}, nil, Options{}); return err },
		"documents": func(ctx context.Context) error {
			_, err := OpenDocuments(ctx, []string{path}, nil, DocumentOptions{})
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond) // one each: an ended one may not even be waited for
		defer cancel()
		if err := open(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want the context's error", name, err)
		}
	}
}

// In folders, links to files are files, as data sets in caches are, and pipes are left out.
func TestLinksAndPipesInFolders(t *testing.T) {
	dir := write(t, "kept/1", "a", "kept/2.jsonl", `{"text":"b","label":"y"}`, "set/x/2.txt", "c", "data/e.csv", "text,label\nd,z\n")
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, link := range [][2]string{{"../../kept/1", "set/x/1.txt"}, {"nowhere", "set/x/3.txt"}, {"..", "set/x/loop"}, {"../kept/2.jsonl", "data/f.jsonl"}} {
		if err := os.Symlink(link[0], in(link[1])); err != nil {
			t.Skip(err)
		}
	}
	for _, pipe := range []string{"set/x/4.txt", "data/g.csv"} {
		if err := syscall.Mkfifo(in(pipe), 0o600); err != nil {
			t.Skip(err)
		}
	}
	for _, tt := range []struct {
		folder  string
		want    []string
		skipped int
	}{
		{"set", []string{"x:a", "x:c"}, 3},
		{"data", []string{"z:d", "y:b"}, 1},
	} {
		d, err := OpenDocuments(t.Context(), []string{in(tt.folder)}, nil, DocumentOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var docs []Document
		for doc, err := range d.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, doc)
		}
		if diff := cmp.Diff(tt.want, brief(docs)); diff != "" {
			t.Errorf("%s: %s", tt.folder, diff)
		}
		if got := d.Skipped(); len(got) != tt.skipped {
			t.Errorf("%s: skipped %v, want %d", tt.folder, got, tt.skipped)
		}
	}
}
