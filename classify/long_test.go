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
	"github.com/textgen-go/textgen/classify/labelset"
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

// tinyNetwork is a GRU of two units, for words up to 8 and two labels, with n-grams in some buckets.
func tinyNetwork(t *testing.T, pooling model.Pooling, buckets int) *model.Classifier {
	t.Helper()
	network, err := model.NewClassifier(model.ClassifierConfig{
		VocabSize: 9, Embedding: 2, Labels: 2, Pooling: pooling, Buckets: buckets, FeatureWidth: 2,
		RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 1, Hidden: 2},
	}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	return network
}

// What n-grams say of a document does not depend on how many parts a network reads it in.
func TestPartsHaveTheNGramsOfTheDocument(t *testing.T) {
	network := tinyNetwork(t, model.PoolAttention, 50)
	w := model.NewWorkers(1)
	defer w.Close()
	network.Pack(w)
	s := &scorer{batch: network.NewBatch(w)}
	doc := model.Document{Tokens: make([]int32, 3*segmentTokens)}
	if n := s.pieces(len(doc.Tokens)); n != 3 {
		t.Fatalf("the document is read in %d parts, want 3", n)
	}
	with := doc
	for i := range 1000 {
		with.NGrams = append(with.NGrams, int32(i*i%50))
	}
	short := with
	short.Tokens = doc.Tokens[:segmentTokens]
	rows, err := s.score(t.Context(), []model.Document{doc, with, {Tokens: short.Tokens}, short})
	if err != nil {
		t.Fatal(err)
	}
	for label := range rows[0] {
		got, want := rows[1][label]-rows[0][label], rows[3][label]-rows[2][label]
		if math.Abs(float64(got-want)) > 1e-5 { // of sums near 1 in float32
			t.Errorf("label %d: n-grams add %v in three parts, %v in one", label, got, want)
		}
	}
}

// Documents that fill several batches have the logits that each has alone.
func TestScoresOfManyBatches(t *testing.T) {
	network := tinyNetwork(t, model.PoolMean, 0)
	w := model.NewWorkers(1)
	defer w.Close()
	network.Pack(w)
	rng := rand.New(rand.NewPCG(3, 4))
	var docs []model.Document
	for range 2*batchDocuments + 9 {
		doc := model.Document{}
		for range 1 + rng.IntN(5) {
			doc.Tokens = append(doc.Tokens, rng.Int32N(9))
		}
		docs = append(docs, doc)
	}
	s := &scorer{batch: network.NewBatch(w)}
	rows, err := s.score(t.Context(), docs)
	if err != nil {
		t.Fatal(err)
	}
	for i, doc := range docs {
		alone, err := s.score(t.Context(), []model.Document{doc})
		if err != nil {
			t.Fatal(err)
		}
		for label, want := range alone[0] {
			if got := rows[i][label]; math.Abs(float64(got-want)) > 1e-6 {
				t.Errorf("document %d, label %d: %v among many, %v alone", i, label, got, want)
			}
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

// The words of a long document's beginning are explained by how the logits of the whole document change with them.
func TestExplainTheBeginning(t *testing.T) {
	words := func(yield func([]byte, error) bool) { yield([]byte("rain falls on the snow"), nil) }
	tokenizer, err := tokenize.Train(tokenize.TrainConfig{Kind: tokenize.Word}, words)
	if err != nil {
		t.Fatal(err)
	}
	doc, rng := model.Document{}, rand.New(rand.NewPCG(5, 6))
	for i := range 3*segmentTokens - 100 {
		token := 4 + rng.Int32N(4)
		if i < 1000 && i%4 == 0 {
			token = 8
		}
		doc.Tokens = append(doc.Tokens, token)
	}
	for _, pooling := range []model.Pooling{model.PoolMean, model.PoolAttention} {
		m := &Model{network: tinyNetwork(t, pooling, 0), labels: labelset.Named([]string{"cold", "warm"})}
		m.reader.tokenizer, m.training.Settings.Task, m.metrics.Temperature.T = tokenizer, labelset.MultiClass, 2
		tokens, share := m.beginning(doc.Tokens)
		weights, err := m.explainTokens(tokens, 0, share)
		if err != nil {
			t.Fatal(err)
		}
		got := 0.0
		for i, token := range tokens {
			if token == 8 {
				got += float64(weights[i].Weight)
			}
		}
		w := model.NewWorkers(1)
		defer w.Close()
		at := func(factor float32) float64 { // what speaks for the first label when the word's vector is so many times as long
			row := m.network.Embedding().Value[8*2:]
			before := slices.Clone(row)
			defer copy(row, before)
			for i := range row {
				row[i] *= factor
			}
			m.network.Pack(w)
			rows, err := (&scorer{batch: m.network.NewBatch(w)}).score(t.Context(), []model.Document{doc})
			if err != nil {
				t.Fatal(err)
			}
			return float64(rows[0][0]-rows[0][1]) / 2 / m.metrics.Temperature.T
		}
		const step = 1. / 16
		if want := (at(1+step) - at(1-step)) / (2 * step); math.Abs(got-want) > 0.02*math.Abs(want) {
			t.Errorf("%s: the word weighs %v in all, want %v", pooling, got, want)
		}
	}
}
