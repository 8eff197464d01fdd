package model

import (
	"fmt"
	"math"
	"slices"
)

// PredictFrequencies sets the biases of the head, so that a model whose weights are still small predicts each token as
// often as it was counted, whatever it reads: b_i = ln((n_i + 1) / (N + V)), Laplace's estimate. Counts, [V], are by
// token; of an adaptive softmax, whose tails have no biases, those of the frequent tokens and of the tails as wholes are set.
// It panics unless there are V counts, none of them negative.
//
// Frequencies are what a network learns first, and the biases would have to travel far for it: ln 10⁻⁵ is −11.5, and Adam
// moves by no more than its rate a step. Until then constant features stand in for them, and Adam drives the units of the
// last layer to their limits to have such. Setting biases by what is known of the data is common practice (Karpathy 2019,
// "A recipe for training neural networks", section 2; Lin et al. 2017, section 4.1).
func (m *LanguageModel) PredictFrequencies(counts []int) {
	if len(counts) != m.cfg.VocabSize {
		panic(fmt.Sprintf("model: frequencies of %d tokens for a vocabulary of %d", len(counts), m.cfg.VocabSize))
	}
	if least := slices.Min(counts); least < 0 {
		panic(fmt.Sprintf("model: a frequency of %d", least))
	}
	total := len(counts)
	for _, n := range counts {
		total += n
	}
	share := func(from, to int) float32 {
		sum := 0
		for _, n := range counts[from:to] {
			sum += n + 1
		}
		return float32(math.Log(float64(sum) / float64(total)))
	}
	bias := m.head.bias.Value
	words := len(bias) - len(m.tails)
	for i := range words {
		bias[i] = share(i, i+1)
	}
	for i, t := range m.tails {
		bias[words+i] = share(t.low, t.high)
	}
}
