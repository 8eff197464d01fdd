package tokenize

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"
)

// TrainConfig says what vocabulary to learn.
type TrainConfig struct {
	Kind Kind // zero: Char

	// VocabSize limits the vocabulary, special tokens included. The most
	// frequent tokens stay. Zero: no limit for Char and Space, 10,000 for
	// Word, 2,000 for BPE, which needs at least 260 (the special tokens and
	// every byte).
	VocabSize int

	// MinFrequency is how often a character or word, or for BPE a pair to be
	// merged, must occur. Zero: 1, and 2 for BPE, which would otherwise learn
	// words of small texts by heart. Rarer characters and words become
	// Unknown.
	MinFrequency int

	Lowercase bool // encode everything in lower case
	NFC       bool // compose characters first: é as one code point
}

// Default vocabulary sizes.
const (
	defaultWords = 10_000
	defaultBPE   = 2_000
)

func (c TrainConfig) withDefaults() (TrainConfig, error) {
	if c.Kind == "" {
		c.Kind = Char
	}
	least := len(specials) + 1
	switch c.Kind {
	case Char, Space:
	case Word:
		c.VocabSize = cmp.Or(c.VocabSize, defaultWords)
	case BPE:
		c.VocabSize = cmp.Or(c.VocabSize, defaultBPE)
		c.MinFrequency = cmp.Or(c.MinFrequency, 2)
		least = len(specials) + 256
	default:
		return c, fmt.Errorf("unknown kind of tokenizer %q: choose char, word, space or bpe", c.Kind)
	}
	c.MinFrequency = cmp.Or(c.MinFrequency, 1)
	if c.VocabSize != 0 && c.VocabSize < least {
		return c, fmt.Errorf("vocabulary of %d is too small: a %s vocabulary has at least %d tokens, special tokens included", c.VocabSize, c.Kind, least)
	}
	if c.MinFrequency < 0 {
		return c, fmt.Errorf("minimum frequency %d is negative", c.MinFrequency)
	}
	return c, nil
}

// errNoText is the error of a text without a single token.
var errNoText = errors.New("the text is empty: there is no vocabulary to learn")

// Train learns a vocabulary from a text in chunks, which may be cut anywhere.
// The same text gives the same vocabulary. It keeps the text's distinct
// characters or words in memory, not the text. It returns the first error of
// chunks as it is.
func Train(cfg TrainConfig, chunks iter.Seq2[[]byte, error]) (Tokenizer, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	c := newCounter(cfg.Kind)
	cut := cutter{norm: normaliser{nfc: cfg.NFC, lower: cfg.Lowercase}}
	for chunk, err := range chunks {
		if err != nil {
			return nil, err
		}
		cut.write(chunk, c)
	}
	cut.flush(nil, c)
	if len(c.list()) == 0 {
		return nil, errNoText
	}
	t, err := build(cfg, cut.norm, c.list())
	if err != nil {
		return nil, err
	}
	return t, checkSize(t)
}

// checkSize makes sure that Parse will read the tokenizer: not to be able to after hours of training would be late.
func checkSize(t Tokenizer) error {
	file, err := t.MarshalJSON()
	if err == nil && len(file) > MaxJSON {
		err = fmt.Errorf("a vocabulary of %d tokens with long texts takes %d bytes as tokenizer.json, and the limit is %d: use a smaller vocabulary or a higher minimum frequency",
			t.Size(), len(file), MaxJSON)
	}
	return err
}

// build makes the tokenizer from the counts of a text.
func build(cfg TrainConfig, norm normaliser, counts []counted) (Tokenizer, error) {
	if cfg.Kind == BPE {
		return trainBPE(counts, cfg, norm)
	}
	tokens := frequent(counts, cfg)
	if len(tokens) == 0 {
		return nil, fmt.Errorf("every token of the text occurs fewer than %d times: lower the minimum frequency", cfg.MinFrequency)
	}
	if cfg.Kind.Words() {
		return newWords(cfg.Kind, tokens, norm)
	}
	slices.Sort(tokens) // UTF-8 sorts as code points do
	return newChars(tokens, norm)
}

// counted is a character or a word with its frequency.
type counted struct {
	text  string
	count int
}

// frequent returns the texts that cfg admits, the most frequent first, those
// of one frequency in the order of their bytes.
//
// A word that only lower case makes a special token, such as <UNK>, is in every vocabulary already.
func frequent(counts []counted, cfg TrainConfig) []string {
	counts = slices.DeleteFunc(counts, func(c counted) bool {
		return c.count < cfg.MinFrequency || slices.Contains(specials[:], c.text)
	})
	slices.SortFunc(counts, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.text, b.text))
	})
	if limit := cfg.VocabSize - len(specials); cfg.VocabSize > 0 && len(counts) > limit {
		counts = counts[:limit]
	}
	texts := make([]string, len(counts))
	for i, c := range counts {
		texts[i] = c.text
	}
	return texts
}

// counter counts the pieces of a text.
type counter interface {
	sink
	list() []counted // in no particular order
}

func newCounter(kind Kind) counter {
	switch kind {
	case Word, Space:
		return &pieceCounter{split: wordSplitter(kind), counts: map[string]*int{}, utf8: true}
	case BPE:
		return &pieceCounter{split: splitPieces, counts: map[string]*int{}}
	default:
		return runeCounter{}
	}
}

// runeCounter counts characters.
type runeCounter map[rune]int

func (c runeCounter) gap(text []byte, last bool) int {
	if !last {
		text = text[:len(text)-partialRune(text)]
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r != utf8.RuneError || size > 1 {
			c[r]++
		}
		i += size
	}
	return len(text)
}

func (runeCounter) special(int32) {}

func (c runeCounter) list() []counted {
	counts := make([]counted, 0, len(c))
	for r, n := range c {
		counts = append(counts, counted{string(r), n})
	}
	return counts
}

// pieceCounter counts words, or the pieces within which BPE merges.
type pieceCounter struct {
	split  splitter
	counts map[string]*int // pointers: a known piece is counted without making a string
	utf8   bool            // leave out what is not UTF-8
}

func (c *pieceCounter) gap(text []byte, last bool) int {
	return c.split(text, last, func(at, end int) {
		piece := text[at:end]
		if n := c.counts[string(piece)]; n != nil {
			*n++
		} else if !c.utf8 || utf8.Valid(piece) {
			n := 1
			c.counts[string(piece)] = &n
		}
	})
}

func (*pieceCounter) special(int32) {}

func (c *pieceCounter) list() []counted {
	counts := make([]counted, 0, len(c.counts))
	for piece, n := range c.counts {
		counts = append(counts, counted{piece, *n})
	}
	return counts
}
