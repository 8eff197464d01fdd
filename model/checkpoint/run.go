package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gofrs/flock"
)

// Names of the files in the directory of a training run.
const (
	ModelName   = "model.safetensors.zst" // the best on validation: what users copy
	StateName   = "state.safetensors.zst" // the last step, with all that --resume needs
	MetricsName = "metrics.jsonl"
	CurvesName  = "curves.svg"
	ReportName  = "report.html"   // only if it was asked for
	SamplesName = "samples.jsonl" // texts that the report shows

	MeasuresName = "report.json" // of a classifier
	FoldsName    = "folds.json"  // of a cross-validation

	lockName  = ".lock"
	extension = ".safetensors.zst"
)

// Resolve returns the model file that path means: path itself, the model of the run directory path, or the file that
// has this name before its extension. If there is none, the error says what was found instead; it wraps
// fs.ErrNotExist.
func Resolve(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if named := path + extension; isFile(named) {
			return named, nil
		}
		if path == "" {
			return "", fmt.Errorf("no model: no path was given: %w", fs.ErrNotExist)
		}
		return "", fmt.Errorf("no model at %s: %w; make one with: textgen train --out %s FILE, or one that labels documents with --task classify", path, fs.ErrNotExist, path)
	case err != nil:
		return "", storageError("read", path, err)
	case !info.IsDir():
		return path, nil
	}
	model := filepath.Join(path, ModelName)
	if isFile(model) {
		return model, nil
	}
	return "", fmt.Errorf("no %s in the directory %s: %w%s", ModelName, path, fs.ErrNotExist, remedy(path))
}

// remedy says what a directory without a model holds instead.
func remedy(dir string) string {
	if isFile(filepath.Join(dir, StateName)) {
		return "; its training stopped before the first validation, continue it with --resume"
	}
	// The pattern is malformed only for odd directory names, and this is no more than a hint.
	others, _ := filepath.Glob(filepath.Join(dir, "*"+extension))
	if len(others) > 0 {
		return "; name one of the files in it: " + strings.Join(others, ", ")
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// CheckNew makes sure that a new run in dir would not write over an older one, else the error wraps [ErrExists], and that
// dir is not a file.
func CheckNew(dir string) error {
	if isFile(dir) {
		return fmt.Errorf("%s is a file: a run needs a directory of its own", dir)
	}
	for _, name := range []string{ModelName, StateName} { // a model dir.safetensors.zst beside it is in nobody's way
		if file := filepath.Join(dir, name); isFile(file) {
			return fmt.Errorf("%s: %w: resume it, replace it by force, or name another directory", file, ErrExists)
		}
	}
	return nil
}

// A Run is the directory of a training run, locked against other trainings until Close. Readers need no lock.
type Run struct {
	dir  string
	lock *flock.Flock
	made bool // by OpenRun
}

// OpenRun makes the directory if there is none and locks it; ErrLocked means that another process trains in it. It
// removes what a killed process may have left half written.
func OpenRun(dir string) (*Run, error) {
	_, err := os.Stat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, storageError("create", dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockName))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, storageError("lock", dir, err)
	}
	if !locked {
		return nil, fmt.Errorf("%s: %w; wait for it or choose another --out", dir, ErrLocked)
	}
	r := &Run{dir: dir, lock: lock, made: made}
	r.clean()
	return r, nil
}

// clean removes temporary files. One that cannot be removed does no harm.
func (r *Run) clean() {
	entries, _ := os.ReadDir(r.dir)
	for _, entry := range entries {
		for _, name := range []string{ModelName, StateName, CurvesName, ReportName, MeasuresName, FoldsName} {
			if strings.HasPrefix(entry.Name(), temporary(name)) {
				os.Remove(r.Path(entry.Name()))
			}
		}
	}
}

// Path returns the path of the file called name in the directory.
func (r *Run) Path(name string) string { return filepath.Join(r.dir, name) }

// Replace writes a file of the directory as Write does: all of it, safely on the disk, or nothing.
func (r *Run) Replace(name string, content []byte) error {
	return replaceBytes(r.Path(name), content)
}

// Remove removes a file of the directory, if there is one.
func (r *Run) Remove(name string) error {
	path := r.Path(name)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return storageError("remove", path, err)
	}
	return nil
}

// Close unlocks the directory. One that OpenRun made and in which nothing was written is removed: a run that failed before
// it began leaves nothing behind.
func (r *Run) Close() error {
	unused := r.made && r.empty()
	if unused && runtime.GOOS != "windows" {
		r.removeDir() // before the lock is free for another process
	}
	err := r.lock.Close()
	if unused && runtime.GOOS == "windows" {
		r.removeDir() // which needs the lock's file closed: removing one that another process has opened fails
	}
	return err
}

// removeDir removes the directory of the run. If somebody has just put a file there, it stays.
func (r *Run) removeDir() {
	os.Remove(r.Path(lockName))
	os.Remove(r.dir)
}

// empty reports whether the directory holds nothing but the lock.
func (r *Run) empty() bool {
	entries, err := os.ReadDir(r.dir)
	return err == nil && len(entries) == 1 && entries[0].Name() == lockName
}
