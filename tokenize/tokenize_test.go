package tokenize

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestUnknowns(t *testing.T) {
	for _, test := range []struct {
		kind Kind
		text string
		want Unknowns
	}{
		{Char, "abc", Unknowns{}},
		{Char, "aéb文", Unknowns{2, "é", 1}},
		{Char, "ab\xff", Unknowns{1, "\xff", 2}},
		{Char, "a<unk>b", Unknowns{}},
		{Char, "<eos>a文", Unknowns{1, "文", 6}},
		{Word, "abc  cab abc", Unknowns{1, "cab", 5}},
		{Word, "abc " + strings.Repeat("é", 40), Unknowns{1, strings.Repeat("é", 30) + "…", 4}},
		{Word, "abc a" + strings.Repeat("é", 40), Unknowns{1, "a" + strings.Repeat("é", 30) + "…", 4}},
		{Word, "abc " + strings.Repeat("x", 64), Unknowns{1, strings.Repeat("x", 64), 4}},
		{Word, "abc <unk> xyz \xe2", Unknowns{2, "xyz", 10}},
		{Space, "abc  a.b abc\n", Unknowns{2, "a.b", 5}},
		{Space, "abc <unk> abc\xe2", Unknowns{1, "abc\xe2", 10}},
		{BPE, "\xff\x00文", Unknowns{}},
	} {
		tok, err := Train(TrainConfig{Kind: test.kind}, one([]byte("abc abc")))
		if err != nil {
			t.Fatal(err)
		}
		ids, got := tok.AppendIDs(nil, []byte(test.text))
		if got != test.want {
			t.Errorf("%s %q: %+v, want %+v", test.kind, test.text, got, test.want)
		}
		spelled := strings.Count(test.text, "<unk>")
		if n := countOf(ids, Unknown); n != got.Count+spelled {
			t.Errorf("%s %q: %d ids are Unknown, want %d", test.kind, test.text, n, got.Count+spelled)
		}
	}
}

// An Encoder that has ended a text begins another, with nothing of the first.
func TestEncoderOfSeveralTexts(t *testing.T) {
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		tok := mustTrain(t, TrainConfig{Kind: kind})
		e := NewEncoder(tok)
		for _, text := range []string{"The cat <eo", "the dog's <u", "ma", "t"} {
			want, _ := tok.AppendIDs(nil, []byte(text))
			if got := e.Flush(e.Append(nil, []byte(text))); !slices.Equal(got, want) {
				t.Errorf("%s: %q became %v, want %v", kind, text, got, want)
			}
		}
	}
}

func TestUnknownTexts(t *testing.T) {
	for _, test := range []struct {
		kind Kind
		text string
		want []string
	}{
		{Char, "aé<unk>文\xff", []string{"é", "<unk>", "文", "\xff"}},
		{Word, "abc Cab <unk> <eos>" + strings.Repeat("x", 65), []string{"Cab", "<unk>", strings.Repeat("x", 61) + "…"}},
		{Space, "abc a.b", []string{"a.b"}},
		{BPE, "é<unk>", []string{"<unk>"}},
	} {
		tok, err := Train(TrainConfig{Kind: test.kind}, one([]byte("abc abc")))
		if err != nil {
			t.Fatal(err)
		}
		if got := UnknownTexts(tok, []byte(test.text)); !slices.Equal(got, test.want) {
			t.Errorf("%s %q: %q, want %q", test.kind, test.text, got, test.want)
		}
	}
}

func countOf(ids []int32, id int32) (n int) {
	for _, other := range ids {
		if other == id {
			n++
		}
	}
	return n
}

func TestSpecialTokens(t *testing.T) {
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		tok := mustTrain(t, TrainConfig{Kind: kind})
		for id, want := range specials {
			if got, ok := tok.ID(want); !ok || got != int32(id) || tok.Token(got) != want {
				t.Errorf("%s: %s has id %d, %v", kind, want, got, ok)
			}
		}
		got, _ := tok.AppendIDs(nil, []byte("<bos><unk><eos><pad>"))
		if want := []int32{BOS, Unknown, EOS, Pad}; !slices.Equal(got, want) {
			t.Errorf("%s: ids %v, want %v", kind, got, want)
		}
		if text := tok.AppendText(nil, []int32{-1, int32(tok.Size()), 1 << 30}); len(text) > 0 || tok.Token(-1) != "" {
			t.Errorf("%s: ids out of range give %q", kind, text)
		}
	}
}

func TestWordSpacing(t *testing.T) {
	for _, text := range []string{
		`"Stop," he said; "don't (please) go: 3 well-known men!"` + "\n" + `"Oh?" said she.`,
		"The “cat” sat—so he said—on 50% of it…\nAnd/or [not].\n\nEnd",
		"He called it 'a day' and left.",
		"今天，我们过河。「明天见！」",
		"costs $5 or £6 (or €7)",
		"a <unk> word.",
		"नमस्ते दुनिया, आप कैसे हैं?",
		"cafe\u0301 Ange\u0300le's",
		"ภาษาไทย",
		"نمی\u200cخواهم برگردم.",
	} {
		tok, err := Train(TrainConfig{Kind: Word}, one([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		ids, _ := tok.AppendIDs(nil, []byte(text))
		if got := string(tok.AppendText(nil, ids)); got != text {
			t.Errorf("got  %q\nwant %q", got, text)
		}
	}
}

func TestSpaceSpacing(t *testing.T) {
	const text = "n't ( a <unk> , \" mr. x \" - 3.14 )\nit 's\n\nend"
	tok, err := Train(TrainConfig{Kind: Space}, one([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	ids, _ := tok.AppendIDs(nil, []byte(" n't ( a  <unk> , \" mr. x \" - 3.14 ) \n it 's\n\n end "))
	if got := string(tok.AppendText(nil, ids)); got != text {
		t.Errorf("got  %q\nwant %q", got, text)
	}
}

func TestDecoderHoldsHalfCharacters(t *testing.T) {
	tok, err := Train(TrainConfig{Kind: BPE, VocabSize: 260}, one([]byte("abc")))
	if err != nil {
		t.Fatal(err)
	}
	ids, _ := tok.AppendIDs(nil, []byte("a€\xffb\xf0\x9f"))
	d := NewDecoder(tok)
	var got []string
	for _, id := range ids {
		got = append(got, d.Next(id))
	}
	got = append(got, d.Flush(), d.Flush())
	want := []string{"a", "", "", "€", "\uFFFD", "b", "", "", "\uFFFD\uFFFD", ""}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestConcurrentUse(t *testing.T) {
	text := story(1 << 15)
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		tok := mustTrain(t, TrainConfig{Kind: kind})
		want, _ := tok.AppendIDs(nil, text)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got, _ := tok.AppendIDs(nil, text); !slices.Equal(got, want) {
					t.Errorf("%s: other ids in another goroutine", kind)
				}
			})
		}
		wg.Wait()
	}
}

// A memo that overflows must not change ids.
func TestMemoOverflow(t *testing.T) {
	tok := mustTrain(t, TrainConfig{Kind: BPE})
	var text bytes.Buffer
	for i := range 2*memoPieces + 10 {
		text.WriteByte(' ')
		for k := i; k > 0; k /= 26 {
			text.WriteByte('a' + byte(k%26))
		}
	}
	ids, _ := tok.AppendIDs(nil, text.Bytes())
	if got := tok.AppendText(nil, ids); !bytes.Equal(got, text.Bytes()) {
		t.Error("text does not come back")
	}
	again, _ := tok.AppendIDs(nil, text.Bytes())
	if !slices.Equal(ids, again) {
		t.Error("other ids the second time")
	}
}
