package generate

import (
	"context"
	"iter"
	"math"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// Scores measures texts one by one, each as if nothing stood before it: lines of a log, sentences to choose from. Scores
// come in the order of the texts and as soon as they are there, any number of them in constant memory. Each of the threads
// (below 1: one for every core) works on a text of its own, so that their number changes no bit. A text without tokens has
// the zero Score, but for its bytes and characters.
//
// An error of texts is passed on behind the scores before it, and ends the sequence; so does the end of ctx, at once, even
// while texts is waiting for more. Texts is ranged over by a goroutine of its own, which ends when texts yields the next
// time after the sequence has ended.
func (m *Model) Scores(ctx context.Context, texts iter.Seq2[string, error], threads int) iter.Seq2[Score, error] {
	return func(yield func(Score, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		scorers := m.newScorers(threads)
		queue := make(chan *scoring, cap(scorers)) // in the order of the texts
		go dispatch(ctx, texts, scorers, queue)
		for {
			select {
			case <-ctx.Done():
				yield(Score{}, ctx.Err())
				return
			case s, more := <-queue:
				if !more {
					if err := ctx.Err(); err != nil { // it is the end of ctx that has closed the queue
						yield(Score{}, err)
					}
					return
				}
				if !s.deliver(ctx, yield) {
					return
				}
			}
		}
	}
}

// scoring is a text on its way.
type scoring struct {
	score Score
	err   error
	done  chan struct{}
}

// deliver waits for a score and yields it; it reports whether to go on.
func (s *scoring) deliver(ctx context.Context, yield func(Score, error) bool) bool {
	select {
	case <-ctx.Done():
		yield(Score{}, ctx.Err())
		return false
	case <-s.done:
	}
	return yield(s.score, s.err) && s.err == nil
}

// dispatch hands texts to scorers that are free.
func dispatch(ctx context.Context, texts iter.Seq2[string, error], scorers chan *scorer, queue chan<- *scoring) {
	defer close(queue)
	for text, err := range texts {
		s := &scoring{err: err, done: make(chan struct{})}
		select {
		case queue <- s:
		case <-ctx.Done():
			return
		}
		if err != nil {
			close(s.done)
			return
		}
		free := <-scorers
		go func() {
			defer close(s.done)
			s.score, s.err = free.score(ctx, text)
			scorers <- free
		}()
	}
}

// A scorer measures one text at a time.
type scorer struct {
	model   *Model
	windows []*model.Window // of one stream, the longest first
	state   *model.State
	in, out []int32
	nats    []float64 // of each token of the last text
}

// scoreSteps are the lengths of a scorer's windows: long ones multiply fast, short ones waste little at a text's end.
var scoreSteps = [...]int{64, 16}

func (m *Model) newScorers(threads int) chan *scorer {
	n := threads
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	scorers := make(chan *scorer, n)
	for range n {
		scorers <- m.newScorer()
	}
	return scorers
}

func (m *Model) newScorer() *scorer {
	s := &scorer{model: m, state: m.network.NewState(1)}
	w := model.NewWorkers(1) // has no goroutine that would have to be ended
	for _, steps := range scoreSteps {
		s.windows = append(s.windows, m.network.NewWindow(w, steps, 1))
	}
	s.in, s.out = make([]int32, scoreSteps[0]), make([]int32, scoreSteps[0])
	return s
}

// total returns −ln p of a whole text.
func (s *scorer) total(ctx context.Context, ids *tokenize.IDs) (float64, error) {
	all := make([]int32, ids.Len())
	for i := range all {
		all[i] = ids.At(i)
	}
	err := s.read(ctx, all)
	return s.sum(), err
}

func (s *scorer) sum() (total float64) {
	for _, nats := range s.nats {
		total += nats
	}
	return total
}

// score measures a text.
func (s *scorer) score(ctx context.Context, text string) (Score, error) {
	ids, unknown := s.model.tokenizer.AppendIDs(nil, []byte(text))
	score := Score{Tokens: len(ids), Unknown: unknown.Count, Chars: int64(utf8.RuneCountInString(text)), Bytes: int64(len(text))}
	if err := s.read(ctx, ids); err != nil {
		return score, err
	}
	score.Nats = s.sum()
	if math.IsNaN(score.Nats) || math.IsInf(score.Nats, 0) {
		return score, ErrNotFinite
	}
	score.finish()
	return score, nil
}

// read fills nats: −ln p of each token after what a text begins after and the tokens before it, as when writing.
func (s *scorer) read(ctx context.Context, ids []int32) error {
	s.nats = s.nats[:0]
	s.state.Reset()
	start := s.model.promptIDs("")
	last, rest := start[0], slices.Concat(start[1:], ids)
	for len(rest) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		last, rest = s.window(last, rest)
	}
	s.nats = s.nats[len(start)-1:]
	return nil
}

// window reads the first tokens of ids after last, and returns the last of them and the others. Where the text ends within
// the window, pad tokens follow, which change nothing before them.
func (s *scorer) window(last int32, ids []int32) (int32, []int32) {
	win := s.windows[0]
	for _, shorter := range s.windows[1:] {
		if len(ids) < win.Steps {
			win = shorter
		}
	}
	n := min(win.Steps, len(ids))
	in, out := s.in[:win.Steps], s.out[:win.Steps]
	for i := range out {
		in[i], out[i] = tokenize.Pad, tokenize.Pad
	}
	in[0] = last
	copy(in[1:], ids[:n])
	copy(out, ids[:n])
	win.Forward(in, out, s.state, 0)
	s.nats = append(s.nats, win.Losses()[:n]...)
	return ids[n-1], ids[n:]
}

// Surprise says how much a token surprised a model that had read those before it.
type Surprise struct {
	Text    string  `json:"text"`              // what it adds to the text; empty for part of a character
	Nats    float64 `json:"nats"`              // −ln p
	Unknown bool    `json:"unknown,omitempty"` // the model knows no such token: p is that of <unk>
}

// Surprises measures a text token by token, as if nothing stood before it. Errors are [ErrNotFinite] and that of ctx.
func (m *Model) Surprises(ctx context.Context, text string) ([]Surprise, error) {
	ids, _ := m.tokenizer.AppendIDs(nil, []byte(text))
	s := m.newScorer()
	if err := s.read(ctx, ids); err != nil {
		return nil, err
	}
	var out []Surprise
	decoder := tokenize.NewDecoder(m.tokenizer)
	unknown := tokenize.UnknownTexts(m.tokenizer, []byte(text))
	for i, nats := range s.nats {
		if math.IsNaN(nats) || math.IsInf(nats, 0) {
			return nil, ErrNotFinite
		}
		next := Surprise{Text: decoder.Next(ids[i]), Nats: nats}
		if ids[i] == tokenize.Unknown && len(unknown) > 0 {
			spelled := m.tokenizer.Token(tokenize.Unknown)
			next.Unknown = unknown[0] != spelled
			next.Text = strings.Replace(next.Text, spelled, strings.ToValidUTF8(unknown[0], "\uFFFD"), 1)
			unknown = unknown[1:]
		}
		out = append(out, next)
	}
	return out, nil
}
