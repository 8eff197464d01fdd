package tokenize

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func tokens(tok Tokenizer) []string {
	var list []string
	for id := range tok.Size() {
		list = append(list, tok.Token(int32(id)))
	}
	return list
}

func TestTrainVocabulary(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  TrainConfig
		text string
		want string // tokens after the special ones, one blank apart
	}{
		{"char", TrainConfig{}, "banana é", "  a b n é"},
		{"char rare", TrainConfig{MinFrequency: 2}, "banana é", "a n"},
		{"char limit", TrainConfig{VocabSize: 5}, "banana é", "a"},
		{"char lower", TrainConfig{Lowercase: true}, "aAb", "a b"},
		{"char NFC", TrainConfig{NFC: true}, "e\u0301", "é"},
		{"char NFC of many marks", TrainConfig{NFC: true}, "q" + strings.Repeat("\u0301", 40), "q \u0301"},
		{"char bad bytes", TrainConfig{}, "a\xff\xfe", "a"},
		{"char specials", TrainConfig{}, "a<unk>b", "a b"},
		{"word", TrainConfig{Kind: Word}, "the cat, the dog. THE\n", "the \n , . THE cat dog"},
		{"word lower", TrainConfig{Kind: Word, Lowercase: true}, "the cat the dog THE", "the cat dog"},
		{"word limit", TrainConfig{Kind: Word, VocabSize: 6}, "c b b a a", "a b"},
		{"space", TrainConfig{Kind: Space}, "mr. n.v. <unk> $ mr.\u2003N's\n \n", "\n mr. $ N's n.v."},
		{"space specials in capitals", TrainConfig{Kind: Space, Lowercase: true}, "no <UNK> of <Eos>", "no of"},
		{"word bad bytes", TrainConfig{Kind: Word}, "the \xff cat\xc3 cat", "cat the"},
		{"space bad bytes", TrainConfig{Kind: Space}, "the \xff c\xc3t cat", "cat the"},
		{"word specials", TrainConfig{Kind: Word}, "no <unk> of<eos>", "no of"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tok, err := Train(test.cfg, one([]byte(test.text)))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(tokens(tok)[len(specials):], " "); got != test.want {
				t.Errorf("learned %q, want %q", got, test.want)
			}
		})
	}
}

// The example of the paper, by hand: in "low low lower" the pair l o is the
// first of the most frequent, then lo w; then " low" with its blank.
func TestTrainMerges(t *testing.T) {
	tok, err := Train(TrainConfig{Kind: BPE, VocabSize: 264}, one([]byte("low low lower")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"lo", "low", "Ġlow"}
	if got := tokens(tok)[260:]; !slices.Equal(got, want) {
		t.Errorf("merged %q, want %q", got, want)
	}
}

// A piece that is cut to learn from is learned from to its end.
func TestTrainMergesLongPieces(t *testing.T) {
	text := strings.Repeat("a", 2*learnedPiece) + "yzyz"
	tok, err := Train(TrainConfig{Kind: BPE, VocabSize: 300}, one([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"aa", "yz"} {
		if _, ok := tok.ID(want); !ok {
			t.Errorf("%q is not merged", want)
		}
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	text := story(1 << 16)
	for _, cfg := range configs() {
		var first []byte
		for size := 7; size < 1<<17; size *= 37 {
			tok, err := Train(cfg, func(yield func([]byte, error) bool) {
				for chunk := range slices.Chunk(text, size) {
					if !yield(chunk, nil) {
						return
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			data, err := tok.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = data
			}
			if !bytes.Equal(data, first) {
				t.Errorf("%+v: another vocabulary from chunks of %d bytes", cfg, size)
			}
		}
	}
}

func TestTrainErrors(t *testing.T) {
	for _, test := range []struct {
		cfg  TrainConfig
		text string
		want string
	}{
		{TrainConfig{Kind: "syllable"}, "a", "char, word, space or bpe"},
		{TrainConfig{VocabSize: 4}, "a", "too small"},
		{TrainConfig{Kind: BPE, VocabSize: 259}, "a", "at least 260"},
		{TrainConfig{VocabSize: -1}, "a", "too small"},
		{TrainConfig{MinFrequency: -1}, "a", "negative"},
		{TrainConfig{}, "", "empty"},
		{TrainConfig{Kind: Word}, " \t ", "empty"},
		{TrainConfig{MinFrequency: 2}, "abc", "fewer than 2"},
		{TrainConfig{Kind: Space, MinFrequency: 2}, "abc", "every token of the text occurs fewer than 2"},
	} {
		if _, err := Train(test.cfg, one([]byte(test.text))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v on %q: %v, want an error with %q", test.cfg, test.text, err, test.want)
		}
	}
}

// A vocabulary that Parse would not read back is refused while that costs nothing yet.
func TestTrainRefusesWhatParseWould(t *testing.T) {
	var text bytes.Buffer
	for i := range MaxJSON/60_000 + 1 {
		fmt.Fprintf(&text, "%06d%s\n", i, strings.Repeat("x", 60_000))
	}
	_, err := Train(TrainConfig{Kind: Space}, one(text.Bytes()))
	if err == nil || !strings.Contains(err.Error(), "smaller vocabulary") {
		t.Errorf("error %v", err)
	}
}
