package generate

import (
	"context"
	"errors"
	"iter"
	"math"
	"unicode/utf8"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// Score says how well a model predicts a text: every token of it is predicted from those before it. Figures a character
// and a byte compare models with different tokenizers.
type Score struct {
	Tokens        int     `json:"tokens"`
	Unknown       int     `json:"unknown"` // of them, tokens that the model does not know
	Chars         int64   `json:"chars"`
	Bytes         int64   `json:"bytes"`
	Nats          float64 `json:"nats"` // −ln p of the whole text
	NatsPerToken  float64 `json:"nats_per_token"`
	Perplexity    float64 `json:"perplexity"` // e^nats_per_token
	BitsPerToken  float64 `json:"bits_per_token"`
	BitsPerChar   float64 `json:"bits_per_char"`
	BitsPerByte   float64 `json:"bits_per_byte"`
	CharsPerToken float64 `json:"chars_per_token"`
}

// Evaluation is worked through in windows of evalSteps tokens of up to maxEvalStreams streams; a stream is at least
// minEvalStream tokens long, so that its cold start, without hidden state, weighs little.
const (
	evalSteps      = 128
	maxEvalStreams = 32
	minEvalStream  = 4096
)

// ErrNoText says that there is nothing to measure a model on.
var ErrNoText = errors.New("no text to measure the model on")

// Evaluate measures the model on a text (UTF-8) in chunks, which may be cut anywhere. Threads below 1 means one for every
// core. Errors are [ErrNoText], [ErrNotFinite], those of the text and that of ctx.
func (m *Model) Evaluate(ctx context.Context, text iter.Seq2[[]byte, error], threads int) (Score, error) {
	var score Score
	ids, unknown, err := tokenize.Tokens(m.tokenizer, counted(text, &score))
	if err != nil {
		return score, err
	}
	if ids.Len() == 0 {
		return score, ErrNoText
	}
	score.Tokens, score.Unknown = ids.Len(), unknown.Count
	w := model.NewWorkers(threads)
	defer w.Close()
	if score.Nats, err = m.nats(ctx, ids, w); err != nil {
		return score, err
	}
	if math.IsNaN(score.Nats) || math.IsInf(score.Nats, 0) {
		return score, ErrNotFinite
	}
	score.finish()
	return score, nil
}

// counted passes chunks on and counts their bytes and characters.
func counted(text iter.Seq2[[]byte, error], score *Score) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var open []byte // from the start of a character that a chunk may cut
		for chunk, err := range text {
			score.Bytes += int64(len(chunk))
			open = append(open, chunk...)
			rest := open
			for utf8.FullRune(rest) {
				_, size := utf8.DecodeRune(rest)
				rest = rest[size:]
				score.Chars++
			}
			open = append(open[:0], rest...)
			if !yield(chunk, err) {
				return
			}
		}
		score.Chars += int64(utf8.RuneCount(open))
	}
}

// finish computes the means. Those of no text are 0.
func (s *Score) finish() {
	if s.Tokens == 0 {
		return
	}
	bits := s.Nats / math.Ln2
	s.NatsPerToken = s.Nats / float64(s.Tokens)
	s.Perplexity = min(math.Exp(s.NatsPerToken), math.MaxFloat64)
	s.BitsPerToken = bits / float64(s.Tokens)
	s.BitsPerChar = bits / float64(s.Chars)
	s.BitsPerByte = bits / float64(s.Bytes)
	s.CharsPerToken = float64(s.Chars) / float64(s.Tokens)
}

// nats returns −ln p of all tokens. A short text is read from its beginning; a longer one is cut into streams that run side
// by side, and what is left over is a stream of its own.
func (m *Model) nats(ctx context.Context, ids *tokenize.IDs, w *model.Workers) (float64, error) {
	streams := min(maxEvalStreams, ids.Len()/minEvalStream)
	if streams <= 1 {
		return m.newScorer().total(ctx, ids)
	}
	length := ids.Len() / streams
	total, err := m.streamNats(ctx, ids, w, 0, streams, length)
	if err != nil || length*streams == ids.Len() {
		return total, err
	}
	rest, err := m.streamNats(ctx, ids, w, length*streams, 1, ids.Len()-length*streams)
	return total + rest, err
}

// streamNats runs streams of equal length that follow each other in ids from a position on.
func (m *Model) streamNats(ctx context.Context, ids *tokenize.IDs, w *model.Workers, from, streams, length int) (float64, error) {
	state, total := m.network.NewState(streams), 0.0
	var window *model.Window
	for at := 0; at < length; {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		steps := min(evalSteps, length-at)
		if window == nil || window.Steps != steps {
			window = m.network.NewWindow(w, steps, streams)
		}
		in, out := make([]int32, steps*streams), make([]int32, steps*streams)
		for b := range streams {
			for t := range steps {
				i := from + b*length + at + t
				in[t*streams+b], out[t*streams+b] = m.before(ids, i), ids.At(i)
			}
		}
		total += window.Forward(in, out, state, 0)
		at += steps
	}
	return total, nil
}

// before returns the token that precedes token i; the first follows what a text begins after.
func (m *Model) before(ids *tokenize.IDs, i int) int32 {
	if i > 0 {
		return ids.At(i - 1)
	}
	start := m.promptIDs("")
	return start[len(start)-1]
}
