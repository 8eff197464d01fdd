package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// pieceBytes is how much of a long text is read at a time, and what makes a text long.
const pieceBytes = 1 << 16

// document returns what the network reads of a text, see [reader.document]. Of a long text the n-grams, which would need
// many times its memory, are summed up piece by piece; what they lose is the sequences of words that begin in one piece and
// end in the next.
func (m *Model) document(text string) (model.Document, tokenize.Unknowns) {
	if len(text) <= pieceBytes {
		return m.reader.document(text)
	}
	encoder := tokenize.NewEncoder(m.reader.tokenizer)
	doc := model.Document{Tokens: append(make([]int32, 0, 2+len(text)/4), tokenize.BOS)}
	grams := gramSum{model: m}
	var bytes []byte
	for len(text) > 0 {
		n := pieceEnd(text)
		bytes = append(bytes[:0], text[:n]...)
		doc.Tokens = encoder.Append(doc.Tokens, bytes)
		grams.add(text[:n])
		text = text[n:]
	}
	doc.Sum, doc.Count = grams.sum(), grams.count
	doc.Tokens = append(encoder.Flush(doc.Tokens), tokenize.EOS)
	return doc, encoder.Unknown()
}

// gramSum adds up the embeddings of n-grams: those of a piece in float32 and the pieces in float64, for a million equal
// summands would lose three digits.
type gramSum struct {
	model  *Model
	ids    []int32
	piece  []float32
	pieces []float64
	count  int
}

func (g *gramSum) add(text string) {
	grams, width := g.model.reader.grams, g.model.network.Config().FeatureWidth
	if grams.Buckets == 0 {
		return
	}
	if g.piece == nil {
		g.piece, g.pieces = make([]float32, width), make([]float64, width)
	}
	if g.count == 0 {
		g.ids = grams.AppendIDs(g.ids[:0], text)
	} else {
		g.ids = grams.AppendLaterIDs(g.ids[:0], text)
	}
	g.count += len(g.ids)
	clear(g.piece)
	g.model.network.AddNGrams(g.piece, g.ids)
	for i, v := range g.piece {
		g.pieces[i] += float64(v)
	}
}

// sum returns the sum of all that was added, nil if the model has no n-grams.
func (g *gramSum) sum() []float32 {
	if g.pieces == nil {
		return nil
	}
	out := make([]float32, len(g.pieces))
	for i, v := range g.pieces {
		out[i] = float32(v)
	}
	return out
}

// pieceEnd returns where a piece at the beginning of a text ends: behind white space if there is any, and never within a
// character.
func pieceEnd(text string) int {
	if len(text) <= pieceBytes {
		return len(text)
	}
	if i := strings.LastIndexAny(text[:pieceBytes], " \n\t"); i >= 0 {
		return i + 1
	}
	n := pieceBytes
	for n > pieceBytes-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}
