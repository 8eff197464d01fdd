package classify

import (
	"cmp"
	"context"
	"slices"

	"github.com/textgen-go/textgen/model"
)

// segmentTokens is the number of tokens that a network reads at a time whose memory grows with the document, see
// [model.ClassifierConfig.Streams]: of attention, of several layers in two directions, and of layers that are normalised or
// have highways or zoneout. A longer document is read in parts of this length, each on its own, and has the mean of their
// logits, each weighed by its length. Every other network reads a document of any length as a whole.
const segmentTokens = 2048

// A batch is full at either of these.
const (
	batchDocuments = 64
	batchTokens    = 16 * segmentTokens
)

// scorer computes logits of documents, a batch at a time. A document's logits do not depend on the others.
type scorer struct {
	batch  *model.Batch
	pair   bool // it has two workers
	parts  []model.Document
	owners []int // the document of each part
	shares []float32
	tokens int // of all parts
	order  []int
}

// score returns the logits of documents, [docs][labels].
func (s *scorer) score(ctx context.Context, docs []model.Document) ([][]float32, error) {
	labels := s.batch.Config().Labels
	values, rows := make([]float32, len(docs)*labels), make([][]float32, len(docs))
	for i := range rows {
		rows[i] = values[i*labels : (i+1)*labels : (i+1)*labels]
	}
	s.begin()
	for _, d := range s.byLength(docs) {
		doc := docs[d]
		n := s.pieces(len(doc.Tokens))
		if n > 1 {
			doc = s.summed(doc)
		}
		for i := range n {
			s.add(d, doc, i, n)
			if len(s.parts) < batchDocuments && s.tokens < batchTokens {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			s.flush(rows)
		}
	}
	s.flush(rows)
	return rows, ctx.Err()
}

// pieces returns the number of parts in which a document is read.
func (s *scorer) pieces(tokens int) int { return pieces(s.batch.Config(), tokens) }

func pieces(cfg model.ClassifierConfig, tokens int) int {
	if cfg.Streams() {
		return 1
	}
	return (tokens + segmentTokens - 1) / segmentTokens
}

// byLength returns the documents by falling length, so that those of a batch are much alike.
func (s *scorer) byLength(docs []model.Document) []int {
	s.order = s.order[:0]
	for i := range docs {
		s.order = append(s.order, i)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(len(docs[b].Tokens), len(docs[a].Tokens)) })
	return s.order
}

// summed returns a document with the sum of its n-grams instead of them. It is the same in all parts, so that the mean of
// their logits has n-grams as training and validation had: once, and divided by the root of their number.
func (s *scorer) summed(doc model.Document) model.Document {
	if len(doc.NGrams) > 0 {
		doc.Sum, doc.Count = make([]float32, s.batch.Config().FeatureWidth), len(doc.NGrams)
		s.batch.AddNGrams(doc.Sum, doc.NGrams)
		doc.NGrams = nil
	}
	return doc
}

// add puts part i of n of a document into the batch, with all that its n-grams say.
func (s *scorer) add(owner int, doc model.Document, i, n int) {
	part := doc
	part.Tokens = doc.Tokens[len(doc.Tokens)*i/n : len(doc.Tokens)*(i+1)/n]
	s.parts = append(s.parts, part)
	s.owners = append(s.owners, owner)
	s.shares = append(s.shares, float32(len(part.Tokens))/float32(len(doc.Tokens)))
	s.tokens += len(part.Tokens)
}

// flush adds the logits of the parts that wait to their documents'.
func (s *scorer) flush(rows [][]float32) {
	if len(s.parts) == 0 {
		return
	}
	for i, logits := range s.batch.Forward(s.parts, 0) {
		row := rows[s.owners[i]]
		for j, z := range logits {
			row[j] += s.shares[i] * z
		}
	}
	s.begin()
}

// begin empties the batch.
func (s *scorer) begin() {
	s.parts, s.owners, s.shares, s.tokens = s.parts[:0], s.owners[:0], s.shares[:0], 0
}
