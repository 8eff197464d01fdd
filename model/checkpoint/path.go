package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Write saves f under path. When it returns nil, the file is on the disk and survives a power cut; otherwise there is
// a whole file at path, nearly always the one from before, and no temporary file is left. Failures of the storage are
// a *StorageError; others mean that f is not fit to be saved, see Encode.
func Write(path string, f *File) error {
	head, err := f.prepare()
	if err != nil {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	err = ReplaceFile(path, func(w io.Writer) error {
		packed := &counter{w: w}
		if err := f.encode(packed, head); err != nil {
			return err
		}
		return plausible(f.size(head), packed.n)
	})
	if errors.Is(err, errImplausible) {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	if err != nil {
		return storageError("save", path, err)
	}
	return nil
}

// Read loads the file at path. Errors are a *FormatError, or a *StorageError if the file cannot be read at all.
//
// Beside limits, a file may be at most 64 MiB larger after decompression than 256 times its own length: weights do not
// compress like that, so that a small file of a stranger cannot ask for gigabytes.
func Read(path string, limits Limits) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, storageError("read", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, storageError("read", path, err)
	}
	if info.Mode().IsRegular() {
		limits.Decoded = min(limits.decoded(), expansion(info.Size()))
	}
	f, err := Decode(file, limits)
	var format *FormatError
	switch {
	case errors.As(err, &format):
		format.Path = path
	case err != nil:
		err = storageError("read", path, err)
	}
	return f, err
}

// expansion is the largest size after decompression of a file of the given size.
func expansion(packed int64) int64 { return 64<<20 + 256*packed }

var errImplausible = errors.New("nearly all weights are the same: this is not a trained model")

// plausible makes sure that Read will accept the file.
func plausible(size, packed int64) error {
	if size > expansion(packed) {
		return errImplausible
	}
	return nil
}

// storageError wraps err without the path and operation that the os package has added itself.
func storageError(op, path string, err error) error {
	var inner *os.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &StorageError{Op: op, Path: path, Err: err}
}

// counter counts the bytes that pass through to w.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
