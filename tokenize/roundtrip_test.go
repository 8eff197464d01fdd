package tokenize

import (
	"bytes"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// samples are texts of several scripts with odd blanks, apostrophes and special
// tokens.
var samples = []string{
	"",
	"The cat sat on the mat. \"Don't,\" said the dog; it's o'clock!\nNew line's here.\n",
	"L’été à l'île d’Yeu : « déjà vu » n'est-ce pas ?",
	"床前明月光，疑是地上霜。\n舉頭望明月，低頭思故鄉。",
	"ภาษาไทยเป็นภาษา ที่มีวรรณยุกต์",
	"👩‍👩‍👧 🇫🇷 naïve e\u0301 İstanbul ǅ",
	"  tabs\tand \u00a0 spaces \u2003\r\n\v\f  end  ",
	"x 'tis 've 'r 're ''s 3.14 ①② ½",
	"a<unk>b <eos><pad <bos> <<unk>> < unk>",
	"ends within a special token <eo",
}

// one is a text in one chunk.
func one(text []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) { yield(text, nil) }
}

// mustTrain trains on all samples.
func mustTrain(t testing.TB, cfg TrainConfig) Tokenizer {
	t.Helper()
	var text bytes.Buffer
	for _, s := range samples {
		text.WriteString(s)
		text.WriteString(" ")
	}
	tok, err := Train(cfg, one(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// configs are all kinds, with and without normalisation.
func configs() []TrainConfig {
	var list []TrainConfig
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		list = append(list,
			TrainConfig{Kind: kind, VocabSize: 400},
			TrainConfig{Kind: kind, VocabSize: 400, NFC: true},
			TrainConfig{Kind: kind, VocabSize: 400, Lowercase: true},
			TrainConfig{Kind: kind, VocabSize: 400, NFC: true, Lowercase: true})
	}
	return list
}

func TestTextComesBack(t *testing.T) {
	for _, kind := range []Kind{Char, BPE} {
		tok := mustTrain(t, TrainConfig{Kind: kind})
		for _, text := range samples {
			ids, unknown := tok.AppendIDs(nil, []byte(text))
			if unknown.Count > 0 {
				t.Errorf("%s: %q has unknown %q at %d", kind, text, unknown.First, unknown.Offset)
			}
			if got := string(tok.AppendText(nil, ids)); got != text {
				t.Errorf("%s: %q came back as %q", kind, text, got)
			}
		}
	}
}

func TestPiecesGiveTheSameIDs(t *testing.T) {
	for _, cfg := range configs() {
		tok := mustTrain(t, cfg)
		for _, text := range append(samples, "\xff\xc3(\xe2\x82 ok \xf0\x9f") {
			want, unknown := tok.AppendIDs(nil, []byte(text))
			for size := 1; size <= 9; size++ {
				got, gotUnknown := encodeIn(tok, text, size)
				if !reflect.DeepEqual(got, want) || gotUnknown != unknown {
					t.Fatalf("%+v, %q in pieces of %d: %v, %+v; want %v, %+v", cfg, text, size, got, gotUnknown, want, unknown)
				}
			}
		}
	}
}

// encodeIn encodes text in pieces of size bytes.
func encodeIn(tok Tokenizer, text string, size int) ([]int32, Unknowns) {
	e := NewEncoder(tok)
	var ids []int32
	for rest := []byte(text); len(rest) > 0; {
		n := min(size, len(rest))
		ids = e.Append(ids, bytes.Clone(rest[:n]))
		rest = rest[n:]
	}
	return e.Flush(ids), e.Unknown()
}

// Characters with more marks than a normaliser keeps together, and blanks
// without end, in pieces.
func TestLongRunsInPieces(t *testing.T) {
	runs := []string{"\u0301", "\u0323\u0307", " ", "\n", "a", "\u1100\u1161\u11a8", "\u200d", "<", "<pad", "'", "\xcc"}
	for _, cfg := range configs() {
		tok := mustTrain(t, cfg)
		for _, run := range runs {
			text := "x e" + strings.Repeat(run, 80) + "e\u0301 y"
			want, unknown := tok.AppendIDs(nil, []byte(text))
			for _, size := range []int{1, 2, 7, 50} {
				if got, gotUnknown := encodeIn(tok, text, size); !slices.Equal(got, want) || gotUnknown != unknown {
					t.Errorf("%+v, %q in pieces of %d: %d ids, %+v; want %d, %+v", cfg, run, size, len(got), gotUnknown, len(want), unknown)
				}
			}
		}
	}
}

func TestDecoderEqualsAppendText(t *testing.T) {
	for _, cfg := range configs() {
		tok := mustTrain(t, cfg)
		for _, text := range samples {
			ids, _ := tok.AppendIDs(nil, []byte(text))
			d, got := NewDecoder(tok), ""
			for _, id := range ids {
				part := d.Next(id)
				if !utf8.ValidString(part) {
					t.Fatalf("%+v: Next gave %q, half a character", cfg, part)
				}
				got += part
			}
			got += d.Flush()
			if want := string(tok.AppendText(nil, ids)); got != want {
				t.Errorf("%+v: decoder gave %q, AppendText %q", cfg, got, want)
			}
		}
	}
}

func TestParseReadsBack(t *testing.T) {
	for _, cfg := range configs() {
		tok := mustTrain(t, cfg)
		data, err := tok.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(data)
		if err != nil {
			t.Fatalf("%+v: %v", cfg, err)
		}
		again, err := back.MarshalJSON()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%+v: written, read and written again: %v\n%s\n%s", cfg, err, data, again)
		}
		for _, text := range samples {
			want, _ := tok.AppendIDs(nil, []byte(text))
			got, _ := back.AppendIDs(nil, []byte(text))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: %q gives %v, was %v", cfg, text, got, want)
			}
		}
	}
}
