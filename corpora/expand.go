package corpora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// textNames are the endings that make a folder's file text, with or without .gz or .zst after them.
var textNames = []string{".txt", ".text", ".md"}

// find turns the arguments into sources.
func (c *Corpus) find(ctx context.Context, args []string, stdin io.Reader) error {
	usedStdin := false
	for _, arg := range args {
		if arg != "-" {
			if err := c.findPath(ctx, arg); err != nil {
				return err
			}
			continue
		}
		if usedStdin {
			return errors.New("corpora: standard input (-) is named twice, but can be read only once")
		}
		if stdin == nil {
			return errors.New("corpora: - names standard input, but there is none")
		}
		usedStdin = true
		if err := c.spool(ctx, "standard input", stdin); err != nil {
			return err
		}
	}
	return nil
}

// findPath adds a file, the text of a folder, or what a glob matches.
func (c *Corpus) findPath(ctx context.Context, arg string) error {
	info, err := os.Stat(arg)
	switch {
	case isGlob(arg, err):
		return c.findGlob(ctx, arg)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("corpora: %w: check the name, or use - for standard input", err)
	case err != nil:
		return fmt.Errorf("corpora: %w", err)
	case info.IsDir():
		return c.findFolder(ctx, arg)
	case info.Mode().IsRegular():
		c.sources = append(c.sources, file(arg))
		return nil
	}
	f, err := openPipe(ctx, arg)
	if err != nil {
		return fmt.Errorf("corpora: %w", err)
	}
	defer f.Close()
	return c.spool(ctx, arg, f)
}

// openPipe opens a file that may be a named pipe, which waits for who writes to it. The end of ctx ends the waiting, whereas
// the opening itself, which nothing ends, is left to itself.
func openPipe(ctx context.Context, path string) (*os.File, error) {
	type result struct {
		f   *os.File
		err error
	}
	done := make(chan result, 1)
	go func() {
		f, err := os.Open(path)
		done <- result{f, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.f, r.err
	}
}

// invalidName is what Windows says of a name with a * or a ? in it, where other systems say that there is no such file.
const invalidName = syscall.Errno(123) // ERROR_INVALID_NAME

// isGlob reports whether arg, of which Stat gave the error err, is a pattern and no name.
func isGlob(arg string, err error) bool {
	return strings.ContainsAny(arg, `*?[`) && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, invalidName))
}

// findGlob adds what the pattern matches.
func (c *Corpus) findGlob(ctx context.Context, arg string) error {
	paths, err := filepath.Glob(arg)
	if err != nil {
		return fmt.Errorf("corpora: %q: %w", arg, err)
	}
	if len(paths) == 0 {
		return fmt.Errorf("corpora: no file matches %q", arg)
	}
	slices.Sort(paths)
	for _, p := range paths {
		if err := c.findPath(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// findFolder adds the text below the folder.
func (c *Corpus) findFolder(ctx context.Context, root string) error {
	found, skipped := len(c.sources), len(c.skipped)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if path != root && strings.HasPrefix(d.Name(), ".") {
			return skip(d)
		}
		return c.findEntry(path, d)
	})
	if err != nil {
		return fmt.Errorf("corpora: %w", err)
	}
	if len(c.sources) == found {
		return fmt.Errorf("corpora: %w in folder %s: none of its %d files is named %s: name the files or use a glob",
			ErrEmpty, root, len(c.skipped)-skipped, "*"+strings.Join(textNames, ", *"))
	}
	return nil
}

// skip leaves an entry of a folder out, with all below it.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// findEntry adds or passes over one entry of a folder.
func (c *Corpus) findEntry(path string, d fs.DirEntry) error {
	if d.IsDir() {
		return nil
	}
	info, err := os.Stat(path) // follows links
	switch {
	case errors.Is(err, fs.ErrNotExist): // a link that leads nowhere
		c.skipped = append(c.skipped, path)
	case err != nil:
		return err
	case info.IsDir():
	case info.Mode().IsRegular() && isTextName(path):
		c.sources = append(c.sources, file(path))
	default:
		c.skipped = append(c.skipped, path)
	}
	return nil
}

// isTextName reports whether a file's name says that it is text.
func isTextName(path string) bool {
	name := strings.ToLower(path)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return slices.Contains(textNames, filepath.Ext(name))
}

// file is the source that reads the file.
func file(path string) source {
	return source{name: path, open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("corpora: %w", err)
		}
		return f, nil
	}}
}
