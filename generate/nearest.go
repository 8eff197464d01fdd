package generate

import (
	"fmt"
	"math"

	"github.com/textgen-go/textgen/tokenize"
)

// Neighbour is a token that a model treats much like another.
type Neighbour struct {
	Token      string  `json:"token"`      // as in the vocabulary
	Text       string  `json:"text"`       // what it reads as
	Similarity float64 `json:"similarity"` // cosine of the angle between the weights, from −1 to 1
}

// Nearest returns the k tokens that a model expects most nearly in the same places as a token, which is spelled as in
// a text or in the vocabulary, the nearest first: those whose weights in the head point in nearly the same direction
// (the output embedding of Press & Wolf 2017). After a minute of the built-in stories, the nearest of "fox" are dog,
// wolf and owl; in the embedding of the input, which starts at random and moves little, they are hedgehog, proud and
// slowly. A model with an adaptive softmax, whose head is in parts, is asked for its input's embedding. Special tokens
// and the token itself are left out; k below 1 means all. A token that the model does not know, or a text of several
// tokens, is an error.
func (m *Model) Nearest(token string, k int) ([]Neighbour, error) {
	ids, unknown := m.tokenIDs(token)
	switch {
	case unknown.Count > 0:
		return nil, fmt.Errorf("the model does not know %q", unknown.First)
	case len(ids) != 1:
		return nil, fmt.Errorf("%q is %d tokens to the model: give one", token, len(ids))
	}
	e := m.outputs()
	own := e.row(ids[0])
	var cs []candidate
	for id := int32(firstOrdinary); int(id) < m.tokenizer.Size(); id++ {
		if id != ids[0] {
			cs = append(cs, candidate{id, cosine(own, e.row(id))})
		}
	}
	var out []Neighbour
	for _, c := range likeliest(cs, k) {
		out = append(out, Neighbour{m.tokenizer.Token(c.id), string(m.tokenizer.AppendText(nil, []int32{c.id})), c.logit})
	}
	return out, nil
}

// tokenIDs returns the ids of a text, or, where those are not one token, the id of the token that the vocabulary spells so.
// The text comes first because byte pairs spell bytes as letters: their é is the byte E9, which is no é.
func (m *Model) tokenIDs(token string) ([]int32, tokenize.Unknowns) {
	ids, unknown := m.tokenizer.AppendIDs(nil, []byte(token))
	if len(ids) == 1 && unknown.Count == 0 {
		return ids, unknown
	}
	if id, ok := m.tokenizer.ID(token); ok && id >= firstOrdinary {
		return []int32{id}, tokenize.Unknowns{}
	}
	return ids, unknown
}

// table is a matrix with a row for each token.
type table struct {
	values []float32
	width  int
}

func (t table) row(id int32) []float32 { return t.values[int(id)*t.width:][:t.width] }

// outputs are the weights of the head where it has a row for each token, [V, W], else the embedding, [V, E], which the head
// shares where weights are tied.
func (m *Model) outputs() table {
	params := m.network.Parameters()
	table := table{params[0].Value, params[0].Shape[1]}
	for _, p := range params {
		if p.Name == headWeight && p.Shape[0] == m.tokenizer.Size() {
			table.values, table.width = p.Value, p.Shape[1]
		}
	}
	return table
}

// headWeight is the name of the head's weights in every model file: docs/checkpoint.md.
const headWeight = "head.weight"

// cosine is a·b / (|a| |b|), and 0 if one of them has no direction.
func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i, x := range a {
		x, y := float64(x), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
