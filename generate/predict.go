package generate

import (
	"context"
	"math"
	"slices"

	"github.com/textgen-go/textgen/tokenize"
)

// Prediction is a token that may come next.
type Prediction struct {
	Token       string  `json:"token"` // as in the vocabulary
	Text        string  `json:"text"`  // what it reads as after the prompt
	Probability float64 `json:"probability"`
}

// Next returns the k most likely tokens after a prompt, the most likely first. Special tokens are left out; the
// probabilities are those of the model, over the whole vocabulary. K below 1 means all.
func (m *Model) Next(ctx context.Context, prompt string, k int) ([]Prediction, error) {
	s, err := m.newSession(ctx, Request{Prompt: prompt})
	if err != nil {
		return nil, err
	}
	defer s.close()
	all := logSumExp(s.logits)
	cs, err := s.sampler.candidates(s.logits)
	if err != nil {
		return nil, err
	}
	var out []Prediction
	for _, c := range likeliest(cs, k) {
		out = append(out, Prediction{
			Token: m.tokenizer.Token(c.id), Text: string(m.tokenizer.AppendText(nil, []int32{c.id})),
			Probability: math.Exp(c.logit - all),
		})
	}
	return out, nil
}

// likeliest returns the k most likely candidates, sorted; all if k is below 1.
func likeliest(cs []candidate, k int) []candidate {
	if k < 1 {
		k = len(cs)
	}
	return keepTopK(cs, k)
}

// firstOrdinary is the first token that is not special.
const firstOrdinary = tokenize.EOS + 1

// logSumExp returns ln Σ exp(x).
func logSumExp(x []float32) float64 {
	top, sum := float64(slices.Max(x)), 0.0
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}
