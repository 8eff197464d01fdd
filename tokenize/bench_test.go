package tokenize

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// story is about size bytes of words of Zipf's frequencies, with punctuation.
func story(size int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	words := make([][]byte, 20_000)
	for i := range words {
		word := make([]byte, 1+rng.IntN(4)+rng.IntN(8))
		for j := range word {
			word[j] = "eeeettaaooiinnsshhrrdlucmfwygpbvk"[rng.IntN(33)]
		}
		words[i] = word
	}
	zipf := rand.NewZipf(rng, 1.1, 2, uint64(len(words)-1))
	var text bytes.Buffer
	for text.Len() < size {
		text.Write(words[zipf.Uint64()])
		switch rng.IntN(20) {
		case 0:
			text.WriteString(".\n")
		case 1:
			text.WriteString(", ")
		default:
			text.WriteByte(' ')
		}
	}
	return text.Bytes()
}

func BenchmarkEncode(b *testing.B) {
	text := story(1 << 20)
	for _, cfg := range []TrainConfig{{Kind: Char}, {Kind: Word}, {Kind: Word, NFC: true, Lowercase: true}, {Kind: BPE}} {
		name := string(cfg.Kind)
		if cfg.NFC {
			name += "-nfc-lower"
		}
		b.Run(name, func(b *testing.B) {
			tok, err := Train(cfg, one(text))
			if err != nil {
				b.Fatal(err)
			}
			ids, _ := tok.AppendIDs(nil, text)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				ids, _ = tok.AppendIDs(ids[:0], text)
			}
		})
	}
}

// BenchmarkLongWord is a piece that the memo does not hold, of the longest kind.
func BenchmarkLongWord(b *testing.B) {
	tok, err := Train(TrainConfig{Kind: BPE}, one(story(1<<20)))
	if err != nil {
		b.Fatal(err)
	}
	word := bytes.Repeat([]byte("theandother"), maxPiece/11)
	b.SetBytes(int64(len(word)))
	var ids []int32
	for b.Loop() {
		ids, _ = tok.AppendIDs(ids[:0], word)
	}
}

func BenchmarkTrain(b *testing.B) {
	text := story(5 << 20)
	for _, kind := range []Kind{Char, Word, Space, BPE} {
		b.Run(string(kind), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Train(TrainConfig{Kind: kind}, one(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
