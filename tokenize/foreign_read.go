package tokenize

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sugarme/tokenizer"
	"github.com/sugarme/tokenizer/pretrained"
)

// ErrUnsupported is the error of Parse for what it does not read of a foreign
// file. We would rather refuse a file than give other ids than its maker's.
var ErrUnsupported = errors.New("not supported (of foreign files: BPE on bytes and WordLevel, " +
	"with the pre-tokenizers ByteLevel, Split, WhitespaceSplit, Punctuation, Digits and the normalisers NFC, NFD, NFKC, NFKD, Lowercase)")

// recoverTo turns a panic of the library into an error.
func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("sugarme/tokenizer: %v", r)
	}
}

// foreignReader checks the parts of a foreign tokenizer.json, before the
// library sees them: some of its errors end the program.
type foreignReader struct {
	config    tokenizer.Config
	model     foreignModel
	t         *foreign
	byteLevel bool // text is spelled in byteRunes
}

// foreignModel is what the library's Model must not be trusted to check.
type foreignModel struct {
	Type         string           `json:"type"`
	Vocab        map[string]int64 `json:"vocab"`
	Merges       mergeList        `json:"merges"`
	UnkToken     *string          `json:"unk_token"`
	Dropout      *float64         `json:"dropout"`
	Prefix       *string          `json:"continuing_subword_prefix"`
	Suffix       *string          `json:"end_of_word_suffix"`
	FuseUnk      bool             `json:"fuse_unk"`
	ByteFallback bool             `json:"byte_fallback"`
	IgnoreMerges bool             `json:"ignore_merges"`
}

// maxForeign is the largest foreign file, in bytes: the library takes some
// thirty times its memory.
const maxForeign = 8 << 20

