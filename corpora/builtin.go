package corpora

import (
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
// The text is told anew each time that it is read.
func Builtin(seed uint64, minBytes int64) (*Corpus, Entropy) {
	var e Entropy
	t := newTeller(seed, minBytes)
	for t.more() {
		s := t.next()
		e.Stories++
		e.Nats += s.Nats
		e.Chars += int64(utf8.RuneCountInString(s.English) + len(afterStory))
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(newTeller(seed, minBytes)), nil }
	return &Corpus{sources: []source{{name: "built-in stories", open: open}}}, e
}

// A teller reads as the text of stories.
type teller struct {
	stories *stories.Generator
	left    int64 // bytes to tell
	begun   bool
	text    []byte // told and not read
}

func newTeller(seed uint64, minBytes int64) *teller {
	return &teller{stories: stories.New(seed), left: minBytes}
}

// more reports whether another story is wanted.
func (t *teller) more() bool { return t.left > 0 || !t.begun }

func (t *teller) next() stories.Story {
	s := t.stories.Next()
	t.begun = true
	t.left -= int64(len(s.English) + len(afterStory))
	return s
}

// Read reads on in the story, or in the next.
func (t *teller) Read(p []byte) (int, error) {
	if len(t.text) == 0 {
		if !t.more() {
			return 0, io.EOF
		}
		t.text = append(append(t.text[:0], t.next().English...), afterStory...)
	}
	n := copy(p, t.text)
	t.text = t.text[n:]
	return n, nil
}
