package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForeignEqualsHuggingFace(t *testing.T) {
	var in texts
	readJSON(t, "texts.json", &in)
	var want map[string]struct {
		Tokens [][]string `json:"tokens"`
		Text   []string   `json:"text"`
	}
	readJSON(t, "huggingface.json", &want)
	for name, tok := range foreignTokenizers(t) {
		if tok.Token(Unknown) != "<unk>" || tok.Token(EOS) != "<eos>" {
			t.Errorf("%s: special tokens are not in front", name)
		}
		for i, text := range in.Test {
			ids, unknown := tok.AppendIDs(nil, []byte(text))
			var tokens []string
			known := true
			for k, id := range ids {
				tokens = append(tokens, tok.Token(id))
				known = known && id != Unknown
				if id == Unknown && tok.Kind() == Word && k < len(want[name].Tokens[i]) {
					tokens[k] = "[UNK]" // the file's name for it
				}
			}
			// Ours cut "<unk>" and their like wherever they stand.
			if strings.Contains(text, "<unk>") {
				continue
			}
			if diff := cmp.Diff(want[name].Tokens[i], append([]string{}, tokens...)); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", name, text, diff)
			}
			if (unknown.Count > 0) == known {
				t.Errorf("%s: %q has unknown tokens: %v, but %d are counted", name, text, !known, unknown.Count)
			}
			if got := string(tok.AppendText(nil, ids)); known && got != want[name].Text[i] {
				t.Errorf("%s: %q comes back as %q, want %q", name, text, got, want[name].Text[i])
			}
		}
	}
}

// foreignTokenizers reads testdata/foreign.
func foreignTokenizers(t *testing.T) map[string]Tokenizer {
	t.Helper()
	tokenizers := map[string]Tokenizer{}
	for name, data := range foreignFiles(t) {
		tok, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, ok := tok.(*foreign); !ok {
			t.Errorf("%s: read as %T", name, tok)
		}
		tokenizers[name] = tok
	}
	return tokenizers
}

func foreignFiles(t testing.TB) map[string][]byte {
	t.Helper()
	return readAll(t, filepath.Join("testdata", "foreign"))
}

// readAll reads the .json files of a folder, by name without .json.
func readAll(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v, %d files", dir, err, len(paths))
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".json")] = data
	}
	return files
}

func TestForeignInPieces(t *testing.T) {
	var in texts
	readJSON(t, "texts.json", &in)
	for name, tok := range foreignTokenizers(t) {
		for _, text := range append(in.Test, "low \ufffd") { // at the end, U+FFFD may be the start of a character
			want, _ := tok.AppendIDs(nil, []byte(text))
			got, _ := encodeIn(tok, text, 3)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %q in pieces:\n%s", name, text, diff)
			}
			d, streamed := NewDecoder(tok), ""
			for _, id := range want {
				streamed += d.Next(id)
			}
			streamed += d.Flush()
			if whole := string(tok.AppendText(nil, want)); streamed != whole {
				t.Errorf("%s: decoder gave %q, AppendText %q", name, streamed, whole)
			}
		}
	}
}

// What Hugging Face writes of our files is still ours: the fast path.
func TestParseReadsResaved(t *testing.T) {
	for name, data := range readAll(t, filepath.Join("testdata", "resaved")) {
		tok, err := Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := tok.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(append(got, '\n'), want) {
			t.Errorf("%s: read from Hugging Face's file and written again:\n%s", name, got)
		}
	}
}

// Of pairs that overlap, as in "www", the first is merged, and a pair that stands twice has its last rank.
func TestForeignMergesFirstOfEqualPairs(t *testing.T) {
	for _, c := range []struct {
		merges, text string
		want         []string
	}{
		{`["w w","ww w"]`, "www", []string{"www"}},
		{`["w w","ww w"]`, "wwwwwwww", []string{"ww", "ww", "ww", "ww"}},
		{`["w w","ww w","ww ww"]`, "wwwwwww", []string{"wwww", "www"}},
		{`["x y","y z","x y"]`, "xyz", []string{"x", "yz"}},
	} {
		got := []string{}
		tok := foreignPairs(t, c.merges)
		ids, _ := tok.AppendIDs(nil, []byte(c.text))
		for _, id := range ids {
			got = append(got, tok.Token(id))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q with %s (-want +got):\n%s", c.text, c.merges, diff)
		}
	}
}

