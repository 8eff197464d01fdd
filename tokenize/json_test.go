package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestParseSurvivesChanges puts every kind of value, and nothing, in the place
// of every value of good files.
func TestParseSurvivesChanges(t *testing.T) {
	files := foreignFiles(t)
	delete(files, "gpt2_prefix") // as gpt2
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		data, err := mustTrain(t, TrainConfig{Kind: kind, VocabSize: 265}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		files[string(kind)] = data
	}
	for name, data := range files {
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		changes := 0
		change(doc, func() {
			changes++
			changed, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			if tok, err := Parse(changed); err == nil {
				use(t, tok)
			}
		})
		if changes < 150 {
			t.Errorf("%s: only %d changes", name, changes)
		}
	}
}

// hostile are values that no place of a file expects.
var hostile = []any{nil, true, "", "(", "[UNK]", -1.0, 3.0, 1e300, []any{nil, 1.0}, map[string]any{}, map[string]any{"type": "Sequence"}}

// change calls try with each value in v replaced in turn; of long lists and
// vocabularies it takes the first few.
func change(v any, try func()) {
	const few = 1
	switch v := v.(type) {
	case map[string]any:
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i >= few && len(v) > 20 {
				break
			}
			old := v[key]
			change(old, try)
			for _, with := range hostile {
				v[key] = with
				try()
			}
			delete(v, key)
			try()
			v[key] = old
		}
	case []any:
		for i := range v[:min(len(v), few)] {
			old := v[i]
			change(old, try)
			for _, with := range hostile {
				v[i] = with
				try()
			}
			v[i] = old
		}
	}
}

// use does with a tokenizer that came from anywhere what must not panic.
func use(t *testing.T, tok Tokenizer) {
	t.Helper()
	ids, _ := tok.AppendIDs(nil, []byte("The river's <eos> 12,\n\xff été"))
	for _, id := range ids {
		if id < 0 || int(id) >= tok.Size() {
			t.Fatalf("id %d in a vocabulary of %d", id, tok.Size())
		}
	}
	tok.AppendText(nil, append(ids, -1, int32(tok.Size())))
	written, err := tok.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(written); err != nil {
		t.Fatalf("written and read again: %v", err)
	}
}

func TestParseErrors(t *testing.T) {
	good, err := mustTrain(t, TrainConfig{Kind: BPE, VocabSize: 300}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) string {
		if !strings.Contains(string(good), old) {
			t.Fatalf("no %s in the file", old)
		}
		return strings.Replace(string(good), old, new, 1)
	}
	for _, test := range []struct{ name, data, want string }{
		{"empty", "", "unexpected end"},
		{"not JSON", "<html>", "invalid character"},
		{"cut off", string(good[:len(good)/2]), "unexpected end"},
		{"no model", `{}`, "no model"},
		{"too large", strings.Repeat(" ", MaxJSON+1), "limit"},
		{"gap in ids", edit(`"!":4`, `"!":40000`), "none has id 4"},
		{"negative id", edit(`"!":4`, `"!":-4`), "none has id 4"},
		{"special tokens moved", edit(`"<pad>":0,"<unk>":1`, `"<pad>":1,"<unk>":0`), "must begin with"},
		{"byte missing", edit(`"!":4`, `"!!":4`), "stands for byte 33"},
		{"merge of nothing", edit(`"merges":["`, `"merges":["qqq q","`), "merge 0"},
		{"merge into nothing", edit(`"merges":["`, `"merges":["~ ~","`), "merge 0"},
		{"Unigram", `{"model":{"type":"Unigram","vocab":[["a",0.5]]}}`, "not supported"},
		{"WordPiece", `{"model":{"type":"WordPiece","vocab":{"a":0}}}`, "not supported"},
		{"look-ahead", `{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"a(?!b)"},"behavior":"Isolated","invert":false}}`, "not supported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tok, err := Parse([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v; want an error with %q", tok, err, test.want)
			}
		})
	}
}

func TestParseErrorIsUnsupported(t *testing.T) {
	_, err := Parse([]byte(`{"model":{"type":"Unigram"}}`))
	if !errors.Is(err, ErrUnsupported) {
		t.Errorf("%v is not ErrUnsupported", err)
	}
}

func TestVocabularyIsWrittenInOrder(t *testing.T) {
	data, err := mustTrain(t, TrainConfig{}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for id := range 20 {
		at := strings.Index(string(data), fmt.Sprintf(`":%d,"`, id))
		if at < last {
			t.Fatalf("id %d stands before its predecessor", id)
		}
		last = at
	}
	if !strings.Contains(string(data), `"<unk>"`) {
		t.Error("special tokens are escaped")
	}
}

// A file of words from before marks belonged to them splits, and is written, as it was.
func TestParseBareWords(t *testing.T) {
	d := newDocument(bareWord, normaliser{})
	d.Model.Vocab = append(slices.Clone(specials[:]), "हैं", "ह", "ै", "ं")
	text, err := marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	ids, unknown := tok.AppendIDs(nil, []byte("हैं"))
	if want := []int32{5, 6, 7}; !slices.Equal(ids, want) || unknown.Count > 0 || tok.Kind() != Word {
		t.Errorf("%s: ids %v, want %v", tok.Kind(), ids, want)
	}
	if got := string(tok.AppendText(nil, ids)); got != "हैं" {
		t.Errorf("they read as %q", got)
	}
	again, err := tok.(*words).MarshalJSON()
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("written as %s, %v; want %s", again, err, text)
	}
}

// Marks belong to the letters that bear them, and joiners to words, but in scripts that do not part words.
func TestMarksBelongToTheirWords(t *testing.T) {
	for text, want := range map[string][]string{
		"नमस्ते दुनिया":        {"नमस्ते", "दुनिया"},
		"كِتَابٌ":              {"كِتَابٌ"},
		"cafe\u0301 l'e\u0301": {"cafe\u0301", "l'e\u0301"},
		"i\u0307stanbul":       {"i\u0307stanbul"}, // İ in lower case
		"نمی\u200cخواهم":       {"نمی\u200cخواهم"},
		"ที่":                  {"ท", "\u0e35", "\u0e48"},
		"\u2764\ufe0f":         {"\u2764", "\ufe0f"},
	} {
		var got []string
		splitWords([]byte(text), true, func(at, end int) { got = append(got, text[at:end]) })
		if !slices.Equal(got, want) {
			t.Errorf("words of %q are %q, want %q", text, got, want)
		}
	}
}
