// Package stories tells short stories, in English and in French, from a stochastic grammar.
//
// [New] returns a [Generator], whose Next tells a [Story]: about one of five topics, with an ending that follows from
// what its characters are like and what they did. The word lists are in words.go, the sentences in beats.go, what
// follows from what in plot.go.
//
// # Entropy
//
// A story is drawn by a sequence of choices, each among equally likely alternatives, so the sequence's probability is
// the product of theirs, and Story.Nats is minus the logarithm of it. That is the information of the English text itself,
// not only of how it was made, because the choices can be read off the text, first to last: the ways to tell a beat
// differ in more than the words that fill them; a word is written where it is drawn, and no list has it twice; he or
// she shows in the hero's name; kind or unkind, the topic, and sorry or not show in the sentence that follows.
// TestOneDerivation searches all choices for a second way to the same text.
//
// The expectation of Nats over that of the characters, the blank line after each story included, is the entropy of the
// text in nats per character: on unlimited text, no model's mean loss is below it.
package stories

import "math/rand/v2"

// A Story is told in English and, sentence by sentence, in French. Its paragraphs are separated by a newline; it has no
// blank line and ends without a newline.
type Story struct {
	English, French string

	Topic  string  // what it is about: one of Topics
	Ending string  // how it ends: one of Endings
	Nats   float64 // −ln of the probability of English
}

// A Generator tells stories, one after the other, independent of each other.
type Generator struct{ rng *rand.Rand }

// New returns the generator of the seed: the same seed, the same stories.
func New(seed uint64) *Generator {
	return &Generator{rand.New(rand.NewPCG(seed, 0x73746f72696573))} // "stories"
}

// Next tells the next story. There is always one.
func (g *Generator) Next() Story { return tell(g.rng.IntN) }
