package corpora_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/textgen-go/textgen/corpora"
)

// streamed returns the lines of a stream.
func streamed(t *testing.T, r io.Reader, encoding string) []string {
	t.Helper()
	var lines []string
	for doc, err := range corpora.StreamLines(t.Context(), "-", r, corpora.DocumentOptions{Encoding: encoding}) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, doc.Text)
		if doc.Line != len(lines) || doc.Source != "-" {
			t.Errorf("line %d is said to be %s:%d", len(lines), doc.Source, doc.Line)
		}
	}
	return lines
}

func TestStreamLines(t *testing.T) {
	for _, c := range []struct {
		name, text, encoding string
		want                 []string
	}{
		{"nothing", "", "", nil},
		{"one letter without a line end", "a", "", []string{"a"}},
		{"blank lines count", "a\n\n b\r\n\nc", "", []string{"a", "", " b", "", "c"}},
		{"a byte-order mark", "\ufeffé\nü\n", "", []string{"é", "ü"}},
		{"UTF-16", "\xff\xfea\x00\n\x00\xe9\x00", "", []string{"a", "é"}},
		{"Latin-1", "\xe9\n\xfc\n", "latin-1", []string{"é", "ü"}},
		{"a long line", strings.Repeat("ab", 1<<17) + "\nc", "", []string{strings.Repeat("ab", 1<<17), "c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
				if got := streamed(t, r, c.encoding); !slices.Equal(got, c.want) {
					t.Errorf("%.60q, want %.60q", got, c.want)
				}
			}
		})
	}
}

// A line comes out before the next goes in, be it shorter than a byte-order mark.
func TestStreamLinesDoesNotWait(t *testing.T) {
	r, w := io.Pipe()
	go io.WriteString(w, "\n")
	n := 0
	for doc, err := range corpora.StreamLines(t.Context(), "-", r, corpora.DocumentOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if doc.Text == "second" {
			w.Close()
			continue
		}
		go io.WriteString(w, "second\n")
	}
	if n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}

func TestStreamLinesReportsInvalidText(t *testing.T) {
	var invalid *corpora.InvalidTextError
	var lines []string
	for doc, err := range corpora.StreamLines(t.Context(), "log", strings.NewReader("good\nbad \xff\n"), corpora.DocumentOptions{}) {
		if err == nil {
			lines = append(lines, doc.Text)
		}
		if err != nil && (!errors.As(err, &invalid) || invalid.File != "log" || invalid.Line != 2) {
			t.Errorf("%v, want an InvalidTextError in line 2 of log", err)
		}
	}
	if invalid == nil || !slices.Equal(lines, []string{"good"}) {
		t.Errorf("lines %q, error %v: want the line before the error", lines, invalid)
	}
}

func TestStreamLinesIsCancelled(t *testing.T) {
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go writer.Write([]byte("one\n"))
	n := 0
	for doc, err := range corpora.StreamLines(ctx, "a pipe", silent, corpora.DocumentOptions{}) {
		if n++; n == 1 {
			if err != nil || doc.Text != "one" {
				t.Errorf("first %q, %v", doc.Text, err)
			}
			cancel()
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("element %d: %v, want a cancellation", n, err)
		}
	}
	if n != 2 {
		t.Errorf("%d elements, want a line and an error", n)
	}
}

// No reader is an error, not the end of the program in a goroutine of its own.
func TestStreamLinesOfNothing(t *testing.T) {
	n := 0
	for _, err := range corpora.StreamLines(t.Context(), "the log", nil, corpora.DocumentOptions{}) {
		if n++; err == nil || !strings.Contains(err.Error(), "the log") {
			t.Errorf("error %v, want one that names the log", err)
		}
	}
	if n != 1 {
		t.Errorf("%d elements, want one error", n)
	}
}
