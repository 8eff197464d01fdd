package tokenize

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sugarme/tokenizer"
	"golang.org/x/text/unicode/norm"
)

// foreign is a tokenizer from a tokenizer.json that this package did not write.
// WordLevel, and the pre-tokenizers but for ByteLevel and WhitespaceSplit, are those of
// sugarme/tokenizer; special tokens, normalisation, splitting at blanks, BPE and decoders
// are ours: of equal pairs that overlap, as in three blanks, the library's BPE may merge the second.
//
// It is made for use with models that were trained elsewhere. It is slow, about
// 1 MB/s, and holds a text as a whole.
//
// Its ids are those of the file if the file begins with our special tokens, and
// are higher by their number otherwise; the file's unknown token, and tokens
// that are spelled like our special tokens, become those.
type foreign struct {
	file   []byte // tokenizer.json as it was read
	kind   Kind
	tokens []string // by id, with our special tokens first
	ids    map[string]int32
	added  []*regexp.Regexp // what is cut out of a text, in turn: the first, of those the longest
	shift  int32            // from ids of the file to ids
	unkID  int32            // the file's id of its unknown token, -1 if it has none

	norms   []func(string) string
	split   []func(string) ([]string, error)
	pairs   *merger         // of BPE, with the file's ids
	model   tokenizer.Model // of WordLevel
	decoder foreignDecoder
}

// foreignDecoder is how a foreign file makes text of tokens.
type foreignDecoder string

const (
	joinByBlanks foreignDecoder = "" // a file without a decoder
	fuse         foreignDecoder = "Fuse"
	decodeBytes  foreignDecoder = "ByteLevel"
)

func (t *foreign) Kind() Kind                   { return t.kind }
func (t *foreign) Size() int                    { return len(t.tokens) }
func (t *foreign) MarshalJSON() ([]byte, error) { return t.file, nil }

func (t *foreign) Token(id int32) string {
	if id < 0 || int(id) >= len(t.tokens) {
		return ""
	}
	return t.tokens[id]
}

func (t *foreign) ID(token string) (int32, bool) {
	id, ok := t.ids[token]
	return id, ok
}

// AppendIDs implements Tokenizer. Bytes that are not UTF-8 count as U+FFFD.
func (t *foreign) AppendIDs(dst []int32, text []byte) ([]int32, Unknowns) {
	var unknown Unknowns
	valid := strings.ToValidUTF8(string(text), "\uFFFD")
	return t.cut(dst, t.added, valid, 0, &unknown), unknown
}

// cut appends the ids of text, out of which the added tokens are cut first.
func (t *foreign) cut(dst []int32, added []*regexp.Regexp, text string, offset int, unknown *Unknowns) []int32 {
	if len(added) == 0 {
		return t.gap(dst, text, offset, unknown)
	}
	from := 0
	for _, at := range added[0].FindAllStringIndex(text, -1) {
		dst = t.cut(dst, added[1:], text[from:at[0]], offset+from, unknown)
		dst = append(dst, t.ids[text[at[0]:at[1]]])
		from = at[1]
	}
	return t.cut(dst, added[1:], text[from:], offset+from, unknown)
}

// gap appends the ids of text between added tokens. What the library makes of
// a text that it cannot take is one unknown token.
func (t *foreign) gap(dst []int32, text string, offset int, unknown *Unknowns) []int32 {
	if text == "" {
		return dst
	}
	for _, normalise := range t.norms {
		text = normalise(text)
	}
	pieces := []string{text}
	for _, split := range t.split {
		var err error
		if pieces, err = splitAll(pieces, split); err != nil {
			unknown.add([]byte(text), int64(offset))
			return append(dst, Unknown)
		}
	}
	for _, piece := range pieces {
		ids, err := t.lookUp(piece)
		if err != nil {
			ids = []int32{Unknown}
		}
		for _, id := range ids {
			if id == Unknown {
				unknown.add([]byte(piece), int64(offset))
			}
		}
		dst = append(dst, ids...)
	}
	return dst
}

