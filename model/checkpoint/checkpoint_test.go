package checkpoint_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
	"github.com/nlpodyssey/safetensors"
	"pgregory.net/rapid"

	"github.com/textgen-go/textgen/model/checkpoint"
)

// small is a file with all that the format knows: several ranks, an empty tensor, metadata that JSON must escape.
func small() *checkpoint.File {
	return &checkpoint.File{
		Metadata: map[string]string{
			checkpoint.KeyHead:      "generate",
			checkpoint.KeyTokenizer: `{"tokens":["<unk>","é","😀","\"\\"]}`,
		},
		Tensors: []checkpoint.Tensor{
			{Name: "head.weight", Shape: []int{2, 3}, Data: []float32{1, -2, 0.5, 3, float32(math.Copysign(0, -1)), 1e-45}},
			{Name: "head.bias", Shape: []int{2}, Data: []float32{math.MaxFloat32, -math.MaxFloat32}},
			{Name: "scalar", Data: []float32{7}},
			{Name: "empty", Shape: []int{0, 4}, Data: []float32{}},
		},
	}
}

func encode(t testing.TB, f *checkpoint.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := checkpoint.Encode(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(packed []byte) (*checkpoint.File, error) {
	return checkpoint.Decode(bytes.NewReader(packed), checkpoint.Limits{})
}

// unpack returns the safetensors file inside, as zstd -d would.
func unpack(t testing.TB, packed []byte) []byte {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	plain, err := z.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// packer compresses as another program would, with default options.
var packer = sync.OnceValues(func() (*zstd.Encoder, error) { return zstd.NewWriter(nil) })

// pack compresses into one frame.
func pack(t testing.TB, plain []byte) []byte {
	t.Helper()
	z, err := packer()
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(plain, nil)
}

// same compares files; floats by their bits, so that -0 is not 0.
func same(a, b *checkpoint.File) string {
	bits := cmp.Comparer(func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
	return cmp.Diff(a, b, bits, cmpopts.EquateEmpty())
}

func TestRoundTrip(t *testing.T) {
	packed := encode(t, small())
	got, err := decode(packed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(small(), got); diff != "" {
		t.Error(diff)
	}
	if again := encode(t, small()); !bytes.Equal(packed, again) {
		t.Error("the same file gives other bytes the second time")
	}
}

func TestRoundTripOfAnyFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &checkpoint.File{
			Metadata: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "metadata"),
		}
		for _, name := range rapid.SliceOfDistinct(rapid.StringN(1, 9, -1), rapid.ID[string]).Draw(t, "names") {
			shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, "shape")
			n := 1
			for _, d := range shape {
				n *= d
			}
			data := rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "data")
			f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: name, Shape: shape, Data: data})
		}
		var b bytes.Buffer
		if err := checkpoint.Encode(&b, f); err != nil {
			t.Fatal(err)
		}
		got, err := checkpoint.Decode(&b, checkpoint.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(f, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestLargeTensor crosses the borders of chunks, blocks and windows.
func TestLargeTensor(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := &checkpoint.File{}
	for _, n := range []int{16384, 16383, 16385, 3_000_001} {
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(rng.NormFloat64())
		}
		f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: string(rune('a' + len(f.Tensors))), Shape: []int{n}, Data: data})
	}
	packed := encode(t, f)
	got, err := decode(packed)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range f.Tensors { // go-cmp takes seconds for millions of values
		if !slices.Equal(want.Data, got.Tensors[i].Data) {
			t.Errorf("tensor %d differs", i)
		}
	}
	if plain := unpack(t, packed); len(packed) > len(plain)*95/100 {
		t.Errorf("%d bytes are packed into %d: weights are known to shrink by more than 5 %%", len(plain), len(packed))
	}
}

// TestForeignReader reads our file with another implementation of safetensors.
func TestForeignReader(t *testing.T) {
	theirs, err := safetensors.Deserialize(unpack(t, encode(t, small())))
	if err != nil {
		t.Fatal(err)
	}
	if theirs.Len() != len(small().Tensors) {
		t.Errorf("%d tensors", theirs.Len())
	}
	weight, ok := theirs.Tensor("head.weight")
	if !ok || weight.DType() != safetensors.F32 || !cmp.Equal(weight.Shape(), []uint64{2, 3}) {
		t.Errorf("head.weight is %v %v", weight.DType(), weight.Shape())
	}
	if want := []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}; !bytes.HasPrefix(weight.Data(), want) {
		t.Errorf("head.weight begins with % x, want % x", weight.Data()[:8], want)
	}
}

