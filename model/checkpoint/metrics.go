package checkpoint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Metrics appends JSON lines to a file, one a step, each an object with a key "step". A line is in the file as soon
// as Append returns, so that it can be followed while training, and on the disk after Sync.
type Metrics struct {
	file *os.File
	path string
}

// CreateMetrics starts an empty file at path.
func CreateMetrics(path string) (*Metrics, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, storageError("save", path, err)
	}
	return &Metrics{file: file, path: path}, nil
}

// ResumeMetrics opens the file at path to go on after the given step: later lines are cut off, as their steps will be
// done again, and so is a last line that was not written to its end. A file that does not exist is created.
func ResumeMetrics(path string, step int) (*Metrics, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, storageError("save", path, err)
	}
	m := &Metrics{file: file, path: path}
	if err := m.cut(step); err != nil {
		file.Close()
		return nil, err
	}
	return m, nil
}

// cut truncates the file behind the last line up to step.
func (m *Metrics) cut(step int) error {
	var end int64
	err := eachLine(m.file, m.path, func(number int, line []byte) error {
		var at struct {
			Step *int `json:"step"`
		}
		if err := json.Unmarshal(line, &at); err != nil || at.Step == nil {
			return fmt.Errorf("%s:%d: not a JSON object with a step: mend or remove the line", m.path, number)
		}
		if *at.Step > step {
			return errStop
		}
		end += int64(len(line)) + 1
		return nil
	})
	if err != nil {
		return err
	}
	if err := m.file.Truncate(end); err != nil {
		return storageError("save", m.path, err)
	}
	_, err = m.file.Seek(end, io.SeekStart)
	return err
}

// Append writes v as one line.
func (m *Metrics) Append(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s: %w", m.path, err)
	}
	if _, err := m.file.Write(append(line, '\n')); err != nil {
		return storageError("save", m.path, err)
	}
	return nil
}

// Sync brings all lines to the disk; call it before the state that follows them is saved.
func (m *Metrics) Sync() error {
	if err := m.file.Sync(); err != nil {
		return storageError("save", m.path, err)
	}
	return nil
}

// Close syncs and closes the file.
func (m *Metrics) Close() error {
	return errors.Join(m.Sync(), m.file.Close())
}

// ReadMetrics returns the lines of the file at path, decoded. A last line without an end is left out: its training
// was cut off, or is still writing it.
func ReadMetrics[T any](path string) ([]T, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, storageError("read", path, err)
	}
	defer file.Close()
	var all []T
	err = eachLine(file, path, func(number int, line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
		all = append(all, v)
		return nil
	})
	return all, err
}

// errStop ends eachLine early without an error.
var errStop = errors.New("stop")

// eachLine calls use for every line of the file at path that ends with a newline, numbered from 1, without that newline.
func eachLine(r io.Reader, path string, use func(number int, line []byte) error) error {
	const longest = 1 << 20
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	lines.Split(wholeLines)
	number := 1
	for ; lines.Scan(); number++ {
		err := use(number, lines.Bytes())
		if err == errStop {
			return nil
		}
		if err != nil {
			return err
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: a line of more than %d bytes, which training does not write: mend or remove it", path, number, longest)
	case err != nil:
		return storageError("read", path, err)
	}
	return nil
}

// wholeLines is a bufio.SplitFunc that drops what follows the last newline.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if end := bytes.IndexByte(data, '\n'); end >= 0 {
		return end + 1, data[:end], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}
