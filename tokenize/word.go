package tokenize

import "slices"

// words is the tokenizer of the kinds Word and Space.
type words struct {
	vocabulary
	norm  normaliser
	kind  Kind
	split splitter
	bare  bool // it splits by bareWordPattern
}

// newWords returns the tokenizer whose vocabulary is the special tokens and
// then tokens.
func newWords(kind Kind, tokens []string, norm normaliser) (*words, error) {
	v, err := newVocabulary(tokens)
	if err != nil {
		return nil, err
	}
	return &words{vocabulary: v, norm: norm, kind: kind, split: wordSplitter(kind)}, nil
}

// newBareWords is newWords of a file of kind bareWord.
func newBareWords(tokens []string, norm normaliser) (*words, error) {
	t, err := newWords(Word, tokens, norm)
	if err != nil {
		return nil, err
	}
	t.split, t.bare = splitBareWords, true
	return t, nil
}

// wordSplitter is the splitter of kind Word or Space.
func wordSplitter(kind Kind) splitter {
	if kind == Space {
		return splitSpaced
	}
	return splitWords
}

func (t *words) Kind() Kind             { return t.kind }
func (t *words) normaliser() normaliser { return t.norm }

func (t *words) AppendIDs(dst []int32, text []byte) ([]int32, Unknowns) {
	return appendIDs(t, dst, text)
}

// encode implements native.
func (t *words) encode(dst []int32, text []byte, last bool, unknown *unknowns) ([]int32, int) {
	dst = slices.Grow(dst, len(text)/6) // an English word with its blank
	used := t.split(text, last, func(at, end int) {
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
	gap := t.spacer()
	for _, id := range ids {
		dst = t.appendToken(dst, id, &gap)
	}
	return dst
}

// spacer is at the start of a line of this kind.
func (t *words) spacer() spacer { return spacer{plain: t.kind == Space} }

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
