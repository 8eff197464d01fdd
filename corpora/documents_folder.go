package corpora

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// findFolder adds what a folder holds: a folder a label, a file a label, or files of documents.
func (d *Documents) findFolder(ctx context.Context, root string) error {
	entries, err := visible(root)
	if err != nil {
		return err
	}
	format := d.opt.Format
	if format == "" {
		format = folderFormat(entries)
	}
	before := len(d.files)
	if format == "folders" {
		err = d.findLabels(ctx, root, entries)
	} else {
		err = d.findFiles(root, entries, format)
	}
	if err != nil {
		return err
	}
	switch {
	case len(d.files) == before && d.opt.Unlabelled:
		return fmt.Errorf("corpora: %w in folder %s: want files whose names end in %s; folders in it are not looked into", ErrEmpty, root, strings.Join(textNames, ", "))
	case len(d.files) == before:
		return fmt.Errorf("corpora: %w in folder %s: want folder/label/name.txt, label.txt files, or *.jsonl, *.csv and *.tsv", ErrEmpty, root)
	}
	return nil
}

// visible returns the entries of a folder, in the order of their names, without the hidden.
func visible(dir string) ([]fs.DirEntry, error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("corpora: %w", err)
	}
	entries := all[:0]
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), ".") {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// folderFormat returns "folders", "files", or "" for a folder with data files.
func folderFormat(entries []fs.DirEntry) string {
	for _, e := range entries {
		if e.IsDir() {
			return "folders"
		}
	}
	for _, e := range entries {
		if formatByName(e.Name()) != "" {
			return ""
		}
	}
	return "files"
}

// findFiles adds the files of a folder: those of data if the format is "", else those of text or data.
func (d *Documents) findFiles(root string, entries []fs.DirEntry, format string) error {
	for _, e := range entries {
		path := filepath.Join(root, e.Name())
		switch {
		case !isRegular(path, e): // a pipe would wait
			d.skipped = append(d.skipped, path)
			continue
		case formatByName(path) != "" && format != "files":
		case format != "" && isTextName(path):
		default:
			d.skipped = append(d.skipped, path)
			continue
		}
		if err := d.add(file(path), format); err != nil {
			return err
		}
	}
	return nil
}

// findLabels adds the documents below each folder of the root, at any depth. Files whose names end in nothing are text
// here, since the folder says what they are.
func (d *Documents) findLabels(ctx context.Context, root string, entries []fs.DirEntry) error {
	for _, e := range entries {
		dir := filepath.Join(root, e.Name())
		if !e.IsDir() {
			d.skipped = append(d.skipped, dir)
			continue
		}
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if strings.HasPrefix(entry.Name(), ".") {
				return skip(entry)
			}
			d.findDocument(path, e.Name(), entry)
			return nil
		})
		if err != nil {
			return fmt.Errorf("corpora: %w", err)
		}
	}
	return nil
}

// findDocument adds or passes over a file below a label's folder.
func (d *Documents) findDocument(path, label string, entry fs.DirEntry) {
	switch {
	case entry.IsDir():
	case isRegular(path, entry) && (isTextName(path) || filepath.Ext(path) == ""):
		d.files = append(d.files, documentFile{source: file(path), format: "folders", label: label})
	default:
		d.skipped = append(d.skipped, path)
	}
}

// isRegular reports whether an entry of a folder is a file, or a link to one.
func isRegular(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