// foreignPairs is a foreign byte-level BPE with some tokens of w, x, y and z.
func foreignPairs(t *testing.T, merges string) Tokenizer {
	t.Helper()
	tok, err := Parse(foreignBPE(t, `{"type":"ByteLevel","add_prefix_space":false}`, merges))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// foreignBPE is the file of a BPE with a pre-tokenizer, some tokens of w, x, y and z, and merges.
func foreignBPE(t *testing.T, split, merges string) []byte {
	t.Helper()
	vocab := map[string]int{}
	for _, r := range byteRunes {
		vocab[string(r)] = len(vocab)
	}
	for _, token := range []string{"ww", "www", "wwww", "xy", "yz", "x,"} {
		vocab[token] = len(vocab)
	}
	list, err := json.Marshal(vocab)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(`{"pre_tokenizer":` + split + `,"model":{"type":"BPE","vocab":` + string(list) + `,"merges":` + merges + `}}`)
}

// Patterns that Go reads otherwise than Oniguruma are refused, and the others keep their meaning.
func TestForeignPatterns(t *testing.T) {
	for _, pattern := range []string{
		`[[:alpha:]]+`, `[a-c[0-9]]+`, `[^(\s|[.,!?])]+`, `[a-z&&[^aeiou]]`, `a{,2}b`, `\pL`, `\Qa\E`, `^a`, `b$`, `(?m)a.b`, `(?i)ss`, `(?i)\p{Lu}`,
		`a{2}?b`, `(?i)\p{Greek}`, `(?i)\x{73}\x{73}`, `(?i:(?:s)(?:s))`, `x(?i)a|b`, `(?i:\p{L})`, `(?i:s|st)`, `(?i:'s|'t)|(?i)x|y`,
	} {
		if _, err := Parse(foreignSplit(t, pattern)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: error %v, want ErrUnsupported", pattern, err)
		}
	}
	for _, c := range []struct {
		pattern, text string
		want          int // pieces
	}{
		{`[]\s]+`, "a] \u00a0b", 3},
		{`[^]\s]+`, "ab] c", 3},
		{`\p{^L}+`, "a12b", 3},
		{`[\^\$\[]`, "a^b$c[", 6},
		{`(?i:'s|'t)|\p{L}+`, "it'S", 2},
		{`'(?i:[sdmt]|ll|ve|re)`, "it'Sx", 3},
		{`[ab]\s+c`, "xa\u00a0 cy", 3},
		{`a{2,}`, "baaab", 3},
	} {
		tok, err := Parse(foreignSplit(t, c.pattern))
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if ids, _ := tok.AppendIDs(nil, []byte(c.text)); len(ids) != c.want {
			t.Errorf("%s cuts %q into %d pieces, want %d", c.pattern, c.text, len(ids), c.want)
		}
	}
}

// foreignSplit is a foreign tokenizer.json that knows no word and splits by a pattern.
func foreignSplit(t *testing.T, pattern string) []byte {
	t.Helper()
	quoted, err := json.Marshal(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(`{"model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":` +
		string(quoted) + `},"behavior":"Isolated","invert":false}}`)
}

// A decoder ByteLevel leaves a token as it is that spells no bytes, and reads bytes wherever they are spelled: İ is the byte 8E.
func TestForeignByteLevelDecoder(t *testing.T) {
	tok, err := Parse([]byte(`{"model":{"type":"WordLevel","vocab":{"[UNK]":0,"‘low":1,"İ":2,"áł":3},"unk_token":"[UNK]"},"decoder":{"type":"ByteLevel"},
		"added_tokens":[{"id":2,"content":"İ"},{"id":4,"content":"–|"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var ids []int32
	for _, token := range []string{"‘low", "–|", "áł", "İ"} {
		id, _ := tok.ID(token)
		ids = append(ids, id)
	}
	if got, want := string(tok.AppendText(nil, ids)), "‘low–|\u180e"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Added tokens that are normalized are cut out of what the others have left.
func TestForeignCutsNormalizedTokensLast(t *testing.T) {
	tok, err := Parse([]byte(`{"model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"},
		"added_tokens":[{"id":1,"content":"low","normalized":true},{"id":2,"content":"ow","normalized":false}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	ids, _ := tok.AppendIDs(nil, []byte("low"))
	for _, id := range ids {
		got = append(got, tok.Token(id))
	}
	if diff := cmp.Diff([]string{"<unk>", "ow"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of added tokens that begin at one place, the longest is cut out.
func TestForeignCutsTheLongestToken(t *testing.T) {
	tok, err := Parse(foreignWords(`,"added_tokens":[{"id":3,"content":"<"},{"id":4,"content":"<<x"},{"id":5,"content":"<<"}]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	ids, _ := tok.AppendIDs(nil, []byte("<<x<<<"))
	for _, id := range ids {
		got = append(got, tok.Token(id))
	}
	if diff := cmp.Diff([]string{"<<x", "<<", "<"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// foreignWords is a foreign WordLevel file with some further members.
func foreignWords(further string) []byte {
	return []byte(`{"model":{"type":"WordLevel","vocab":{"lo":0,"w":1,"[UNK]":2},"unk_token":"[UNK]"}` + further + `}`)
}

// What would give other ids or another text than Hugging Face tokenizers is refused.
func TestForeignRefuses(t *testing.T) {
	for _, c := range []struct{ further, want string }{
		{`"normalizer":{"type":"StripAccents"}`, `normalizer "StripAccents"`},
		{`"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Sequence","normalizers":[]}]}`, "normalizers 1"},
		{`"normalizer":{"type":"Sequence","normalizers":["NFC"]}`, "normalizers 0"},
		{`"pre_tokenizer":{"type":"Metaspace"}`, `pre_tokenizer "Metaspace"`},
		{`"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"WhitespaceSplit"}]}`, "after ByteLevel"},
		{`"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Sequence","pretokenizers":[]}]}`, "pretokenizers 0"},
		{`"pre_tokenizer":{"type":"Split","pattern":{"Regex":"x*"},"behavior":"Isolated","invert":false}`, `pattern "x*"`},
		{`"pre_tokenizer":{"type":"Split","behavior":"Isolated","invert":false}`, `pattern ""`},
		{`"added_tokens":[{"id":3,"content":""}]`, "is empty"},
		{`"added_tokens":[{"id":3,"content":"<x>","lstrip":true}]`, "lstrip"},
		{`"added_tokens":[{"id":3,"content":"<x>","rstrip":true}]`, "rstrip"},
		{`"added_tokens":[{"id":3,"content":"<x>","single_word":true}]`, "single_word"},
		{`"added_tokens":[{"id":3,"content":"<x>","normalized":true}],"normalizer":{"type":"NFC"}`, "normalized with a normalizer"},
		{`"decoder":{"type":"WordPiece"}`, `decoder "WordPiece"`},
	} {
		if tok, err := Parse(foreignWords("," + c.further)); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want ErrUnsupported with %q", c.further, tok, err, c.want)
		}
	}
	for _, c := range []struct{ data, want string }{
		{string(foreignWords(`,"added_tokens":[{"id":3,"content":"w"}]`)), `"w" has id 3, and 1`},
		{string(foreignWords(`,"added_tokens":[{"id":4,"content":"<x>"}]`)), "none has id 3"},
		{`{"model":{"type":"WordLevel","vocab":{"lo":0}}}`, "no unk_token"},
		{`{"model":{"type":"WordLevel","vocab":{"lo":0},"unk_token":"[UNK]"}}`, `lacks the unknown token "[UNK]"`},
	} {
		if tok, err := Parse([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want an error with %q", c.data, tok, err, c.want)
		}
	}
	for _, option := range []string{
		`"dropout":0.1`, `"continuing_subword_prefix":"##"`, `"end_of_word_suffix":"</w>"`,
		`"fuse_unk":true`, `"byte_fallback":true`, `"ignore_merges":true`,
	} {
		if _, err := Parse(foreignBPE(t, `{"type":"ByteLevel"}`, `[],`+option)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("BPE with %s: error %v, want ErrUnsupported", option, err)
		}
	}
	if _, err := Parse(foreignBPE(t, `null`, `[]`)); !errors.Is(err, ErrUnsupported) {
		t.Errorf("BPE without ByteLevel: error %v, want ErrUnsupported", err)
	}
}

// What ByteLevel makes of a text, and after a Split, as Hugging Face tokenizers 0.23.3 does.
func TestForeignByteLevelOptions(t *testing.T) {
	for _, c := range []struct {
		split string
		want  string // of "x,y xy", one | apart
	}{
		{`{"type":"ByteLevel","add_prefix_space":false}`, "x|,|y|Ġ|xy"},
		{`{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}`, "x|,|y|Ġ|xy"},
		{`{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}`, "x,|y|Ġ|xy"},
		{`{"type":"ByteLevel","add_prefix_space":true,"use_regex":false}`, "Ġ|x,|y|Ġ|xy"},
		{`{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[y]\\s+"},"behavior":"Isolated","invert":false},
			{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}`, "x,|y|Ġ|xy"},
		{`{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":"x"},"behavior":"Isolated","invert":false},
			{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}`, "x|,|y|Ġ|x|y"},
	} {
		tok, err := Parse(foreignBPE(t, c.split, `["x ,","x y"]`))
		if err != nil {
			t.Fatalf("%s: %v", c.split, err)
		}
		var got []string
		ids, _ := tok.AppendIDs(nil, []byte("x,y xy"))
		for _, id := range ids {
			got = append(got, tok.Token(id))
		}
		if got := strings.Join(got, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.split, got, c.want)
		}
	}
}

// How tokens become a text, as Hugging Face tokenizers 0.23.3 joins them: ids out of range are left out.
func TestForeignDecoders(t *testing.T) {
	for _, c := range []struct{ further, want string }{
		{"", "lo w lo"},
		{`,"decoder":null`, "lo w lo"},
		{`,"decoder":{"type":"Fuse"}`, "lowlo"},
		{`,"decoder":{"type":"ByteLevel"}`, "lowlo"},
	} {
		tok, err := Parse(foreignWords(c.further))
		if err != nil {
			t.Fatalf("%s: %v", c.further, err)
		}
		lo, _ := tok.ID("lo")
		w, _ := tok.ID("w")
		if got := string(tok.AppendText(nil, []int32{-1, lo, 99, w, lo})); got != c.want {
			t.Errorf("%s: %q, want %q", c.further, got, c.want)
		}
	}
}

// The first unknown token of a foreign file is told with the place of the text between added tokens that it stands in.
func TestForeignUnknowns(t *testing.T) {
	tok, err := Parse(foreignWords(`,"pre_tokenizer":{"type":"WhitespaceSplit"},"added_tokens":[{"id":3,"content":"<x>"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Unknowns{
		"lo w lo":        {},
		"lo no w":        {1, "no", 0},
		"lo<x>w ho no w": {2, "ho", 5},
		"lo <unk>no":     {1, "no", 8},
	} {
		if _, got := tok.AppendIDs(nil, []byte(text)); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	e := NewEncoder(tok)
	for range 3 { // of three texts, the first unknown token of the first is told
		e.Flush(e.Append(nil, []byte("lo no w ho")))
	}
	if got, want := e.Unknown(), (Unknowns{6, "no", 0}); got != want {
		t.Errorf("of three texts: %+v, want %+v", got, want)
	}
}
