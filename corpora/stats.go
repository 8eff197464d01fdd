package corpora

import (
	"context"
	"crypto/sha256"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// Stats counts a corpus. BytesRead = BytesUsed + BytesDropped.
type Stats struct {
	Files            int      `json:"files"`
	Encodings        []string `json:"encodings"`         // of the files, each once, in order of appearance
	BytesRead        int64    `json:"bytes_read"`        // after decompression
	BytesUsed        int64    `json:"bytes_used"`        // from which the text was decoded
	BytesDropped     int64    `json:"bytes_dropped"`     // byte-order marks, and the CRs of normalised newlines
	NewlinesInserted int64    `json:"newlines_inserted"` // after files that do not end in one
	TextBytes        int64    `json:"text_bytes"`        // of the text as UTF-8, inserted newlines included
	Chars            int64    `json:"chars"`             // Unicode code points; with Encoding "bytes" also each invalid byte
	DistinctChars    int      `json:"distinct_chars"`
	Words            int64    `json:"words"` // runs of characters that are not white space
	Lines            int64    `json:"lines"` // newlines, and one more if the text does not end in one
	SHA256           [32]byte `json:"-"`     // of the text: equal sums, equal corpora
}

// Stats reads the whole corpus and counts it.
func (c *Corpus) Stats(ctx context.Context) (Stats, error) {
	var (
		a    account
		n    counter
		hash = sha256.New()
	)
	for text, err := range c.chunks(ctx, &a) {
		if err != nil {
			return Stats{}, err
		}
		hash.Write(text)
		n.count(text)
	}
	s := Stats{
		Files:            len(c.sources),
		Encodings:        a.encodings,
		BytesRead:        a.read,
		BytesUsed:        a.read - a.dropped,
		BytesDropped:     a.dropped,
		NewlinesInserted: a.inserted,
		TextBytes:        n.bytes,
		Chars:            n.chars,
		DistinctChars:    n.distinct(),
		Words:            n.words,
		Lines:            n.lines,
	}
	if n.bytes > 0 && n.last != '\n' {
		s.Lines++
	}
	hash.Sum(s.SHA256[:0])
	return s, nil
}

// A counter counts text that comes in pieces.
type counter struct {
	bytes, chars, words, lines int64

	inWord bool
	last   rune
	seen   [(utf8.MaxRune + 1 + 256) / 64]uint64 // a bit for each character, then one for each invalid byte
}

func (c *counter) count(text []byte) {
	c.bytes += int64(len(text))
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				r = utf8.MaxRune + 1 + rune(text[i])
			}
		}
		c.add(r)
		i += size
	}
}

func (c *counter) add(r rune) {
	c.chars++
	c.seen[r/64] |= 1 << (r % 64)
	c.last = r
	switch {
	case r == '\n':
		c.lines++
		c.inWord = false
	case unicode.IsSpace(r):
		c.inWord = false
	case !c.inWord:
		c.words++
		c.inWord = true
	}
}

func (c *counter) distinct() int {
	n := 0
	for _, w := range c.seen {
		n += bits.OnesCount64(w)
	}
	return n
}
