package classify

import (
	"math/rand/v2"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// feed holds the documents of one training batch after the other in the same memory.
type feed struct {
	documents []model.Document
	ids       []int32
}

func (f *feed) reset() { f.documents, f.ids = f.documents[:0], f.ids[:0] }

// add appends what the network reads of a document in this epoch: at most limit tokens, from a random place on, of which
// each is unknown with probability p.
func (f *feed) add(tokens []int32, limit int, p float64, rng *rand.Rand) {
	if extra := len(tokens) - limit; extra > 0 {
		from := rng.IntN(extra + 1)
		tokens = tokens[from : from+limit]
	}
	at := len(f.ids)
	for _, id := range tokens {
		if p > 0 && rng.Float64() < p {
			id = tokenize.Unknown
		}
		f.ids = append(f.ids, id)
	}
	f.documents = append(f.documents, model.Document{Tokens: f.ids[at:len(f.ids):len(f.ids)]})
}
