package generate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// BeamRequest asks for the most likely texts.
type BeamRequest struct {
	Prompt  string
	Length  int      // tokens after the prompt at most; zero: 400
	Width   int      // texts that are followed side by side; zero: 5
	Stop    []string // a text is finished before the first of these
	Threads int      // zero: one
}

// defaultWidth is the number of texts that a beam search follows.
const defaultWidth = 5

// maxWidth bounds the memory of a search.
const maxWidth = 1 << 10

func (r BeamRequest) validate() error {
	switch {
	case r.Length < 0:
		return fmt.Errorf("length is %d; it is a number of tokens", r.Length)
	case r.Width < 0 || r.Width > maxWidth:
		return fmt.Errorf("the width of a beam search is %d; use 1 to %d, or 0 for %d", r.Width, maxWidth, defaultWidth)
	}
	return nil
}

// Likely is a text that a beam search has found.
type Likely struct {
	Text     string  `json:"text"` // after the prompt
	Tokens   int     `json:"tokens"`
	Nats     float64 `json:"nats"` // −ln p of the tokens, after the prompt
	Finished bool    `json:"finished"`
}

// perToken ranks texts of different lengths, of which the shorter have the higher probability.
func (l Likely) perToken() float64 { return l.Nats / float64(max(1, l.Tokens)) }

// Beam searches for the most likely texts after a prompt: at each step it takes every text that it follows on by every
// token, and follows the Width most likely of them (Lowerre 1976). It returns as many at most, the one with the highest
// probability a token first. Nothing is random; width 1 gives the text of temperature 0. What is most likely is often
// dull and repeats itself, which is why [Model.Generate] draws tokens instead.
func (m *Model) Beam(ctx context.Context, req BeamRequest) ([]Likely, error) {
	if err := req.validate(); err != nil {
		return nil, err
	}
	s, err := m.newSession(ctx, Request{Prompt: req.Prompt, Threads: req.Threads})
	if err != nil {
		return nil, err
	}
	defer s.close()
	b := newBeam(s, req)
	for range cmp.Or(req.Length, defaultLength) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.grow(); err != nil {
			return nil, err
		}
		if len(b.live) == 0 || len(b.finished) >= b.width {
			break
		}
		b.step()
	}
	return b.best(), nil
}

// beam is a search under way.
type beam struct {
	model    *Model
	sampler  *Sampler
	width    int
	stops    []string
	lead     []int32 // the prompt's end, which the first tokens' text may depend on
	blank    bool    // as in session
	live     []path  // the most likely first; each is a stream of the state
	finished []Likely
	steps    []step // of grow, which uses the memory again

	stepper     *model.Stepper // of width streams
	state, next *model.State
	tokens      []int32
	logits      [][]float32 // of each live path
}

// path is a text that may go on.
type path struct {
	tokens []int32
	nats   float64
	stream int // of the path that it goes on from
}

// leadTokens is more than any tokenizer but that of words looks back for the text of a token. That of words looks for quotes
// that are open in the line, which is searched for leadWords: every path's text is made from there.
const (
	leadTokens = 8
	leadWords  = 512
)

// lead returns the end of a prompt that the text of what follows may depend on.
func (m *Model) lead(prompt []int32) []int32 {
	n := min(leadTokens, len(prompt))
	if m.tokenizer.Kind() == tokenize.Word {
		for n < min(leadWords, len(prompt)) && m.tokenizer.Token(prompt[len(prompt)-n-1]) != "\n" {
			n++
		}
	}
	return prompt[len(prompt)-n:]
}

func newBeam(s *session, req BeamRequest) *beam {
	b := &beam{model: s.model, sampler: s.sampler, width: cmp.Or(req.Width, defaultWidth), stops: req.Stop}
	b.lead = s.model.lead(s.model.promptIDs(req.Prompt))
	network := s.model.network
	b.blank = s.blank
	b.stepper = network.NewStepper(s.workers, b.width)
	b.state, b.next = network.NewState(b.width), network.NewState(b.width)
	b.tokens = make([]int32, b.width)
	b.live, b.logits = []path{{}}, [][]float32{s.logits}
	b.state.CopyStream(0, s.state, 0)
	return b
}

// step is a token by which a live path may go on. Of very many, few are taken: only those get tokens of their own.
type step struct {
	from int // the live path
	id   int32
	nats float64 // of the longer path
}

// grow takes the live paths on by one token.
func (b *beam) grow() error {
	steps := b.steps[:0]
	for i, p := range b.live {
		cs, err := b.sampler.candidates(b.logits[i])
		if err != nil {
			return err
		}
		all := logSumExp(b.logits[i])
		for _, c := range keepTopK(cs, b.width) {
			steps = append(steps, step{i, c.id, p.nats + all - c.logit})
		}
	}
	b.steps = steps
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.nats, b.nats) })
	before := b.live
	b.live = nil
	for _, s := range steps[:min(b.width, len(steps))] {
		p := path{append(slices.Clip(before[s.from].tokens), s.id), s.nats, s.from}
		if !b.finish(p) {
			b.live = append(b.live, p)
		}
	}
	return nil
}

// finish takes a path that a stop text ends to the finished ones, and reports whether there was one.
func (b *beam) finish(p path) bool {
	if len(b.stops) == 0 {
		return false
	}
	text, ended := b.text(p)
	if ended {
		b.finished = append(b.finished, Likely{Text: text, Tokens: len(p.tokens), Nats: p.nats, Finished: true})
	}
	return ended
}

// step reads the live paths' last tokens.
func (b *beam) step() {
	clear(b.tokens)
	for i, p := range b.live {
		b.tokens[i] = p.tokens[len(p.tokens)-1]
		b.next.CopyStream(i, b.state, p.stream)
	}
	b.state, b.next = b.next, b.state
	b.logits = b.stepper.Step(b.state, b.tokens)
}

// text returns what a path reads as, up to a stop text.
func (b *beam) text(p path) (text string, ended bool) {
	s := session{decoder: tokenize.NewDecoder(b.model.tokenizer), blank: b.blank}
	for _, id := range b.lead {
		s.decoder.Next(id)
	}
	var all strings.Builder
	for _, id := range p.tokens {
		all.WriteString(s.text(id))
	}
	hold := stopper{stops: b.stops, held: all.String()}
	if at := hold.firstStop(); at >= 0 {
		return hold.held[:at], true
	}
	return hold.held + s.decoder.Flush(), false
}

// best returns the finished texts, and the live ones unless enough are finished: then these end where the search did,
// which is nowhere. The best is the first.
func (b *beam) best() []Likely {
	found := b.finished
	if len(found) < b.width {
		for _, p := range b.live {
			text, _ := b.text(p)
			found = append(found, Likely{Text: text, Tokens: len(p.tokens), Nats: p.nats})
		}
	}
	slices.SortStableFunc(found, func(a, b Likely) int { return cmp.Compare(a.perToken(), b.perToken()) })
	return found[:min(b.width, len(found))]
}
