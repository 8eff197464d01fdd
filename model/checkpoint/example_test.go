package checkpoint_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/textgen-go/textgen/model/checkpoint"
)

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, checkpoint.ModelName)
	file := &checkpoint.File{
		Tensors: []checkpoint.Tensor{{Name: "head.bias", Shape: []int{2}, Data: []float32{1, 2}}},
	}
	if err := file.SetJSON(checkpoint.KeyLabels, []string{"ham", "spam"}); err != nil {
		fmt.Println(err)
		return
	}
	if err := checkpoint.Write(path, file); err != nil {
		fmt.Println(err)
		return
	}

	loaded, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	bias := make([]float32, 2)
	network := []checkpoint.Tensor{{Name: "head.bias", Shape: []int{2}, Data: bias}}
	fmt.Println(checkpoint.Bind(network, loaded), bias, loaded.Metadata[checkpoint.KeyLabels])
	// Output: <nil> [1 2] ["ham","spam"]
}

func ExampleFormatError() {
	_, err := checkpoint.Decode(bytes.NewReader([]byte("not a model")), checkpoint.Limits{})
	var format *checkpoint.FormatError
	if errors.As(err, &format) {
		fmt.Println(format)
	}
	// Output: bad model file: byte 0: does not begin with a zstd frame: it is no model (that is a run directory or its model.safetensors.zst)
}