func parseForeign(data []byte) (Tokenizer, error) {
	if len(data) > maxForeign {
		return nil, fmt.Errorf("%d bytes are too many: the limit of files that this package did not write is %d", len(data), maxForeign)
	}
	r := foreignReader{t: &foreign{file: bytes.Clone(data), unkID: -1}}
	var raw struct {
		Model json.RawMessage `json:"model"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &r.config); err != nil {
		return nil, err
	}
	if raw.Model == nil {
		return nil, errors.New("there is no model")
	}
	if err := json.Unmarshal(raw.Model, &r.model); err != nil {
		return nil, fmt.Errorf("model: %w: %w", err, ErrUnsupported)
	}
	for _, step := range []func() error{r.normaliser, r.splits, r.vocabulary, r.checkModel, r.library, r.decoder} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r.t, nil
}

// members is the parts of a Sequence, or the part itself; none if it is null.
func members(part map[string]any, key string) ([]map[string]any, error) {
	if part == nil {
		return nil, nil
	}
	if part["type"] != "Sequence" {
		return []map[string]any{part}, nil
	}
	list, _ := part[key].([]any)
	parts := make([]map[string]any, len(list))
	for i, member := range list {
		m, ok := member.(map[string]any)
		if !ok || m["type"] == "Sequence" {
			return nil, fmt.Errorf("%s %d: %w", key, i, ErrUnsupported)
		}
		parts[i] = m
	}
	return parts, nil
}

func (r *foreignReader) normaliser() error {
	parts, err := members(r.config.Normalizer, "normalizers")
	if err != nil {
		return err
	}
	for _, part := range parts {
		name, _ := part["type"].(string)
		normalise, ok := normalisers[name]
		if !ok {
			return fmt.Errorf("normalizer %q: %w", name, ErrUnsupported)
		}
		r.t.norms = append(r.t.norms, normalise)
	}
	return nil
}

func (r *foreignReader) splits() error {
	parts, err := members(r.config.PreTokenizer, "pretokenizers")
	if err != nil {
		return err
	}
	for i, part := range parts {
		if err := r.split(part); err != nil {
			return err
		}
		if r.byteLevel && i+1 < len(parts) {
			return fmt.Errorf("pre_tokenizer after ByteLevel: %w", ErrUnsupported)
		}
	}
	return nil
}

// split adds one pre-tokenizer.
func (r *foreignReader) split(part map[string]any) error {
	name, _ := part["type"].(string)
	switch name {
	case "ByteLevel":
		r.byteLevelSplit(part)
		return nil
	case "Split":
		fixed, err := fixPattern(part)
		if err != nil {
			return err
		}
		part = fixed
	case "WhitespaceSplit":
		r.t.split = append(r.t.split, fields)
		return nil
	case "Punctuation", "Digits":
	default:
		return fmt.Errorf("pre_tokenizer %q: %w", name, ErrUnsupported)
	}
	by, err := createPreTokenizer(part)
	if err != nil {
		return fmt.Errorf("pre_tokenizer %q: %w", name, err)
	}
	r.t.split = append(r.t.split, librarySplit(by))
	return nil
}

// byteLevelSplit is our own ByteLevel: the library's knows no use_regex, and
// leaves blanks to chance.
func (r *foreignReader) byteLevelSplit(part map[string]any) {
	if prefix, given := part["add_prefix_space"].(bool); prefix || !given {
		r.t.split = append(r.t.split, prefixBlank)
	}
	if regex, given := part["use_regex"].(bool); regex || !given {
		r.t.split = append(r.t.split, gpt2Split)
	}
	r.t.split = append(r.t.split, spellBytes)
	r.byteLevel = true
}

func createPreTokenizer(part map[string]any) (by tokenizer.PreTokenizer, err error) {
	defer recoverTo(&err)
	return pretrained.CreatePreTokenizer(part)
}

// fixPattern makes Go's regexp read the pattern of a Split as Oniguruma does,
// or refuses it. The library takes both kinds of pattern for a regexp.
func fixPattern(part map[string]any) (map[string]any, error) {
	pattern, _ := part["pattern"].(map[string]any)
	text, isRegex := pattern["Regex"].(string)
	if literal, ok := pattern["String"].(string); ok && !isRegex {
		text = regexp.QuoteMeta(literal)
	} else {
		p := foreignPattern{in: text}
		if err := p.translate(); err != nil {
			return nil, fmt.Errorf("pattern %q with %w: %w", text, err, ErrUnsupported)
		}
		text = p.out.String()
	}
	re, err := regexp.Compile(text)
	if err != nil || re.MatchString("") {
		return nil, fmt.Errorf("pattern %q: %w", text, ErrUnsupported)
	}
	fixed := maps.Clone(part)
	fixed["pattern"] = map[string]any{"Regex": text}
	return fixed, nil
}

// foreignPattern is a pattern of Oniguruma on its way to Go's regexp.
type foreignPattern struct {
	in      string
	out     strings.Builder
	inClass bool
}

// differs is what both read in a pattern but read differently: sets within a
// set, of which [:alpha:] is one in Unicode to Oniguruma and the intersection
// && another; lines, which (?m) and ^ and $ see otherwise; the repetitions {,n} and
// {n}?, which is n times or not at all there and n times here; \p without braces; and the escapes that mean less in Go.
var differs = struct{ inClass, outside *regexp.Regexp }{
	regexp.MustCompile(`^(?:\[|&&|` + differentEscapes + `)`),
	regexp.MustCompile(`^(?:\^|\$|\{,|\{[0-9]+\}\?|\(\?[a-z-]*m|` + differentEscapes + `)`),
}

const differentEscapes = `\\(?:[wWdDbBSQE]|[pP](?:[^{]|$))`

// fold is where (?i) begins, and foldGroup a group of its own with plain letters and sets. Elsewhere the two differ: a bare
// (?i) reaches over the next | in Oniguruma, classes of letters grow in Go, and escapes and groups may hide foldsApart.
var fold, foldGroup = regexp.MustCompile(`\(\?[a-z]*i`), regexp.MustCompile(`^\(\?i:(?:[^()\[\]\\]|\[[^()\[\]\\]*\])*\)`)

// foldsApart are letters that Oniguruma's (?i) compares with others: ss with ß and st with ﬆ.
var foldsApart = regexp.MustCompile(`(?i)s[st]|f[fil]|[^\x00-\x7f]`)

// translate writes the pattern, or tells what in it Go reads otherwise.
func (p *foreignPattern) translate() error {
	for _, at := range fold.FindAllStringIndex(p.in, -1) {
		if group := foldGroup.FindString(p.in[at[0]:]); group == "" || foldsApart.MatchString(group) {
			return errors.New("(?i), but around plain letters in a group (?i:…)")
		}
	}
	for at := 0; at < len(p.in); {
		refused := differs.outside
		if p.inClass {
			refused = differs.inClass
		}
		if found := refused.FindString(p.in[at:]); found != "" {
			return errors.New(found)
		}
		part := patternPart.FindString(p.in[at:])
		p.write(part)
		at += len(part)
	}
	return nil
}

// patternPart is what stands together in a pattern: a set starts with the ] that it may have first.
var patternPart = regexp.MustCompile(`^(?s:\\[pP]\{[^}]*\}|\\.|\[\^?\]?|.)`)

// write writes a part of the pattern, \s as Unicode's White_Space.
func (p *foreignPattern) write(part string) {
	const blanks = `\t-\r\x{85}\p{Z}`
	switch {
	case part == `\s` && p.inClass:
		part = blanks
	case part == `\s`:
		part = `[` + blanks + `]`
	case part[0] == '[':
		p.inClass = true
	case part == `]`:
		p.inClass = false
	}
	p.out.WriteString(part)
}

// vocabulary numbers the tokens of the model and the added tokens.
func (r *foreignReader) vocabulary() error {
	ids := maps.Clone(r.model.Vocab)
	if ids == nil {
		ids = map[string]int64{}
	}
	if n := len(r.config.AddedTokens); n > maxAdded {
		return fmt.Errorf("%d added tokens are too many: the limit is %d", n, maxAdded)
	}
	for _, added := range r.config.AddedTokens {
		if err := r.add(added, ids); err != nil {
			return err
		}
	}
	tokens, err := listTokens(ids)
	if err != nil {
		return err
	}
	r.number(tokens)
	return nil
}

// Bounds of added tokens: how many, and the bytes of each.
const (
	maxAdded      = 4096
	maxAddedBytes = 256
)

// add notes an added token.
func (r *foreignReader) add(added tokenizer.TokenConfig, ids map[string]int64) error {
	if n := len(added.Content); n > maxAddedBytes || !utf8.ValidString(added.Content) {
		return fmt.Errorf("added token of %d bytes, the limit is %d of UTF-8", n, maxAddedBytes)
	}
	if added.Content == "" || added.Lstrip || added.Rstrip || added.SingleWord || added.Normalized && r.t.norms != nil {
		return fmt.Errorf("added token %q that is empty or has lstrip, rstrip, single_word, or normalized with a normalizer: %w", added.Content, ErrUnsupported)
	}
	if id, ok := ids[added.Content]; ok && id != added.Id {
		return fmt.Errorf("added token %q has id %d, and %d in the vocabulary", added.Content, added.Id, id)
	}
	ids[added.Content] = added.Id
	return nil
}

// number gives the tokens of the file our ids.
func (r *foreignReader) number(tokens []string) {
	t := r.t
	if len(tokens) < len(specials) || !slices.Equal(tokens[:len(specials)], specials[:]) {
		t.shift = int32(len(specials))
		t.tokens = slices.Clone(specials[:])
	}
	t.tokens = append(t.tokens, tokens...)
	t.ids = make(map[string]int32, len(t.tokens))
	for id, token := range t.tokens {
		if _, ours := t.ids[token]; !ours {
			t.ids[token] = int32(id)
		}
	}
	t.added = r.added()
}

// added matches what is cut out of a text: Hugging Face tokenizers cut the added tokens that are normalized out of what the
// others have left, even if those stand further back.
func (r *foreignReader) added() []*regexp.Regexp {
	first, then := slices.Clone(specials[:]), []string(nil)
	for _, added := range r.config.AddedTokens {
		if added.Normalized {
			then = append(then, added.Content)
		} else {
			first = append(first, added.Content)
		}
	}
	if then == nil {
		return []*regexp.Regexp{anyOf(first)}
	}
	return []*regexp.Regexp{anyOf(first), anyOf(then)}
}

// anyOf matches any of the texts, and the longest of those at one place.
func anyOf(texts []string) *regexp.Regexp {
	slices.SortFunc(texts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for i, text := range texts {
		texts[i] = regexp.QuoteMeta(text)
	}
	return regexp.MustCompile(strings.Join(texts, "|"))
}

// checkModel refuses models whose ids would be wrong, or at which the library
// panics or prints.
func (r *foreignReader) checkModel() error {
	m := &r.model
	if m.UnkToken != nil {
		id, ok := m.Vocab[*m.UnkToken]
		if !ok {
			return fmt.Errorf("the vocabulary lacks the unknown token %q", *m.UnkToken)
		}
		r.t.unkID = int32(id)
	}
	switch m.Type {
	case "WordLevel":
		r.t.kind = Word
		if m.UnkToken == nil {
			return errors.New("model WordLevel has no unk_token")
		}
		return nil
	case "BPE":
		r.t.kind = BPE
		return r.checkBPE()
	}
	return fmt.Errorf("model %q: %w", m.Type, ErrUnsupported)
}

func (r *foreignReader) checkBPE() error {
	m := &r.model
	if !r.byteLevel || m.Dropout != nil || m.Prefix != nil && *m.Prefix != "" || m.Suffix != nil && *m.Suffix != "" ||
		m.FuseUnk || m.ByteFallback || m.IgnoreMerges {
		return fmt.Errorf("BPE without ByteLevel, or with dropout, prefix, suffix, fuse_unk, byte_fallback or ignore_merges: %w", ErrUnsupported)
	}
	r.t.pairs = &merger{ranks: make(map[uint64]merging, len(m.Merges))}
	for b, spelled := range byteRunes {
		id, ok := m.Vocab[string(spelled)]
		if !ok {
			return fmt.Errorf("the vocabulary lacks %q, which stands for byte %d", spelled, b)
		}
		r.t.pairs.bytes[b] = int32(id)
	}
	for rank, merge := range m.Merges {
		left, right, _ := strings.Cut(merge, " ")
		a, okLeft := m.Vocab[left]
		b, okRight := m.Vocab[right]
		id, ok := m.Vocab[left+right]
		if !ok || !okLeft || !okRight {
			return fmt.Errorf("merge %d, %q, is not of two tokens of the vocabulary into a third", rank, merge)
		}
		// Of a pair that stands twice, the last rank holds, as in Hugging Face tokenizers.
		r.t.pairs.ranks[pair{int32(a), int32(b)}.key()] = merging{int32(rank), int32(id)}
	}
	return nil
}

// library makes the part that is the library's.
func (r *foreignReader) library() (err error) {
	defer recoverTo(&err)
	if r.t.pairs == nil {
		if r.t.model, err = pretrained.CreateModel(&r.config); err != nil {
			return fmt.Errorf("model: %w", err)
		}
	}
	return nil
}

func (r *foreignReader) decoder() error {
	if r.config.Decoder == nil {
		return nil
	}
	name, _ := r.config.Decoder["type"].(string)
	if r.t.decoder = foreignDecoder(name); r.t.decoder != fuse && r.t.decoder != decodeBytes {
		return fmt.Errorf("decoder %q: %w", name, ErrUnsupported)
	}
	return nil
}
