package generate_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// TestLoadTrustsNoFile spoils what a model file says of its model: what is inside it was checked before only by itself.
func TestLoadTrustsNoFile(t *testing.T) {
	good := trained(t).Info().Path
	replace := func(key, old, text string) func(*testing.T, *checkpoint.File) {
		return func(t *testing.T, f *checkpoint.File) {
			was := f.Metadata[key]
			if f.Metadata[key] = strings.Replace(was, old, text, 1); f.Metadata[key] == was {
				t.Fatalf("%s has no %s: %s", key, old, was)
			}
		}
	}
	set := func(key, text string) func(*testing.T, *checkpoint.File) {
		return func(_ *testing.T, f *checkpoint.File) { f.Metadata[key] = text }
	}
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, *checkpoint.File)
		want  string
	}{
		{"another vocabulary", replace(checkpoint.KeyConfig, `"vocab_size":`, `"vocab_size":1`), "the tokenizer knows"},
		{"more units than weights", replace(checkpoint.KeyConfig, `"hidden":16`, `"hidden":17`), "the configuration asks for"},
		{"units without end", replace(checkpoint.KeyConfig, `"hidden":16`, `"hidden":60000,"layers":64,"was":1`), "invalid"},
		{"another cell", replace(checkpoint.KeyConfig, `"lstm"`, `"transformer"`), `cell "transformer" is unknown`},
		{"no configuration", set(checkpoint.KeyConfig, "{}"), "the tokenizer knows"},
		{"half a configuration", set(checkpoint.KeyConfig, `{"vocab_size":`), "config"},
		{"no tokenizer", set(checkpoint.KeyTokenizer, ""), "the tokenizer cannot be read"},
		{"a tokenizer of nothing", set(checkpoint.KeyTokenizer, "{}"), "the tokenizer cannot be read"},
		{"nothing to write with", specialTokensAlone, "no token but the special ones"},
		{"training of another form", set(checkpoint.KeyTraining, "[1]"), "training"},
		{"measures that are no number", set(checkpoint.KeyMetrics, `{"loss":NaN}`), "metrics"},
		{"another name", func(_ *testing.T, f *checkpoint.File) { f.Tensors[0].Name = "other" }, "1 missing"},
		{"another shape", func(_ *testing.T, f *checkpoint.File) {
			s := f.Tensors[0].Shape
			s[0], s[1] = s[1], s[0]
		}, "of another shape"},
	} {
		f, err := checkpoint.Read(good, checkpoint.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c.spoil(t, f)
		path := filepath.Join(t.TempDir(), "spoilt.safetensors.zst")
		if err := checkpoint.Write(path, f); err != nil {
			t.Fatal(err)
		}
		_, err = generate.Load(path)
		_, format := errors.AsType[*checkpoint.FormatError](err)
		_, mismatch := errors.AsType[*checkpoint.MismatchError](err)
		if !format && !mismatch || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one of the file with %q", c.name, err, c.want)
		}
	}
}

// specialTokensAlone leaves a model that is in order but for having no token that it may choose.
func specialTokensAlone(t *testing.T, f *checkpoint.File) {
	f.Metadata[checkpoint.KeyTokenizer] = `{"model":{"type":"WordLevel","unk_token":"<unk>","vocab":{"<pad>":0,"<unk>":1,"<bos>":2,"<eos>":3}}}`
	var cfg map[string]any
	if err := f.JSON(checkpoint.KeyConfig, &cfg); err != nil {
		t.Fatal(err)
	}
	cfg["vocab_size"] = 4
	if err := f.SetJSON(checkpoint.KeyConfig, cfg); err != nil {
		t.Fatal(err)
	}
	for i := range f.Tensors {
		if x := &f.Tensors[i]; !strings.HasPrefix(x.Name, "rnn.") {
			x.Data = x.Data[:len(x.Data)/x.Shape[0]*4]
			x.Shape[0] = 4
		}
	}
}
