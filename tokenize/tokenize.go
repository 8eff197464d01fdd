// Package tokenize learns a vocabulary and turns text into token ids and back.
//
// Train learns a Tokenizer of one of four kinds from a text: one token a
// character (Char), one a word (Word), one for all that stands between blanks
// (Space), or byte-level byte-pair encoding (BPE).
// Parse reads one back from tokenizer.json, the format that its MarshalJSON
// writes and that Hugging Face tokenizers loads. Tokens encodes a whole stream
// into an IDs array; Encoder and Decoder do the same piece by piece.
//
// Every kind works in the same three steps, and a text gives the same ids in
// whatever pieces it arrives:
//
//  1. Special tokens that the text spells out (the Penn Treebank writes
//     "<unk>") are cut out and become their ids; everything between two of them
//     is encoded on its own.
//  2. The text between is normalised (NFC, then lower case), if so configured.
//  3. It is split into pieces (characters, words, or words with their leading
//     blank), and each piece is looked up, or, for BPE, merged.
package tokenize

import (
	"fmt"
	"unicode/utf8"
)

// Kind is how a tokenizer splits text: "char", "word", "space" or "bpe".
type Kind string

const (
	Char  Kind = "char"  // one token a Unicode code point
	Word  Kind = "word"  // words, numbers, punctuation marks and newlines
	Space Kind = "space" // whatever white space separates, and newlines: for texts whose tokens stand apart already
	BPE   Kind = "bpe"   // byte pairs, merged within words; encodes any bytes
)

// Words reports whether tokens of this kind are words, between which blanks
// are not kept.
func (k Kind) Words() bool { return k == Word || k == Space }

// Special tokens stand first in every vocabulary, in this order.
const (
	Pad     int32 = iota // "<pad>" fills up short sequences
	Unknown              // "<unk>" stands for what the vocabulary lacks
	BOS                  // "<bos>" begins a sequence
	EOS                  // "<eos>" ends a sequence
)

// Tokenizer maps text to ids and back. Its methods may be called from several
// goroutines at once.
type Tokenizer interface {
	Kind() Kind

	// Size is the size of the vocabulary, special tokens included: ids are
	// in [0, Size).
	Size() int

	// Token is the token of an id as tokenizer.json spells it (BPE: with
	// bytes written as GPT-2's printable characters), "" for an id that is
	// out of range.
	Token(id int32) string

	// ID is the id of a token, spelled as Token spells it.
	ID(token string) (int32, bool)

	// AppendIDs appends the ids of text (UTF-8; for BPE any bytes) to dst.
	// The second result counts what became Unknown because the vocabulary
	// lacks it. For a text that arrives in pieces use Encoder.
	AppendIDs(dst []int32, text []byte) ([]int32, Unknowns)

	// AppendText appends the text of ids to dst. It is the inverse of
	// AppendIDs for Char and BPE (without normalisation, and but for
	// unknown characters). Word does not keep blanks, and sets one between
	// words, but none before closing marks, after opening ones, within
	// quotes, around hyphens, and at the ends of lines; Space sets one
	// between all tokens of a line. Special tokens are spelled out; ids out
	// of range give nothing.
	AppendText(dst []byte, ids []int32) []byte

	// MarshalJSON writes tokenizer.json, which Parse reads back.
	MarshalJSON() ([]byte, error)
}

// Unknowns tells what an encoding replaced by Unknown. A special token
// "<unk>" that the text itself spells out is not counted.
type Unknowns struct {
	Count  int    // characters or words that became Unknown
	First  string // the first of them, cut to 64 bytes; a byte that is not UTF-8 stands as it is
	Offset int64  // where it begins, in bytes of the (normalised) text
}

// add counts one piece that begins at offset.
func (u *Unknowns) add(piece []byte, offset int64) {
	if u.Count == 0 {
		u.First, u.Offset = beginning(piece), offset
	}
	u.Count++
}

// unknowns are the Unknowns of an Encoder, which may keep the texts of all.
type unknowns struct {
	Unknowns
	keep  bool
	texts []string // if they are kept
}

func (u *unknowns) add(piece []byte, offset int64) {
	u.Unknowns.add(piece, offset)
	u.remember(piece)
}

// remember keeps the text of a piece, if texts are kept.
func (u *unknowns) remember(piece []byte) {
	if u.keep {
		u.texts = append(u.texts, beginning(piece))
	}
}

// beginning returns what a message shows of a piece, which may be megabytes of text without a blank.
func beginning(piece []byte) string {
	const most = 64
	if len(piece) <= most {
		return string(piece)
	}
	end := most - len("…")
	for end > 0 && !utf8.RuneStart(piece[end]) {
		end--
	}
	return string(piece[:end]) + "…"
}

// specials are the special tokens by id.
var specials = [...]string{Pad: "<pad>", Unknown: "<unk>", BOS: "<bos>", EOS: "<eos>"}

// vocabulary is the numbered list of tokens that every kind has.
type vocabulary struct {
	tokens []string // by id; the special tokens first
	ids    map[string]int32
}

// newVocabulary numbers the special tokens and then tokens, in order.
func newVocabulary(tokens []string) (vocabulary, error) {
	v := vocabulary{
		tokens: make([]string, 0, len(specials)+len(tokens)),
		ids:    make(map[string]int32, len(specials)+len(tokens)),
	}
	for _, list := range [][]string{specials[:], tokens} {
		for _, token := range list {
			if id, ok := v.ids[token]; ok {
				return vocabulary{}, fmt.Errorf("token %q stands twice in the vocabulary, at %d and %d", token, id, len(v.tokens))
			}
			v.ids[token] = int32(len(v.tokens))
			v.tokens = append(v.tokens, token)
		}
	}
	return v, nil
}

func (v *vocabulary) Size() int { return len(v.tokens) }

func (v *vocabulary) Token(id int32) string {
	if id < 0 || int(id) >= len(v.tokens) {
		return ""
	}
	return v.tokens[id]
}

func (v *vocabulary) ID(token string) (int32, bool) {
	id, ok := v.ids[token]
	return id, ok
}
