package corpora

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/textgen-go/textgen/corpora/stories"
)

// afterStory is the blank line that ends each story of the built-in corpus.
const afterStory = "\n\n"

// Entropy is the information of a text made by a known source.
type Entropy struct {
	Stories int64
	Chars   int64   // of the stories, with the blank line after each
	Nats    float64 // −ln of the text's probability
}

// PerChar returns the information in nats per character: what a model that knew the source exactly would lose on this
// text. On a long text that is the source's entropy, below which no model's loss can stay; on a short one a model may be
// lucky.
func (e Entropy) PerChar() float64 { return e.Nats / float64(e.Chars) }

// Builtin returns a corpus of made-up stories ([stories.Generator]), each followed by a blank line, as many as fill
// minBytes and at least one, with its entropy. The same seed and size give the same text; a longer one begins with it.
func Builtin(seed uint64, minBytes int64) (*Corpus, Entropy) {
	var (
		text bytes.Buffer
		e    Entropy
	)
	for teller := stories.New(seed); e.Stories == 0 || int64(text.Len()) < minBytes; {
		s := teller.Next()
		text.WriteString(s.English)
		text.WriteString(afterStory)
		e.Stories++
		e.Nats += s.Nats
		e.Chars += int64(utf8.RuneCountInString(s.English) + len(afterStory))
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil }
	return &Corpus{sources: []source{{name: "built-in stories", open: open}}}, e
}
