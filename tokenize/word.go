package tokenize

import "slices"

// words is the tokenizer of kind Word.
type words struct {
	vocabulary
	norm normaliser
}

// newWords returns the tokenizer whose vocabulary is the special tokens and
// then tokens.
func newWords(tokens []string, norm normaliser) (*words, error) {
	v, err := newVocabulary(tokens)
	if err != nil {
		return nil, err
	}
	return &words{v, norm}, nil
}

func (t *words) Kind() Kind             { return Word }
func (t *words) normaliser() normaliser { return t.norm }

func (t *words) AppendIDs(dst []int32, text []byte) ([]int32, Unknowns) {
	return appendIDs(t, dst, text)
}

// encode implements native.
func (t *words) encode(dst []int32, text []byte, last bool, unknown *Unknowns) ([]int32, int) {
	dst = slices.Grow(dst, len(text)/6) // an English word with its blank
	used := splitWords(text, last, func(at, end int) {
		id, ok := t.ids[string(text[at:end])]
		if !ok {
			id = Unknown
			unknown.add(text[at:end], int64(at))
		}
		dst = append(dst, id)
	})
	return dst, used
}

func (t *words) AppendText(dst []byte, ids []int32) []byte {
	var gap spacer
	for _, id := range ids {
		dst = t.appendToken(dst, id, &gap)
	}
	return dst
}

// appendToken appends a token, behind a blank if gap says so.
func (t *words) appendToken(dst []byte, id int32, gap *spacer) []byte {
	token := t.Token(id)
	if token == "" {
		return dst
	}
	if gap.before(token) {
		dst = append(dst, ' ')
	}
	return append(dst, token...)
}