func splitAll(pieces []string, split func(string) ([]string, error)) ([]string, error) {
	var all []string
	for _, piece := range pieces {
		parts, err := split(piece)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// lookUp is the ids of one piece.
func (t *foreign) lookUp(piece string) (ids []int32, err error) {
	if t.pairs != nil {
		return t.merge(piece), nil
	}
	defer recoverTo(&err)
	tokens, err := t.model.Tokenize(piece)
	if err != nil {
		return nil, err
	}
	for _, token := range tokens {
		ids = append(ids, t.fromFile(token.Id))
	}
	return ids, nil
}

// merge is the ids of one piece, which spellBytes has spelled.
func (t *foreign) merge(piece string) []int32 {
	text, _ := tokenBytes(piece)
	m := t.pairs.memo()
	defer t.pairs.memos.Put(m)
	ids := m.encode(nil, t.pairs, text)
	for i, id := range ids {
		ids[i] = t.fromFile(int(id))
	}
	return ids
}

// fromFile is our id for an id of the file.
func (t *foreign) fromFile(id int) int32 {
	ours := int32(id) + t.shift
	if int32(id) == t.unkID || id < 0 || int(ours) >= len(t.tokens) {
		return Unknown
	}
	if special, ok := t.ids[t.tokens[ours]]; ok {
		return special
	}
	return ours
}

// AppendText implements Tokenizer: tokens are decoded as the file says, added tokens too.
func (t *foreign) AppendText(dst []byte, ids []int32) []byte {
	begun := false
	for _, id := range ids {
		token := t.Token(id)
		if token == "" {
			continue
		}
		if begun && t.decoder == joinByBlanks {
			dst = append(dst, ' ')
		}
		dst = t.appendToken(dst, token)
		begun = true
	}
	return dst
}

// appendToken appends the text of a token. One that spells no bytes is its own text, as an added token may be.
func (t *foreign) appendToken(dst []byte, token string) []byte {
	if t.decoder == decodeBytes {
		if text, ok := tokenBytes(token); ok {
			return append(dst, text...)
		}
	}
	return append(dst, token...)
}

// gpt2Split splits text as GPT-2 does, whose pattern ends in \s+(?!\S)|\s+ where
// bpePattern ends in \s+: of several blanks, the last goes with what follows.
func gpt2Split(text string) ([]string, error) {
	var pieces []string
	for i := 0; i < len(text); {
		end := nextPiece([]byte(text), i)
		if blanks := text[i:end]; end < len(text) && strings.TrimSpace(blanks) == "" {
			if _, last := utf8.DecodeLastRuneInString(blanks); last < len(blanks) {
				end -= last
			}
		}
		pieces = append(pieces, text[i:end])
		i = end
	}
	return pieces, nil
}

// spellBytes spells the bytes of text as a byte-level vocabulary does.
func spellBytes(text string) ([]string, error) {
	var spelled strings.Builder
	for _, b := range []byte(text) {
		spelled.WriteRune(byteRunes[b])
	}
	return []string{spelled.String()}, nil
}

// prefixBlank puts a blank before a text that does not begin with one.
func prefixBlank(text string) ([]string, error) {
	if !strings.HasPrefix(text, " ") {
		text = " " + text
	}
	return []string{text}, nil
}

// fields splits at blanks, all that Unicode knows; the library's takes fewer.
func fields(text string) ([]string, error) { return strings.Fields(text), nil }

// librarySplit splits by a pre-tokenizer of the library.
func librarySplit(by tokenizer.PreTokenizer) func(string) ([]string, error) {
	return func(text string) (pieces []string, err error) {
		defer recoverTo(&err)
		split, err := by.PreTokenize(tokenizer.NewPreTokenizedString(text))
		if err != nil {
			return nil, err
		}
		for _, piece := range split.GetSplits(0, tokenizer.Byte) {
			pieces = append(pieces, piece.Value)
		}
		return pieces, nil
	}
}

// normalisers are the normalisers of foreign files that we know.
var normalisers = map[string]func(string) string{
	"NFC":       norm.NFC.String,
	"NFD":       norm.NFD.String,
	"NFKC":      norm.NFKC.String,
	"NFKD":      norm.NFKD.String,
	"Lowercase": func(text string) string { return string(appendLower(nil, []byte(text))) },
}
