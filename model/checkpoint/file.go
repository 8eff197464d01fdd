package checkpoint

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/textgen-go/textgen/model"
)

// Version is the version of the format that Encode writes. Decode reads this one and all before it.
const Version = 1

// Keys of File.Metadata. All are optional here; the head that a file belongs to asks for what it needs.
const (
	KeyHead      = "head"           // what the model does: "generate", "classify"
	KeyConfig    = "config"         // JSON of the network's configuration
	KeyTokenizer = "tokenizer.json" // what Hugging Face tokenizers reads from a file of this name
	KeyLabels    = "labels"         // JSON array of strings, in the order of the outputs
	KeyTraining  = "training"       // JSON summary of the run: data, seed, steps, optimiser
	KeyMetrics   = "metrics"        // JSON of the figures measured last
	KeyProgress  = "progress"       // JSON of what a stopped run needs beside its tensors; state files only
)

// Prefixes of the tensors that a state file holds beside the network's parameters.
const (
	PrefixOptim = "optim." // moments of the optimiser
	PrefixState = "state." // hidden state carried from one window to the next
)

// Names with a meaning of their own in a header.
const (
	metadataName = "__metadata__"
	versionKey   = "format_version"
)

// A File is the content of a model file. Encode adds the format's version to the metadata and Decode takes it out
// again, so that both see the same File.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor // in the order in which their data lies in the file
}

// A Tensor is a named array in row-major order: len(Data) is the product of Shape, 1 for an empty Shape.
type Tensor = model.Named

// Parameters returns the values of a network's parameters as tensors that share their memory: what a file saves, and
// what Bind fills.
func Parameters(params []*model.Parameter) []Tensor {
	tensors := make([]Tensor, len(params))
	for i, p := range params {
		tensors[i] = Tensor{Name: p.Name, Shape: p.Shape, Data: p.Value}
	}
	return tensors
}

// Tensor returns the tensor of that name.
func (f *File) Tensor(name string) (Tensor, bool) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// Elements returns the number of values in all tensors whose names do not start with one of the prefixes. Compare it
// with what a configuration asks for before allocating a network of that size: both may come from a stranger.
func (f *File) Elements(except ...string) int {
	n := 0
	for _, t := range f.Tensors {
		if !hasPrefix(t.Name, except) {
			n += len(t.Data)
		}
	}
	return n
}

// SetJSON stores v as JSON under key.
func (f *File) SetJSON(key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("metadata %q: %w", key, err)
	}
	if f.Metadata == nil {
		f.Metadata = make(map[string]string)
	}
	f.Metadata[key] = string(text)
	return nil
}

// JSON decodes the metadata string under key into v. A missing key or JSON that does not fit is a *FormatError.
func (f *File) JSON(key string, v any) error {
	text, ok := f.Metadata[key]
	if !ok {
		return &FormatError{Offset: -1, What: fmt.Sprintf("metadata %q is missing", key)}
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return &FormatError{Offset: -1, What: fmt.Sprintf("metadata %q", key), Err: err}
	}
	return nil
}

// Section is a metadata string to decode, and the value to decode it into.
type Section struct {
	Key   string
	Value any
}

// JSONs decodes sections in turn, as JSON does each, up to the first error.
func (f *File) JSONs(sections ...Section) error {
	for _, s := range sections {
		if err := f.JSON(s.Key, s.Value); err != nil {
			return err
		}
	}
	return nil
}

// check returns why f could not be read back after it was written.
func (f *File) check() error {
	if n := len(f.Metadata) + 1; n > maxMetadata { // with the version
		return fmt.Errorf("%d metadata strings, a file holds at most %d", n, maxMetadata)
	}
	for key, value := range f.Metadata {
		if key == versionKey {
			return fmt.Errorf("metadata %q: this key belongs to the format", key)
		}
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return fmt.Errorf("metadata %q is not valid UTF-8", key)
		}
	}
	if len(f.Tensors) > maxTensors {
		return fmt.Errorf("%d tensors, a file holds at most %d", len(f.Tensors), maxTensors)
	}
	seen := make(map[string]bool, len(f.Tensors))
	for _, t := range f.Tensors {
		if seen[t.Name] {
			return fmt.Errorf("two tensors have the name %q", t.Name)
		}
		seen[t.Name] = true
		if err := checkTensor(t); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return nil
}

func checkTensor(t Tensor) error {
	if t.Name == "" || t.Name == metadataName || !utf8.ValidString(t.Name) {
		return fmt.Errorf("not a name for a tensor")
	}
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	if n != len(t.Data) {
		return fmt.Errorf("shape %v holds %d values, the data %d", t.Shape, n, len(t.Data))
	}
	for i, v := range t.Data {
		if !finite(v) {
			return fmt.Errorf("value %d is %v: the model has diverged", i, v)
		}
	}
	return nil
}

// elements returns the product of shape, or an error if it is not the shape of a tensor that memory could hold.
func elements(shape []int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%d dimensions, at most %d are allowed", len(shape), maxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 0 || (d > 0 && n > math.MaxInt/4/d) {
			return 0, fmt.Errorf("impossible shape %v", shape)
		}
		n *= d
	}
	return n, nil
}

// finite tells whether v is neither NaN nor an infinity: those have all bits of the exponent set.
func finite(v float32) bool {
	const exponent = 0x7f800000
	return math.Float32bits(v)&exponent != exponent
}

// version returns the number in a header's format_version.
func version(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}
