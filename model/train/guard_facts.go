package train

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/model"
)

// Facts is what a guard needs to know of a task. What is 0 is not known, and not judged by.
type Facts struct {
	Steps      int     `json:"steps,omitempty"`      // of the run as planned
	Window     int     `json:"window,omitempty"`     // tokens that gradients travel back at most
	Unigram    float64 `json:"unigram,omitempty"`    // entropy of single training tokens, in nats: what knowing their frequencies alone achieves
	Text       int     `json:"text,omitempty"`       // tokens that an epoch learns from; 0 if validation is on the ends of the same streams
	Dependency int     `json:"dependency,omitempty"` // the longest lag looked at over which training tokens depend on each other
	Rate       float64 `json:"lr,omitempty"`         // learning rate at its highest
	Clip       float64 `json:"clip,omitempty"`       // limit of the gradients' norm

	// What there is in the network already.
	Gated      bool `json:"gated,omitempty"`      // an LSTM or a GRU
	Orthogonal bool `json:"orthogonal,omitempty"` // recurrent weights that began so, at their own size
	Normalised bool `json:"layer_norm,omitempty"`
}

const (
	// factTokens bounds how many tokens are counted.
	factTokens = 1 << 20
	// factClasses is the number of classes of tokens whose dependence is measured: the most frequent tokens each by
	// itself, all others together.
	factClasses = 32
	// factExcess and factSigmas: a dependence counts if the test's statistic is so many times, and standard deviations,
	// above what chance gives. Pairs near each other depend on each other, too, which widens the statistic: only one pair
	// in factStride is counted, and half as much again is asked of it.
	factExcess = 1.5
	factSigmas = 6
	factStride = 4
)

// Facts implements [Prober].
func (o *LanguageModel) Facts() Facts {
	tokens := make([]int32, min(o.streams.tokens.Len(), factTokens))
	if o.streams.read(tokens, 0) != nil { // then the next step fails of it, and says so
		return Facts{}
	}
	counts := make([]int, o.streams.vocab)
	for _, t := range tokens {
		counts[t]++
	}
	f := networkFacts(o.model.Config().RecurrentConfig)
	f.Window, f.Unigram, f.Dependency = o.cfg.Steps, entropy(counts, len(tokens)), dependency(classes(tokens, counts), o.cfg.Steps)
	if o.cfg.Tail == 0 { // what is validated on is no other text if it comes from all over this one
		f.Text = o.TrainingTokens()
	}
	return f
}

func networkFacts(c model.RecurrentConfig) Facts {
	return Facts{
		Gated:      c.Cell == model.LSTM || c.Cell == model.GRU,
		Orthogonal: (c.Init.Scheme == model.Orthogonal || c.Init.Scheme == "") && (c.Init.RecurrentScale == 0 || c.Init.RecurrentScale == 1),
		Normalised: c.LayerNorm,
	}
}

// entropy returns −Σ p·ln p of counts that sum to n.
func entropy(counts []int, n int) float64 {
	var h float64
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / float64(n)
			h -= p * math.Log(p)
		}
	}
	return h
}

// classes maps every token to one of factClasses classes.
func classes(tokens []int32, counts []int) []uint8 {
	byCount := make([]int, len(counts))
	for i := range byCount {
		byCount[i] = i
	}
	slices.SortStableFunc(byCount, func(a, b int) int { return counts[b] - counts[a] })
	class := make([]uint8, len(counts))
	for rank, id := range byCount {
		class[id] = uint8(min(rank, factClasses-1))
	}
	out := make([]uint8, len(tokens))
	for i, t := range tokens {
		out[i] = class[t]
	}
	return out
}

// dependency returns the longest of the lags that are probed in a window over which tokens depend on each other, or 0.
func dependency(tokens []uint8, window int) int {
	longest := 0
	for _, k := range ProbedLags(window) {
		if k > 0 && k < len(tokens) && dependent(tokens, k) {
			longest = k
		}
	}
	return longest
}

// dependent tests whether tokens k apart are independent, by the G-test: twice the number of pairs times their mutual
// information in nats follows, if they are, χ² with d degrees of freedom, whose mean is d and variance 2d.
func dependent(tokens []uint8, k int) bool {
	var pairs [factClasses][factClasses]int
	n := 0
	for i := 0; i+k < len(tokens); i += factStride {
		pairs[tokens[i]][tokens[i+k]]++
		n++
	}
	var first, second, both []int
	var columns [factClasses]int
	for _, row := range pairs {
		sum := 0
		for j, c := range row {
			sum += c
			columns[j] += c
			both = append(both, c)
		}
		first = append(first, sum)
	}
	second = columns[:]
	information := entropy(first, n) + entropy(second, n) - entropy(both, n)
	d := float64((used(first) - 1) * (used(second) - 1))
	return d > 0 && 2*float64(n)*information > factExcess*d+factSigmas*math.Sqrt(2*d)
}

// used counts what is not 0.
func used(counts []int) int {
	n := 0
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	return n
}