// TestForeignWriter reads a file which another implementation of safetensors wrote.
func TestForeignWriter(t *testing.T) {
	view, err := safetensors.NewTensorView(safetensors.F32, []uint64{2}, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0})
	if err != nil {
		t.Fatal(err)
	}
	views := map[string]safetensors.TensorView{"b": view, "a": view}
	plain, err := safetensors.Serialize(views, map[string]string{"format_version": "1", "labels": `["x"]`})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(pack(t, plain))
	if err != nil {
		t.Fatal(err)
	}
	want := &checkpoint.File{Metadata: map[string]string{"labels": `["x"]`}}
	for _, name := range []string{"a", "b"} {
		want.Tensors = append(want.Tensors, checkpoint.Tensor{Name: name, Shape: []int{2}, Data: []float32{1, -2}})
	}
	if diff := same(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRefuses(t *testing.T) {
	tensor := func(name string, shape []int, data ...float32) *checkpoint.File {
		return &checkpoint.File{Tensors: []checkpoint.Tensor{{Name: name, Shape: shape, Data: data}}}
	}
	twice := tensor("w", []int{1}, 1)
	twice.Tensors = append(twice.Tensors, twice.Tensors[0])
	for _, c := range []struct {
		name string
		file *checkpoint.File
		want string
	}{
		{"NaN", tensor("w", []int{3}, 1, 2, float32(math.NaN())), `tensor "w": value 2 is NaN`},
		{"infinity", tensor("w", []int{1}, float32(math.Inf(-1))), `tensor "w": value 0 is -Inf`},
		{"twice", twice, `two tensors have the name "w"`},
		{"short data", tensor("w", []int{2}, 1), "shape [2] holds 2 values, the data 1"},
		{"negative shape", tensor("w", []int{-1}), "impossible shape"},
		{"overflow", tensor("w", []int{math.MaxInt, 2}), "impossible shape"},
		{"rank", tensor("w", make([]int, 9)), "9 dimensions"},
		{"no name", tensor("", []int{1}, 1), "not a name"},
		{"reserved name", tensor("__metadata__", []int{1}, 1), "not a name"},
		{"reserved key", &checkpoint.File{Metadata: map[string]string{"format_version": "9"}}, "belongs to the format"},
		{"metadata not UTF-8", &checkpoint.File{Metadata: map[string]string{"labels": "\xff"}}, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			err := checkpoint.Encode(&b, c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
			if b.Len() > 0 {
				t.Error("something was written")
			}
		})
	}
}

// fullDisk fails after some bytes.
type fullDisk struct{ left int }

var errFull = errors.New("disk full")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		return d.left, errFull
	}
	d.left -= len(p)
	return len(p), nil
}

func TestEncodeReportsWriteErrors(t *testing.T) {
	size := len(encode(t, small()))
	for left := range size {
		if err := checkpoint.Encode(&fullDisk{left}, small()); !errors.Is(err, errFull) {
			t.Fatalf("with room for %d of %d bytes: %v", left, size, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	benchmark(b, func(f *checkpoint.File, packed []byte) { encode(b, f) })
}
func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(f *checkpoint.File, packed []byte) {
		if _, err := decode(packed); err != nil {
			b.Fatal(err)
		}
	})
}

// benchmark measures 16 MiB of weights as a uniform initialisation makes them.
func benchmark(b *testing.B, run func(f *checkpoint.File, packed []byte)) {
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]float32, 4<<20)
	for i := range data {
		data[i] = rng.Float32()/8 - 1.0/16
	}
	f := &checkpoint.File{Tensors: []checkpoint.Tensor{{Name: "w", Shape: []int{len(data)}, Data: data}}}
	packed := encode(b, f)
	b.SetBytes(int64(4 * len(data)))
	for b.Loop() {
		run(f, packed)
	}
	b.ReportMetric(float64(len(packed))/float64(4*len(data)), "packed/plain")
}
