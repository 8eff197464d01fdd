package checkpoint

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrNewer is wrapped by the error for a file whose format is newer than this program.
var ErrNewer = errors.New("made by a newer textgen: update textgen to read it")

// ErrLocked is wrapped by the error of OpenRun when another process has the run open.
var ErrLocked = errors.New("another training writes to this directory")

// ErrExists is wrapped by the error of CheckNew when the directory holds a run already.
var ErrExists = errors.New("there is a run already")

// A FormatError says why some bytes are not a model file.
type FormatError struct {
	Path   string // empty when a stream was read
	Packed bool   // Offset counts bytes of the compressed file, else of the safetensors file inside
	Offset int64  // where reading stopped; -1 if what is wrong has no single place
	What   string
	Err    error // the cause, if there is one
}

func (e *FormatError) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString("bad model file: ")
	switch {
	case e.Offset < 0:
	case e.Packed:
		fmt.Fprintf(&b, "byte %d: ", e.Offset)
	default:
		fmt.Fprintf(&b, "byte %d after decompression: ", e.Offset)
	}
	b.WriteString(e.What)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *FormatError) Unwrap() error { return e.Err }

// Malformed returns a *FormatError for what is wrong in no single place of a file: sections that do not fit each other. Err
// may be nil.
func Malformed(what string, err error) error {
	return &FormatError{Offset: -1, What: what, Err: err}
}

// A StorageError says that a file could not be written, or that reading it failed below the format. What was in its
// place before is still there.
type StorageError struct {
	Op   string // "save", "read", "remove", "lock"
	Path string
	Err  error
}

func (e *StorageError) Error() string {
	hint := ""
	switch {
	case errors.Is(e.Err, syscall.ENOSPC):
		hint = "; free some space: the file from before is kept"
	case errors.Is(e.Err, syscall.EROFS), errors.Is(e.Err, syscall.EACCES):
		hint = "; is the directory yours to write?"
	}
	if e.Op == "read" {
		hint = ""
	}
	return fmt.Sprintf("cannot %s %s: %v%s", e.Op, e.Path, e.Err, hint)
}

func (e *StorageError) Unwrap() error { return e.Err }

// A MismatchError says how the tensors of a file differ from those of the network that they should fill.
type MismatchError struct {
	Missing  []string // in the network, not in the file
	Extra    []string // in the file, not in the network
	Reshaped []string // in both, as "name: shape in the file, shape in the network"
}

func (e *MismatchError) Error() string {
	var parts []string
	for _, p := range []struct {
		what  string
		names []string
	}{{"missing", e.Missing}, {"unknown", e.Extra}, {"of another shape", e.Reshaped}} {
		if len(p.names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(p.names), p.what, shorten(p.names)))
		}
	}
	return "the file's tensors do not fit the network: " + strings.Join(parts, ", ")
}

// shorten lists the first few names.
func shorten(names []string) string {
	const show = 8
	if len(names) <= show {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:show], ", "), len(names)-show)
}
