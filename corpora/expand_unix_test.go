//go:build unix

package corpora

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A named pipe that nobody writes to can be given up.
func TestPipeWithoutWriterCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for name, open := range map[string]func() error{
		"text":      func() error { _, err := Open(ctx, []string{path}, nil, Options{}); return err },
		"documents": func() error { _, err := OpenDocuments(ctx, []string{path}, nil, DocumentOptions{}); return err },
	} {
		if err := open(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want the context's error", name, err)
		}
	}
}
