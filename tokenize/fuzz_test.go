package tokenize

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func FuzzBPERoundTrip(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text))
	}
	tok := mustTrain(f, TrainConfig{Kind: BPE, VocabSize: 400})
	f.Fuzz(func(t *testing.T, text []byte) {
		ids, unknown := tok.AppendIDs(nil, text)
		if got := tok.AppendText(nil, ids); !bytes.Equal(got, text) || unknown.Count > 0 {
			t.Fatalf("%q came back as %q, %d unknown", text, got, unknown.Count)
		}
	})
}

func FuzzPieces(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text), uint(3))
	}
	f.Add([]byte("x"+strings.Repeat("\u0323\u0301", 40)+"y"), uint(5))
	for n := 12; n < 17; n++ {
		f.Add([]byte(strings.Repeat("\u0323\u0301", 2)+"\xa3"+strings.Repeat("\u0323\u0301", n)+"\u0323"), uint(n))
	}
	f.Add([]byte("e\u0323\u0307\u0307\u0323 \u1100\u1161\u11a8 \xcc"), uint(1))
	var tokenizers []Tokenizer
	for _, cfg := range configs() {
		tokenizers = append(tokenizers, mustTrain(f, cfg))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint) {
		for _, tok := range tokenizers {
			want, unknown := tok.AppendIDs(nil, text)
			got, gotUnknown := encodeIn(tok, string(text), 1+int(size%64))
			if !slices.Equal(got, want) || gotUnknown != unknown {
				t.Fatalf("%s: %q in pieces: %v, %+v; want %v, %+v", tok.Kind(), text, got, gotUnknown, want, unknown)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, cfg := range configs() {
		data, err := mustTrain(f, cfg).MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, data := range foreignFiles(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := Parse(data)
		if err != nil {
			return
		}
		use(t, tok)
	})
}
