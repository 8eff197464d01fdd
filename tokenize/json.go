package tokenize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// MaxJSON is the largest tokenizer.json that Parse reads, in bytes.
const MaxJSON = 32 << 20

// document is tokenizer.json, with all keys that Hugging Face tokenizers asks
// for, in its order.
type document struct {
	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   []addedToken    `json:"added_tokens"`
	Normalizer    *component      `json:"normalizer"`
	PreTokenizer  *component      `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       *component      `json:"decoder"`
	Model         model           `json:"model"`
}

// addedToken is a token that is cut out of the text before anything else.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// component is a normaliser, pre-tokenizer or decoder.
type component struct {
	Type           string       `json:"type"`
	Normalizers    []*component `json:"normalizers,omitempty"`
	PreTokenizers  []*component `json:"pretokenizers,omitempty"`
	Pattern        *pattern     `json:"pattern,omitempty"`
	Behavior       string       `json:"behavior,omitempty"`
	Invert         *bool        `json:"invert,omitempty"`
	AddPrefixSpace *bool        `json:"add_prefix_space,omitempty"`
	TrimOffsets    *bool        `json:"trim_offsets,omitempty"`
	UseRegex       *bool        `json:"use_regex,omitempty"`
}

type pattern struct {
	Regex string `json:"Regex"`
}

// model is the vocabulary. The pointers are keys that one kind of model has.
type model struct {
	Type                    string          `json:"type"`
	Dropout                 json.RawMessage `json:"dropout,omitempty"`
	ContinuingSubwordPrefix json.RawMessage `json:"continuing_subword_prefix,omitempty"`
	EndOfWordSuffix         json.RawMessage `json:"end_of_word_suffix,omitempty"`
	FuseUnk                 *bool           `json:"fuse_unk,omitempty"`
	ByteFallback            *bool           `json:"byte_fallback,omitempty"`
	IgnoreMerges            *bool           `json:"ignore_merges,omitempty"`
	Vocab                   tokenList       `json:"vocab"`
	Merges                  *mergeList      `json:"merges,omitempty"`
	UnkToken                *string         `json:"unk_token"`
}

// tokenList is a vocabulary by id, which JSON holds as an object of ids by
// token.
type tokenList []string

// MarshalJSON writes the tokens in the order of their ids.
func (l tokenList) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for id, token := range l {
		if id > 0 {
			out.WriteByte(',')
		}
		quoted, err := marshal(token)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%s:%d", quoted, id)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// UnmarshalJSON asks that the ids are 0, 1, 2 and so on without a gap.
func (l *tokenList) UnmarshalJSON(data []byte) error {
	var ids map[string]int64
	err := json.Unmarshal(data, &ids)
	if err == nil {
		*l, err = listTokens(ids)
	}
	return err
}

// listTokens sorts tokens by their ids, which must be 0, 1, 2 and so on.
func listTokens(ids map[string]int64) (tokenList, error) {
	list := make(tokenList, len(ids))
	used := make([]bool, len(ids))
	for token, id := range ids {
		if id >= 0 && id < int64(len(ids)) {
			list[id], used[id] = token, true
		}
	}
	if id := slices.Index(used, false); id >= 0 {
		return nil, fmt.Errorf("the %d tokens of the vocabulary must have the ids from 0 to %d, each once; none has id %d", len(ids), len(ids)-1, id)
	}
	return list, nil
}

// mergeList is the merges of a BPE model, as "left right". Newer files have
// pairs of strings, which are read too.
type mergeList []string

func (l *mergeList) UnmarshalJSON(data []byte) error {
	var old []string
	if json.Unmarshal(data, &old) == nil {
		*l = old
		return nil
	}
	var pairs [][2]string
	if err := json.Unmarshal(data, &pairs); err != nil {
		return err
	}
	*l = make(mergeList, len(pairs))
	for i, p := range pairs {
		(*l)[i] = p[0] + " " + p[1]
	}
	return nil
}

// marshal writes v as JSON without escaping < and >.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (t *chars) MarshalJSON() ([]byte, error) {
	d := newDocument(Char, t.norm)
	d.Model.Vocab = t.tokens
	return marshal(d)
}

func (t *words) MarshalJSON() ([]byte, error) {
	kind := t.kind
	if t.bare {
		kind = bareWord
	}
	d := newDocument(kind, t.norm)
	d.Model.Vocab = t.tokens
	return marshal(d)
}

func (t *bytePairs) MarshalJSON() ([]byte, error) {
	d := newDocument(BPE, t.norm)
	d.Model.Vocab = t.tokens
	merges := make(mergeList, len(t.merges))
	for i, p := range t.merges {
		// No token holds a blank: byteRunes spells it Ġ.
		merges[i] = t.tokens[p.left] + " " + t.tokens[p.right]
	}
	d.Model.Merges = &merges
	return marshal(d)
}

// bareWord is Word in files whose words are those of bareWordPattern.
const bareWord Kind = "bare word"

// newDocument is the tokenizer.json of a kind, without the vocabulary.
func newDocument(kind Kind, norm normaliser) document {
	d := document{Version: "1.0", Normalizer: norm.component(), AddedTokens: addedTokens()}
	yes, no := true, false
	unknown := specials[Unknown]
	d.Model = model{Type: "WordLevel", UnkToken: &unknown}
	split := func(regex, behavior string, invert *bool) *component {
		return &component{Type: "Split", Pattern: &pattern{regex}, Behavior: behavior, Invert: invert}
	}
	byteLevel := &component{Type: "ByteLevel", AddPrefixSpace: &no, TrimOffsets: &no, UseRegex: &no}
	switch kind {
	case Char:
		d.PreTokenizer = split(charPattern, "Isolated", &no)
		d.Decoder = &component{Type: "Fuse"}
	case Word:
		d.PreTokenizer = split(wordPattern, "Removed", &yes)
	case bareWord:
		d.PreTokenizer = split(bareWordPattern, "Removed", &yes)
	case Space:
		d.PreTokenizer = split(spacePattern, "Removed", &yes)
	case BPE:
		d.PreTokenizer = &component{Type: "Sequence", PreTokenizers: []*component{
			split(bpePattern, "Isolated", &no), byteLevel}}
		d.Decoder = byteLevel
		null := json.RawMessage("null")
		d.Model = model{Type: "BPE", Dropout: null, ContinuingSubwordPrefix: null, EndOfWordSuffix: null,
			FuseUnk: &no, ByteFallback: &no, IgnoreMerges: &no}
	}
	return d
}

func addedTokens() []addedToken {
	tokens := make([]addedToken, len(specials))
	for id, content := range specials {
		tokens[id] = addedToken{ID: int32(id), Content: content, Special: true}
	}
	return tokens
}

// component is the normaliser as tokenizer.json has it, nil if there is none.
func (n normaliser) component() *component {
	var steps []*component
	if n.nfc {
		steps = append(steps, &component{Type: "NFC"})
	}
	if n.lower {
		steps = append(steps, &component{Type: "Lowercase"})
	}
	switch len(steps) {
	case 0:
		return nil
	case 1:
		return steps[0]
	}
	return &component{Type: "Sequence", Normalizers: steps}
}

// Parse reads tokenizer.json. What MarshalJSON wrote it reads back exactly.
// data may come from a stranger: Parse takes no more than MaxJSON bytes and
// returns an error for whatever it cannot use. Of a file that this package did
// not write, truncation, padding and post_processor are left out: texts become
// the ids of Hugging Face's encode with add_special_tokens false and neither.
func Parse(data []byte) (Tokenizer, error) {
	t, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return t, nil
}

func parse(data []byte) (Tokenizer, error) {
	if len(data) > MaxJSON {
		return nil, fmt.Errorf("%d bytes are too many: the limit is %d", len(data), MaxJSON)
	}
	var d document
	if err := json.Unmarshal(data, &d); err == nil {
		if kind, norm, ok := d.own(); ok {
			return d.tokenizer(kind, norm)
		}
	}
	return parseForeign(data)
}

// own tells whether a document is one of this package's own, and of what kind:
// it must be, but for the vocabulary, what newDocument writes.
func (d *document) own() (Kind, normaliser, bool) {
	got := *d
	got.Model.Vocab, got.Model.Merges = nil, nil
	text, err := marshal(got)
	if err != nil {
		return "", normaliser{}, false
	}
	for _, kind := range []Kind{Char, Word, bareWord, Space, BPE} {
		for _, norm := range []normaliser{{}, {nfc: true}, {lower: true}, {nfc: true, lower: true}} {
			want, err := marshal(newDocument(kind, norm))
			if err == nil && bytes.Equal(text, want) {
				return kind, norm, true
			}
		}
	}
	return "", normaliser{}, false
}

// tokenizer makes the tokenizer of a document of our own.
func (d *document) tokenizer(kind Kind, norm normaliser) (Tokenizer, error) {
	vocab := d.Model.Vocab
	if len(vocab) < len(specials) || !slices.Equal(vocab[:len(specials)], specials[:]) {
		return nil, fmt.Errorf("the vocabulary must begin with the special tokens %s", strings.Join(specials[:], " "))
	}
	tokens := vocab[len(specials):]
	switch kind {
	case Char:
		return newChars(tokens, norm)
	case Word, Space:
		return newWords(kind, tokens, norm)
	case bareWord:
		return newBareWords(tokens, norm)
	}
	merges, err := d.pairs()
	if err != nil {
		return nil, err
	}
	return newBytePairs(tokens, merges, norm)
}

// pairs reads the merges.
func (d *document) pairs() ([]pair, error) {
	if d.Model.Merges == nil {
		return nil, nil
	}
	ids := make(map[string]int32, len(d.Model.Vocab))
	for id, token := range d.Model.Vocab {
		ids[token] = int32(id)
	}
	merges := make([]pair, len(*d.Model.Merges))
	for i, text := range *d.Model.Merges {
		left, right, _ := strings.Cut(text, " ")
		a, okA := ids[left]
		b, okB := ids[right]
		if !okA || !okB {
			return nil, fmt.Errorf("merge %d, %q, is not of two tokens of the vocabulary", i, text)
		}
		merges[i] = pair{a, b}
	}
	return merges, nil
}
