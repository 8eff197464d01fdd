package corpora

import (
	"io/fs"
	"syscall"
	"testing"
)

// A pattern is one on Windows, too, which calls a name with a * in it invalid.
func TestIsGlob(t *testing.T) {
	windows := &fs.PathError{Op: "CreateFile", Path: "books/*.txt", Err: syscall.Errno(123)}
	for _, c := range []struct {
		arg  string
		err  error
		want bool
	}{
		{"books/*.txt", fs.ErrNotExist, true},
		{"books/*.txt", windows, true},
		{"books/?.txt", windows, true},
		{"books/[ab].txt", fs.ErrNotExist, true},
		{"books/[ab].txt", nil, false},
		{"books/a.txt", fs.ErrNotExist, false},
		{"books/*.txt", fs.ErrPermission, false},
	} {
		if got := isGlob(c.arg, c.err); got != c.want {
			t.Errorf("isGlob(%q, %v) = %v", c.arg, c.err, got)
		}
	}
}
