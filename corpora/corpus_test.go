package corpora

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// collect joins the pieces of a text.
func collect(chunks iter.Seq2[[]byte, error]) (string, error) {
	var b strings.Builder
	for text, err := range chunks {
		if err != nil {
			return b.String(), err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// write makes files in a new folder: names and contents in turn.
func write(t *testing.T, namesAndContents ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(namesAndContents); i += 2 {
		path := filepath.Join(dir, namesAndContents[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(namesAndContents[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read opens the arguments and returns their text.
func read(args []string, stdin string, opt Options) (string, Stats, error) {
	c, err := Open(context.Background(), args, strings.NewReader(stdin), opt)
	if err != nil {
		return "", Stats{}, err
	}
	text, err := collect(c.Chunks(context.Background()))
	if err != nil {
		return text, Stats{}, errors.Join(err, c.Close())
	}
	s, err := c.Stats(context.Background())
	return text, s, errors.Join(err, c.Close())
}

func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func zst(s string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(s), nil))
}

func TestEncodings(t *testing.T) {
	for _, tt := range []struct {
		name, encoding, stored, want string
		crlf                         bool
		dropped                      int64
		found                        string
	}{
		{"plain", "", "naïve\r\n", "naïve\r\n", false, 0, "utf-8"},
		{"mark", "", "\xef\xbb\xbfa", "a", false, 3, "utf-8"},
		{"only the first mark", "utf-8", "\xef\xbb\xbf\ufeffa", "\ufeffa", false, 3, "utf-8"},
		{"utf-16le", "", "\xff\xfea\x00\x3d\xd8\x00\xde", "a😀", false, 2, "utf-16le"},
		{"utf-16be", "utf-16", "\xfe\xff\x00a\xd8\x3d\xde\x00", "a😀", false, 2, "utf-16be"},
		{"utf-16be, no mark", "utf-16be", "\x00a", "a", false, 0, "utf-16be"},
		{"utf-16le, mark", "utf-16le", "\xff\xfea\x00", "a", false, 2, "utf-16le"},
		{"latin-1", "latin-1", "\xe9t\xe9", "été", false, 0, "latin-1"},
		{"windows-1252", "windows-1252", "\x93\x9cuf\x94", "“œuf”", false, 0, "windows-1252"},
		{"bytes", "bytes", "\xef\xbb\xbf\xff\xfe\r\n", "\xef\xbb\xbf\xff\xfe\r\n", false, 0, "bytes"},
		{"crlf", "", "a\r\nb\rc\r\r\n\r", "a\nb\rc\r\n\r", true, 2, "utf-8"},
		{"crlf in utf-16", "", "\xff\xfe\r\x00\n\x00", "\n", true, 4, "utf-16le"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := Options{Encoding: tt.encoding, NormalizeNewlines: tt.crlf}
			got, s, err := read([]string{"-"}, tt.stored, opt)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("text %q, want %q", got, tt.want)
			}
			if s.BytesRead != int64(len(tt.stored)) || s.BytesDropped != tt.dropped || s.BytesUsed+s.BytesDropped != s.BytesRead {
				t.Errorf("read %d, used %d, dropped %d; want %d read, %d dropped", s.BytesRead, s.BytesUsed, s.BytesDropped, len(tt.stored), tt.dropped)
			}
			if diff := cmp.Diff([]string{tt.found}, s.Encodings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInvalidText(t *testing.T) {
	long := strings.Repeat("twenty bytes a line\n", 10_000) // more than one buffer
	for _, tt := range []struct {
		name, encoding, stored string
		offset, line           int64
	}{
		{"latin-1 read as utf-8", "", "caf\xe9 noir", 3, 1},
		{"cut character", "", "ab\ncaf\xc3", 6, 2},
		{"surrogate in utf-8", "", "\xed\xa0\x80", 0, 1},
		{"after the mark", "", "\xef\xbb\xbfab\xff", 5, 1},
		{"far", "", long + "\xff", 200_000, 10_001},
		{"utf-16 read as utf-8", "utf-8", "\xff\xfea\x00", 0, 1},
		{"half a unit", "", "\xff\xfe\n\x00a", 4, 2},
		{"half a pair", "", "\xff\xfea\x00\x3d\xd8b\x00", 4, 1},
		{"no character of windows-1252", "windows-1252", "\x93\n\x80\x81", 3, 2},
		{"half a pair at the end", "", "\xff\xfea\x00\x3d\xd8", 4, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(write(t, "f.txt", tt.stored), "f.txt")
			_, _, err := read([]string{path}, "", Options{Encoding: tt.encoding})
			var bad *InvalidTextError
			if !errors.As(err, &bad) {
				t.Fatalf("error %v, want an InvalidTextError", err)
			}
			if bad.File != path || bad.Offset != tt.offset || bad.Line != tt.line {
				t.Errorf("%v: offset %d line %d, want %d and %d", bad, bad.Offset, bad.Line, tt.offset, tt.line)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	dir := write(t, "b.txt", "B\n", "a/z.md", "Z", "a/y.TEXT", "Y", "c.txt.gz", gz("C")+gz("D"), "d.txt.zst", zst("E")+zst("F"),
		"data.csv", "1,2", ".hidden.txt", "H", ".git/x.txt", "G", "empty.txt", "")
	got, s, err := read([]string{dir}, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "Y\nZ\nB\nCD\nEF"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if s.NewlinesInserted != 3 || s.Files != 6 || s.Lines != 5 || s.Words != 5 || s.Chars != 11 || s.DistinctChars != 8 {
		t.Errorf("stats %+v", s)
	}
	c, err := Open(t.Context(), []string{dir}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "data.csv")}, c.Skipped()); diff != "" {
		t.Error(diff)
	}
}

func TestGlobAndOrder(t *testing.T) {
	dir := write(t, "b.csv", "B", "a.csv", "A", "c[1].txt", "C")
	got, _, err := read([]string{filepath.Join(dir, "c[1].txt"), filepath.Join(dir, "*.csv"), "-"}, "in", Options{})
	if want := "C\nA\nB\nin"; err != nil || got != want {
		t.Errorf("text %q, error %v, want %q", got, err, want)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	dir := write(t, "empty.txt", "", "mark.txt", "\xef\xbb\xbf", "only/a.csv", "1", "plain.txt.gz", "hello", "plain.zst", "hello",
		"cut.gz", gz(strings.Repeat("hello", 1000))[:40], "cut.zst", zst(strings.Repeat("hello", 1000))[:20],
		"bad.gz", gz("hello")[:20]+"....", "le.txt", "a\x00")
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct {
		name string
		args []string
		opt  Options
		want []string
	}{
		{"nothing", nil, Options{}, []string{"name a file"}},
		{"missing", []string{in("no.txt")}, Options{}, []string{"no.txt", "check the name"}},
		{"no match", []string{in("*.xyz")}, Options{}, []string{"no file matches", "*.xyz"}},
		{"empty", []string{in("empty.txt")}, Options{}, []string{"no text", "empty.txt"}},
		{"only a mark", []string{in("mark.txt")}, Options{}, []string{"no text", "mark.txt"}},
		{"no text", []string{in("only")}, Options{}, []string{"no text", "only", "1 files", ".txt"}},
		{"not gzip", []string{in("plain.txt.gz")}, Options{}, []string{"plain.txt.gz", "rename"}},
		{"not zstd", []string{in("plain.zst")}, Options{}, []string{"plain.zst", "zstd"}},
		{"cut gzip", []string{in("cut.gz")}, Options{}, []string{"cut.gz", "gzip", "decompressed bytes"}},
		{"cut zstd", []string{in("cut.zst")}, Options{}, []string{"cut.zst", "zstd", "decompressed bytes"}},
		{"bad sum", []string{in("bad.gz")}, Options{}, []string{"bad.gz", "5 decompressed bytes"}},
		{"stdin twice", []string{"-", "-"}, Options{}, []string{"twice"}},
		{"encoding", []string{"-"}, Options{Encoding: "klingon"}, []string{"klingon", "latin-1"}},
		{"no mark", []string{in("le.txt")}, Options{Encoding: "utf-16"}, []string{"le.txt", "utf-16le"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := read(tt.args, "in", tt.opt)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not mention %q", err, w)
				}
			}
		})
	}
}

func TestErrEmpty(t *testing.T) {
	if _, _, err := read([]string{"-"}, "", Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("error %v, want ErrEmpty", err)
	}
}

func TestSpool(t *testing.T) {
	for _, size := range []int{10, spoolMemory - 1, spoolMemory, spoolMemory + 1, 2 * spoolMemory} {
		dir := t.TempDir()
		want := strings.Repeat("0123456789", size/10+1)[:size]
		c, err := Open(t.Context(), []string{"-"}, strings.NewReader(want), Options{TempDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := collect(c.Chunks(t.Context())); err != nil || got != want {
				t.Fatalf("size %d: %d bytes, error %v", size, len(got), err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("size %d: %s is left", size, left[0].Name())
		}
	}
}

func TestCancel(t *testing.T) {
	c, err := Open(t.Context(), []string{"-"}, strings.NewReader("some text"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := collect(c.Chunks(ctx)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A cancellation ends Open even if nothing comes from standard input.
func TestCancelWaitingForInput(t *testing.T) {
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		writer.Write([]byte("some text"))
		cancel()
	}()
	if _, err := Open(ctx, []string{"-"}, silent, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while waiting for input: %v", err)
	}
}

// TestSection holds every section against the same section of the text as runes.
func TestSection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOf(rapid.RuneFrom([]rune("aé😀\n中"))).Draw(t, "word") + "x"
		text := strings.Repeat(word, rapid.IntRange(1, 200_000/len(word)).Draw(t, "times"))
		c, err := Open(context.Background(), []string{"-"}, strings.NewReader(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		runes := []rune(text)
		from := rapid.IntRange(0, len(runes)).Draw(t, "from")
		to := rapid.IntRange(from, len(runes)).Draw(t, "to")
		got, err := collect(c.Section(context.Background(), int64(from), int64(to)))
		if err != nil || got != string(runes[from:to]) {
			t.Fatalf("section %d to %d of %d: %d bytes, error %v", from, to, len(runes), len(got), err)
		}
	})
}

// TestSmallSections takes every section of a text whose characters differ in length.
func TestSmallSections(t *testing.T) {
	runes := []rune("éx中y😀")
	c, err := Open(t.Context(), []string{"-"}, strings.NewReader(string(runes)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for from := range len(runes) + 1 {
		for to := from; to <= len(runes); to++ {
			got, err := collect(c.Section(t.Context(), int64(from), int64(to)))
			if want := string(runes[from:to]); err != nil || got != want {
				t.Errorf("section %d to %d: %q, error %v, want %q", from, to, got, err, want)
			}
		}
	}
}

func TestSectionOutside(t *testing.T) {
	c, err := Open(t.Context(), []string{"-"}, strings.NewReader("été"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []Range{{-1, 2}, {2, 1}, {0, 4}, {4, 5}} {
		if _, err := collect(c.Section(t.Context(), r.From, r.To)); err == nil {
			t.Errorf("section %v: no error", r)
		}
	}
}

// FuzzDecode decodes any bytes in every encoding: it either fails, or accounts for each byte, in pieces that are valid
// UTF-8 (any bytes for "bytes"), the same whether read in one gulp or byte by byte.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xef\xbb\xbfcaf\xc3\xa9\r\n"), uint8(0), true)
	f.Add([]byte("\xff\xfea\x00\x3d\xd8\x00\xde\r\x00\n\x00"), uint8(2), true)
	f.Add([]byte("\xc3\x28\xed\xa0\x80\r"), uint8(7), false)
	f.Add([]byte(gz("hello")), uint8(0), false)
	f.Add([]byte(zst("hello")), uint8(5), false)
	f.Fuzz(func(t *testing.T, stored []byte, enc uint8, crlf bool) {
		opt := Options{Encoding: encodingNames[int(enc)%len(encodingNames)], NormalizeNewlines: crlf}
		whole, a, err := decodeWith(stored, make([]byte, rawSize), opt)
		slow, b, slowErr := decodeWith(stored, make([]byte, 5), opt)
		if (err == nil) != (slowErr == nil) {
			t.Fatalf("errors differ: %v, %v", err, slowErr)
		}
		if err != nil {
			return
		}
		if whole != slow || a.read != b.read || a.dropped != b.dropped {
			t.Fatalf("%q %+v, in small pieces %q %+v", whole, a, slow, b)
		}
		if opt.Encoding != "bytes" && !utf8.ValidString(whole) {
			t.Fatalf("invalid text %q", whole)
		}
		if width := a.encodings; len(width) == 1 && (width[0] == "utf-8" || width[0] == "bytes") && a.read != int64(len(whole))+a.dropped {
			t.Fatalf("read %d bytes, %d in the text and %d dropped", a.read, len(whole), a.dropped)
		}
		if a.dropped > a.read {
			t.Fatalf("dropped %d of %d bytes", a.dropped, a.read)
		}
	})
}

// decodeWith decodes stored with the space of raw.
func decodeWith(stored, raw []byte, opt Options) (string, account, error) {
	var a account
	s := source{name: "fuzz", open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(stored)), nil }}
	text, err := collect(s.text(raw, opt, &a))
	return text, a, err
}
