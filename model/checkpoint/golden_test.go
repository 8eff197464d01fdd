package checkpoint_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/checkpoint"
)

// goldenPath is the file that docs/checkpoint.md takes apart. It has been written once and is never written again:
// files of version 1 stay readable.
var goldenPath = filepath.Join("testdata", "tiny.safetensors.zst")

func tiny() *checkpoint.File {
	return &checkpoint.File{
		Metadata: map[string]string{checkpoint.KeyHead: "generate", checkpoint.KeyLabels: `["a","b"]`},
		Tensors: []checkpoint.Tensor{
			{Name: "head.weight", Shape: []int{2, 2}, Data: []float32{1, -2, 0.5, 0}},
			{Name: "head.bias", Shape: []int{2}, Data: []float32{3, 0.25}},
		},
	}
}

func TestGolden(t *testing.T) {
	got, err := checkpoint.Read(goldenPath, checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(tiny(), got); diff != "" {
		t.Error(diff)
	}
	packed, err := os.ReadFile(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	// The compressor may come to pack better; what it packs must stay the same.
	if !bytes.Equal(unpack(t, encode(t, tiny())), unpack(t, packed)) {
		t.Error("the same file is now another safetensors file")
	}
}

// TestDocumentation compares the dumps in docs/checkpoint.md with the file.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "checkpoint.md"))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{packed[:16], unpack(t, packed)} {
		for line := range strings.Lines(hex.Dump(b)) {
			if !strings.Contains(string(page), line) {
				t.Errorf("docs/checkpoint.md lacks the line\n%s", line)
			}
		}
	}
}
