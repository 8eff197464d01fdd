package checkpoint_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/textgen-go/textgen/model/checkpoint"
)

// plain makes a safetensors file of a header and data, with a true length.
func plain(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

const meta = `"__metadata__":{"format_version":"1"}`

func TestDecodeRefusesContent(t *testing.T) {
	four := make([]byte, 4)
	for _, c := range []struct {
		name   string
		plain  []byte
		offset int64
		want   string
	}{
		{"nothing", nil, 0, "the data ends within the header's length"},
		{"short length", []byte{1, 0, 0}, 3, "the data ends within the header's length"},
		{"lying length", binary.LittleEndian.AppendUint64(nil, 60<<20), 8, "the data ends within the header"},
		{"huge length", binary.LittleEndian.AppendUint64(nil, 1<<63), 0, "claims 9223372036854775808 bytes"},
		{"no JSON", plain(`hello`), 8, "invalid character"},
		{"array", plain(`[]`), 9, "[ where { is expected"},
		{"cut JSON", plain(`{` + meta), 8 + 38, "unexpected end"},
		{"second object", plain(`{` + meta + `}{}`), 8 + 40, "text after the end"},
		{"not UTF-8", plain("{\"\xff\":{}}"), 8, "not valid UTF-8"},
		{"no version", plain(`{}`), 8, "not made by textgen"},
		{"odd version", plain(`{"__metadata__":{"format_version":"one"}}`), 8, "is not a version"},
		{"newer", plain(`{"__metadata__":{"format_version":"2"}}`), 8, "newer textgen"},
		{"number as metadata", plain(`{"__metadata__":{"format_version":1}}`), 8 + 35, "1 where a string is expected"},
		{"metadata twice", plain(`{` + meta + `,` + meta + `}`), 8 + 53, `key "__metadata__" occurs twice`},
		{"metadata key twice", plain(`{"__metadata__":{"a":"","a":""}}`), 8 + 27, `key "a" occurs twice`},
		{"tensor twice", plain(`{`+meta+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}`, four...), 8 + 95, `key "a" occurs twice`},
		{"other type", plain(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, four...), 8 + 53, `has the type "F16"`},
		{"missing key", plain(`{"a":{"dtype":"F32","shape":[2]}}`), 8 + 32, "needs dtype, shape and two data_offsets"},
		{"key thrice", plain(`{"a":{"dtype":"F32","dtype":"F32","dtype":"F32"}}`), 8 + 27, `key "dtype" occurs twice`},
		{"unknown key", plain(`{"a":{"kind":1}}`), 8 + 12, `unknown key "kind"`},
		{"three offsets", plain(`{"a":{"data_offsets":[0,4,8]}}`), 8 + 25, "more than 2 numbers"},
		{"negative offset", plain(`{"a":{"data_offsets":[-4,0]}}`), 8 + 24, "-4 where a natural number"},
		{"fraction", plain(`{"a":{"shape":[1.5]}}`), 8 + 18, "1.5 where a natural number"},
		{"huge dimension", plain(`{"a":{"shape":[18446744073709551616]}}`), 8 + 35, "where a natural number"},
		{"text as dimension", plain(`{"a":{"shape":["1"]}}`), 8 + 18, "where a natural number"},
		{"deep", plain(`{"a":{"shape":` + strings.Repeat("[", 100_000)), 8 + 16, "where a natural number"},
		{"many dimensions", plain(`{"a":{"shape":[1,1,1,1,1,1,1,1,1]}}`), 8 + 30, "more than 8 numbers"},
		{"overflow", plain(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`), 8 + 73, "impossible shape"},
		{"size", plain(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`), 8 + 53, "needs 8 bytes"},
		{"backwards", plain(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`), 8 + 53, "needs 4 bytes"},
		{"gap", plain(`{`+meta+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0), 8 + 92, "gap or overlap"},
		{"overlap", plain(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`), 8 + 107 + 8, "gap or overlap"},
		{"missing data", plain(`{`+meta+`,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, four...), 8 + 92 + 4, "the data ends within a"},
		{"lying size", plain(`{` + meta + `,"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`), 8 + 110, "the data ends within a"},
		{"trailing data", plain(`{`+meta+`}`, 0), 8 + 39, "data follows the last tensor"},
		{"NaN", plain(`{`+meta+`,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 1, 0, 0x80, 0x7f), 8 + 92 + 4, `tensor "a", value 1: NaN or infinite`},
		{"NaN beyond the first part", farNaN(), 8 + 100 + 4*16386, `tensor "a", value 16386: NaN or infinite`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decode(pack(t, c.plain))
			wantFormatError(t, err, false, c.offset, c.want)
		})
	}
}

// farNaN returns a tensor of 20,000 values, of which number 16,386 is NaN: more than are read at once.
func farNaN() []byte {
	data := make([]byte, 4*20_000)
	copy(data[4*16386:], []byte{1, 0, 0x80, 0x7f})
	return plain(`{`+meta+`,"a":{"dtype":"F32","shape":[20000],"data_offsets":[0,80000]}}`, data...)
}

func TestDecodeRefusesFrames(t *testing.T) {
	good := encode(t, small())
	size := int64(len(good))
	damaged := bytes.Clone(good)
	damaged[size-1] ^= 1
	skippable := []byte{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0}
	for _, c := range []struct {
		name   string
		packed []byte
		offset int64
		want   string
	}{
		{"empty", nil, 0, "the file is empty"},
		{"text", []byte("hello, world: no model"), 0, "does not begin with a zstd frame"},
		{"not compressed", unpack(t, good), 0, "compress it with zstd"},
		{"skippable frame first", append(bytes.Clone(skippable), good...), 0, "does not begin with a zstd frame"},
		{"skippable frame last", append(bytes.Clone(good), skippable...), size, "data follows the end"},
		{"second frame", append(bytes.Clone(good), good...), size, "data follows the end"},
		{"a byte too many", append(bytes.Clone(good), 0), size, "data follows the end"},
		{"checksum", damaged, size, "damaged zstd data"},
		{"cut", good[:size-1], size - 1, "cut short"},
		{"large window", []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x88, 1, 0, 0}, 0, "window of 134217728 bytes"},
		{"dictionary", []byte{0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7, 1, 0, 0}, 0, "dictionary"},
		{"reserved block", []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0, 7, 0, 0}, 6, "reserved type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decode(c.packed)
			wantFormatError(t, err, true, c.offset, c.want)
		})
	}
}

func wantFormatError(t *testing.T, err error, packed bool, offset int64, text string) {
	t.Helper()
	var format *checkpoint.FormatError
	if !errors.As(err, &format) {
		t.Fatalf("error is %v, want a FormatError with %q", err, text)
	}
	if format.Packed != packed || format.Offset != offset || !strings.Contains(err.Error(), text) {
		t.Errorf("error at %d (packed: %v) is %q\nwant one at %d with %q", format.Offset, format.Packed, err, offset, text)
	}
}

func TestDecodeNewerIsRecognised(t *testing.T) {
	_, err := decode(pack(t, plain(`{"__metadata__":{"format_version":"2"}}`)))
	if !errors.Is(err, checkpoint.ErrNewer) {
		t.Errorf("error is %v, want ErrNewer", err)
	}
}

func TestDecodeReturnsReadErrors(t *testing.T) {
	good, broken := encode(t, small()), errors.New("broken cable")
	for n := range good {
		r := io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(broken))
		if _, err := checkpoint.Decode(r, checkpoint.Limits{}); !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

func TestDecodeAnyReader(t *testing.T) {
	good := encode(t, small())
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
		got, err := checkpoint.Decode(wrap(bytes.NewReader(good)), checkpoint.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(small(), got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestLimits(t *testing.T) {
	good := encode(t, small())
	size := int64(len(unpack(t, good)))
	head := size - 8 - 36
	for _, c := range []struct {
		limits checkpoint.Limits
		ok     bool
	}{
		{checkpoint.Limits{Decoded: size}, true},
		{checkpoint.Limits{Decoded: size - 1}, false},
		{checkpoint.Limits{Header: head}, true},
		{checkpoint.Limits{Header: head - 1}, false},
	} {
		_, err := checkpoint.Decode(bytes.NewReader(good), c.limits)
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.limits, err)
		}
	}
}

// TestTruncations cuts a file everywhere: nothing but the whole file is a file.
func TestTruncations(t *testing.T) {
	good := encode(t, small())
	for n := range good {
		if _, err := decode(good[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are accepted", n, len(good))
		}
	}
	whole := unpack(t, good)
	for n := range whole {
		if _, err := decode(pack(t, whole[:n])); err == nil {
			t.Errorf("the first %d of %d unpacked bytes are accepted", n, len(whole))
		}
	}
}

// TestMutations changes compressed files, which the checksum must notice, and compressed again what was changed inside,
// which must be an error or a file in order.
func TestMutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	good := encode(t, small())
	whole := unpack(t, good)
	accepted := 0
	for range 3000 {
		if f, err := decode(mutate(rng, good)); err == nil && same(small(), f) != "" {
			t.Fatal("a damaged file is accepted")
		}
		f, err := decode(pack(t, mutate(rng, whole)))
		if err != nil {
			continue
		}
		accepted++
		again, err := decode(encode(t, f))
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(f, again); diff != "" {
			t.Fatal(diff)
		}
	}
	if accepted == 0 || accepted > 1500 {
		t.Errorf("%d of 3000 mutations inside are accepted: those of weights and strings should be, others not", accepted)
	}
}

// mutate flips, inserts, removes or repeats bytes.
func mutate(rng *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(b))
		end := at + rng.IntN(min(8, len(b)-at))
		switch rng.IntN(4) {
		case 0:
			b[at] ^= 1 << rng.IntN(8)
		case 1:
			b = append(b[:at], append([]byte{byte(rng.Uint32())}, b[at:]...)...)
		case 2:
			b = append(b[:at], b[end:]...)
		default:
			b = append(b[:end], b[at:]...)
		}
		if len(b) == 0 {
			return b
		}
	}
	return b
}

// allocated returns the bytes that run allocates.
func allocated(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// overhead is what decoding may allocate beside the content: 32 MiB of window, and the decompressor's tables.
const overhead = 40 << 20

func TestLiesAllocateNothing(t *testing.T) {
	for name, content := range map[string][]byte{
		"header": binary.LittleEndian.AppendUint64(nil, 64<<20),
		"tensor": plain(`{` + meta + `,"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`),
	} {
		packed := pack(t, content)
		if n := allocated(func() { decode(packed) }); n > 1<<20 {
			t.Errorf("a lying size of the %s allocates %d bytes", name, n)
		}
	}
	bomb := pack(t, make([]byte, 300<<20))
	limits := checkpoint.Limits{Decoded: 1 << 20}
	if n := allocated(func() { checkpoint.Decode(bytes.NewReader(bomb), limits) }); n > overhead {
		t.Errorf("a bomb of %d bytes allocates %d", len(bomb), n)
	}
}

// Strings of no bytes, of which a small file has millions, would take more memory than any honest header.
func TestMetadataIsBounded(t *testing.T) {
	header := []byte(`{"__metadata__":{"format_version":"1"`)
	for i := range 1 << 20 {
		header = fmt.Appendf(header, `,"%x":""`, i)
	}
	packed := pack(t, plain(string(header)+`}}`))
	var err error
	if n, most := allocated(func() { _, err = decode(packed) }), uint64(overhead+4*len(header)); n > most {
		t.Errorf("metadata of %d bytes allocates %d, want %d at most", len(header), n, most)
	}
	var format *checkpoint.FormatError
	if !errors.As(err, &format) || !strings.Contains(err.Error(), "more than 1024 metadata strings") {
		t.Errorf("error %v", err)
	}
	file := &checkpoint.File{Metadata: map[string]string{}}
	for i := range 1 << 10 { // beside the version
		file.Metadata[fmt.Sprint(i)] = ""
	}
	if err := checkpoint.Encode(io.Discard, file); err == nil {
		t.Error("wrote more metadata than is read")
	}
}

func FuzzDecode(f *testing.F) {
	good := encode(f, small())
	f.Add(good, true)
	f.Add(good[:len(good)/2], true)
	f.Add(append(bytes.Clone(good), good...), true)
	whole := unpack(f, good)
	f.Add(whole, false)
	f.Add(whole[:len(whole)-4], false)
	f.Add(plain(`{`+meta+`,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 1, 0, 0x80, 0x7f), false)
	limits := checkpoint.Limits{Decoded: 1 << 20, Header: 1 << 16}
	f.Fuzz(func(t *testing.T, b []byte, packed bool) {
		if !packed {
			b = pack(t, b)
		}
		var file *checkpoint.File
		var err error
		if n := allocated(func() { file, err = checkpoint.Decode(bytes.NewReader(b), limits) }); n > overhead {
			t.Errorf("%d bytes are allocated for a file of %d", n, len(b))
		}
		if err != nil {
			var format *checkpoint.FormatError
			if !errors.As(err, &format) {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		again, err := decode(encode(t, file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(file, again); diff != "" {
			t.Error(diff)
		}
	})
}
