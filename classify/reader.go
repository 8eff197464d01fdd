package classify

import (
	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// reader turns texts into what the network reads.
type reader struct {
	tokenizer tokenize.Tokenizer
	grams     bag.NGrams // features beside the network; no Buckets: none
}

// document returns a text's tokens, between the marks of its beginning and its end, and its n-grams. An empty text has
// two tokens.
func (r reader) document(text string) (model.Document, tokenize.Unknowns) {
	tokens := append(make([]int32, 0, 2+len(text)/4), tokenize.BOS)
	tokens, unknown := r.tokenizer.AppendIDs(tokens, []byte(text))
	doc := model.Document{Tokens: append(tokens, tokenize.EOS)}
	if r.grams.Buckets > 0 {
		doc.NGrams = r.grams.AppendIDs(nil, text)
	}
	return doc, unknown
}
