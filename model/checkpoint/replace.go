package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// temporary is what the names begin with under which files are written before they get their own.
func temporary(name string) string { return "." + name + ".tmp-" }

// createTemporary makes a new file beside path. Unlike os.CreateTemp it leaves the permissions to the umask.
func createTemporary(path string) (*os.File, error) {
	prefix := temporary(filepath.Base(path))
	for try := 0; ; try++ {
		unique := fmt.Sprintf("%d-%d", os.Getpid(), try)
		name := filepath.Join(filepath.Dir(path), prefix+unique)
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) || try == 1000 {
			return file, err
		}
	}
}

// ReplaceFile puts what write writes at path, all of it or nothing: into a temporary file beside it, to the disk, to
// its name, and the name to the disk. An existing file's permissions are kept.
//
// The packages that do this either leave out the directory's fsync or do not build on Windows.
func ReplaceFile(path string, write func(io.Writer) error) (err error) {
	file, err := createTemporary(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	if err := errors.Join(writeSynced(file, path, write), file.Close()); err != nil {
		return err
	}
	if err := rename(file.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeSynced(file *os.File, path string, write func(io.Writer) error) error {
	if old, err := os.Stat(path); err == nil {
		if err := file.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := write(file); err != nil {
		return err
	}
	return file.Sync()
}

// rename puts a file at path. Windows refuses that while another program has the old one open, as one that loads a model has
// for a moment: there it is tried for five seconds.
func rename(file, path string) error {
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		err := os.Rename(file, path)
		if err == nil || runtime.GOOS != "windows" || wait > 5*time.Second {
			return err
		}
		time.Sleep(wait)
	}
}

// syncDir makes a rename in dir survive a power cut. Windows neither needs nor allows it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// replaceBytes puts content at path, all of it or nothing.
func replaceBytes(path string, content []byte) error {
	err := ReplaceFile(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return storageError("save", path, err)
	}
	return nil
}
