package checkpoint_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// entries returns the names in a directory.
func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestWriteRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m")
	for range 2 { // a new file, and one that replaces another
		if err := checkpoint.Write(path, small()); err != nil {
			t.Fatal(err)
		}
		got, err := checkpoint.Read(path, checkpoint.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(small(), got); diff != "" {
			t.Error(diff)
		}
	}
	if names := entries(t, dir); names != "m" {
		t.Errorf("the directory holds %s", names)
	}
}

func TestWriteKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m")
	if err := checkpoint.Write(path, small()); err != nil {
		t.Fatal(err)
	}
	bad := small()
	bad.Tensors[0].Data[1] = float32(math.NaN())
	err := checkpoint.Write(path, bad)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "value 1 is NaN") {
		t.Errorf("error is %v", err)
	}
	if _, err := checkpoint.Read(path, checkpoint.Limits{}); err != nil {
		t.Error(err)
	}
	if names := entries(t, dir); names != "m" {
		t.Errorf("the directory holds %s", names)
	}
}

func TestWriteKeepsPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Write(path, small()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("a private file has become %v", info.Mode())
	}
}

func TestWriteStorageErrors(t *testing.T) {
	dir := t.TempDir()
	occupied := filepath.Join(dir, "occupied")
	if err := os.MkdirAll(filepath.Join(occupied, "by"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "absent", "m"), occupied} {
		err := checkpoint.Write(path, small())
		var storage *checkpoint.StorageError
		if !errors.As(err, &storage) || storage.Path != path {
			t.Errorf("error is %v, want a StorageError for %s", err, path)
		}
	}
	if names := entries(t, dir); names != "occupied" {
		t.Errorf("the directory holds %s", names)
	}
}

// TestWriteRefusesWhatReadRefuses: a file that shrinks as a decompression bomb does is one.
func TestWriteRefusesWhatReadRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "zeros")
	zeros := make([]float32, 17<<20)
	file := &checkpoint.File{Tensors: []checkpoint.Tensor{{Name: "w", Shape: []int{len(zeros)}, Data: zeros}}}
	if err := checkpoint.Write(path, file); err == nil || !strings.Contains(err.Error(), "not a trained model") {
		t.Errorf("error is %v", err)
	}
	if names := entries(t, dir); names != "" {
		t.Errorf("the directory holds %s", names)
	}
	var b bytes.Buffer
	if err := checkpoint.Encode(&b, file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := checkpoint.Read(path, checkpoint.Limits{})
	if err == nil || !strings.Contains(err.Error(), "more than the allowed") {
		t.Errorf("error is %v", err)
	}
}

func TestReadErrorsNameThePath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	_, err := checkpoint.Read(path, checkpoint.Limits{})
	var storage *checkpoint.StorageError
	if !errors.As(err, &storage) || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v", err)
	}
	if err := os.WriteFile(path, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = checkpoint.Read(path, checkpoint.Limits{})
	var format *checkpoint.FormatError
	if !errors.As(err, &format) || format.Path != path || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("error is %v", err)
	}
}

func TestBind(t *testing.T) {
	params := []*model.Parameter{
		{Name: "head.bias", Shape: []int{2}, Value: make([]float32, 2)},
		{Name: "head.weight", Shape: []int{2, 3}, Value: make([]float32, 6)},
	}
	want := checkpoint.Parameters(params)
	err := checkpoint.Bind(want, small())
	var mismatch *checkpoint.MismatchError
	if !errors.As(err, &mismatch) || !strings.Contains(err.Error(), "2 unknown (scalar, empty)") {
		t.Errorf("error is %v", err)
	}
	if params[0].Value[0] != 0 {
		t.Error("a mismatch has changed a parameter")
	}
	if err := checkpoint.Bind(want, small(), "sca", "emp"); err != nil {
		t.Fatal(err)
	}
	if params[0].Value[0] != math.MaxFloat32 || params[1].Value[1] != -2 {
		t.Errorf("values are %v and %v", params[0].Value, params[1].Value)
	}
}

func TestBindListsWhatDiffers(t *testing.T) {
	want := []checkpoint.Tensor{
		{Name: "head.weight", Shape: []int{3, 2}, Data: make([]float32, 6)},
		{Name: "rnn.weight_hh_l0", Shape: []int{1}, Data: make([]float32, 1)},
	}
	err := checkpoint.Bind(want, small())
	const text = "the file's tensors do not fit the network: 1 missing (rnn.weight_hh_l0), " +
		"3 unknown (head.bias, scalar, empty), 1 of another shape (head.weight: [2 3], not [3 2])"
	if err == nil || err.Error() != text {
		t.Errorf("error is %q\nwant %q", err, text)
	}
}

func TestMismatchIsShort(t *testing.T) {
	var want []checkpoint.Tensor
	for i := range 1000 {
		want = append(want, checkpoint.Tensor{Name: "w" + strings.Repeat("x", i%9), Shape: []int{1}, Data: []float32{0}})
	}
	err := checkpoint.Bind(want, &checkpoint.File{})
	if err == nil || len(err.Error()) > 300 || !strings.Contains(err.Error(), "and 992 more") {
		t.Errorf("error is %v", err)
	}
}

func TestJSON(t *testing.T) {
	var f checkpoint.File
	if err := f.SetJSON(checkpoint.KeyLabels, []string{"<a>", "b"}); err != nil {
		t.Fatal(err)
	}
	var labels []string
	if err := f.JSON(checkpoint.KeyLabels, &labels); err != nil || len(labels) != 2 || labels[0] != "<a>" {
		t.Errorf("labels are %q, error %v", labels, err)
	}
	var format *checkpoint.FormatError
	if err := f.JSON(checkpoint.KeyConfig, &labels); !errors.As(err, &format) || !strings.Contains(err.Error(), `"config" is missing`) {
		t.Errorf("error is %v", err)
	}
	var number int
	if err := f.JSON(checkpoint.KeyLabels, &number); !errors.As(err, &format) || !strings.Contains(err.Error(), `metadata "labels"`) {
		t.Errorf("error is %v", err)
	}
	if err := f.SetJSON(checkpoint.KeyMetrics, math.NaN()); err == nil {
		t.Error("NaN has become JSON")
	}
}

func TestTensorAndElements(t *testing.T) {
	f := small()
	if got, ok := f.Tensor("head.bias"); !ok || len(got.Data) != 2 {
		t.Errorf("head.bias is %v, %v", got, ok)
	}
	if _, ok := f.Tensor("tail"); ok {
		t.Error("there is a tail")
	}
	if n := f.Elements(); n != 9 {
		t.Errorf("%d elements, want 9", n)
	}
	if n := f.Elements("head."); n != 1 {
		t.Errorf("%d elements beside the head, want 1", n)
	}
}

// A file that another program reads is replaced, if need be when it has done: it does not end a training.
func TestReplaceWhatIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors.zst")
	weight := func(value float32) *checkpoint.File {
		return &checkpoint.File{Tensors: []checkpoint.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{value}}}}
	}
	if err := checkpoint.Write(path, weight(1)); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { reader.Close() })
	if err := checkpoint.Write(path, weight(2)); err != nil {
		t.Fatal(err)
	}
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil || f.Tensors[0].Data[0] != 2 {
		t.Errorf("%v, %v; want the second file", f, err)
	}
}
