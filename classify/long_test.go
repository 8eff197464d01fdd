package classify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// A long text is read in pieces: it has the tokens of the whole, and its n-grams but for the sequences across the pieces.
func TestLongTextIsReadInPieces(t *testing.T) {
	words := func(yield func([]byte, error) bool) { yield([]byte("rain falls on the snow ."), nil) }
	tokenizer, err := tokenize.Train(tokenize.TrainConfig{Kind: tokenize.Word}, words)
	if err != nil {
		t.Fatal(err)
	}
	grams := bag.NGrams{Words: 2, Chars: 3, Start: 4, Buckets: 50}
	network, err := model.NewClassifier(model.ClassifierConfig{
		VocabSize: tokenizer.Size(), Embedding: 2, Labels: 2, Pooling: model.PoolMean, Buckets: grams.Buckets, FeatureWidth: 3,
		RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 1, Hidden: 2},
	}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{network: network, reader: reader{tokenizer: tokenizer, grams: grams}}
	text := strings.Repeat("rain falls on the snow and ice . ", 3*pieceBytes/33)
	whole, wholeUnknown := m.reader.document(text)
	pieces, unknown := m.document(text)
	if !slices.Equal(pieces.Tokens, whole.Tokens) || unknown != wholeUnknown {
		t.Errorf("%d tokens, %v unknown; the whole text has %d, %v", len(pieces.Tokens), unknown, len(whole.Tokens), wholeUnknown)
	}
	if lost := len(whole.NGrams) - pieces.Count; lost < 0 || lost > 3 {
		t.Errorf("%d n-grams of %d were lost, at most one an end of a piece may be", lost, len(whole.NGrams))
	}
	want := make([]float64, 3)
	for ids := range slices.Chunk(whole.NGrams, 100) {
		sum := make([]float32, 3)
		network.AddNGrams(sum, ids)
		for i, v := range sum {
			want[i] += float64(v)
		}
	}
	for i, v := range pieces.Sum {
		if math.Abs(float64(v)-want[i]) > 1e-3*math.Abs(want[i]) {
			t.Errorf("the n-grams' embeddings add up to %v, want about %v", pieces.Sum, want)
		}
	}
}

func TestPiecesEndBetweenCharacters(t *testing.T) {
	for _, c := range []struct{ char, blank string }{{"a", " "}, {"é", ""}, {"日", ""}, {"🎈", ""}, {"日", "\n"}} {
		text := strings.Repeat("x"+c.blank+strings.Repeat(c.char, 1001), 300)
		t.Run(fmt.Sprintf("%q", c.char+c.blank), func(t *testing.T) {
			for rest := text; len(rest) > 0; {
				n := pieceEnd(rest)
				if n < 1 || n > pieceBytes || !utf8.ValidString(rest[:n]) {
					t.Fatalf("a piece of %d bytes ends in a character", n)
				}
				if c.blank != "" && n < len(rest) && rest[n-1] != c.blank[0] {
					t.Fatalf("a piece of %d bytes ends in a word", n)
				}
				rest = rest[n:]
			}
		})
	}
}
