package tokenize

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tokenizer.json files under testdata; then run testdata/huggingface.py")

// fixtures are the tokenizers under testdata, by file name, trained on
// testdata/texts.json.
var fixtures = map[string]TrainConfig{
	"char":       {Kind: Char},
	"char_lower": {Kind: Char, NFC: true, Lowercase: true},
	"word":       {Kind: Word, VocabSize: 200},
	"word_lower": {Kind: Word, VocabSize: 200, NFC: true, Lowercase: true},
	"space":      {Kind: Space, VocabSize: 200},
	"bpe":        {Kind: BPE, VocabSize: 600},
	"bpe_lower":  {Kind: BPE, VocabSize: 500, NFC: true, Lowercase: true},
}

// texts is testdata/texts.json.
type texts struct {
	Train []string `json:"train"`
	Test  []string `json:"test"`
}

// expected is what Hugging Face tokenizers made of one tokenizer.json.
type expected struct {
	IDs    [][]int32 `json:"ids"`    // of each text
	Text   []string  `json:"text"`   // of each text's ids
	Merges []string  `json:"merges"` // BPE: what its own trainer learns
}

func TestEqualsHuggingFace(t *testing.T) {
	var in texts
	readJSON(t, "texts.json", &in)
	var want map[string]expected
	if !*update {
		readJSON(t, "huggingface.json", &want)
	}
	for name, cfg := range fixtures {
		t.Run(name, func(t *testing.T) {
			tok, err := Train(cfg, one([]byte(strings.Join(in.Train, ""))))
			if err != nil {
				t.Fatal(err)
			}
			compareFile(t, filepath.Join("testdata", name+".json"), tok)
			if !*update {
				compareIDs(t, tok, in.Test, want[name])
			}
		})
	}
}

// compareFile compares tok with the tokenizer.json that the other side read.
func compareFile(t *testing.T, path string, tok Tokenizer) {
	data, err := tok.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, append(data, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), string(data)+"\n"); diff != "" {
		t.Errorf("%s (-file +trained):\n%s", path, diff)
	}
}

func compareIDs(t *testing.T, tok Tokenizer, inputs []string, want expected) {
	for i, text := range inputs {
		ids, _ := tok.AppendIDs(nil, []byte(text))
		if !slices.Equal(ids, want.IDs[i]) {
			t.Errorf("%q gives %v, want %v", text, ids, want.IDs[i])
		}
		if got := string(tok.AppendText(nil, ids)); !tok.Kind().Words() && got != want.Text[i] {
			t.Errorf("%q comes back as %q, want %q", text, got, want.Text[i])
		}
	}
	if tok, ok := tok.(*bytePairs); ok {
		var merges []string
		for _, p := range tok.merges {
			merges = append(merges, tok.Token(p.left)+" "+tok.Token(p.right))
		}
		if diff := cmp.Diff(want.Merges, merges); diff != "" {
			t.Errorf("merges (-Hugging Face +ours):\n%s", diff)
		}
	}
}

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}
