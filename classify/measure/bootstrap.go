package measure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// DefaultResamples is the number of resamples of a bootstrap that is worth reporting.
const DefaultResamples = 1000

// An Interval holds a measure's value with 95 % confidence.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// bootstrap draws as many documents as there are, with replacement, again and again, and returns the intervals from the
// 2.5th to the 97.5th percentile of their accuracy and macro F1 (Efron 1979, percentile method).
func bootstrap(outcomes []outcome, labels, resamples int, seed uint64) (accuracy, macroF1 Interval) {
	rng := rand.New(rand.NewPCG(seed, 0))
	accuracies, f1s := make([]float64, resamples), make([]float64, resamples)
	n := count(nil, labels)
	for i := range resamples {
		n.reset()
		for range outcomes {
			n.add(outcomes[rng.IntN(len(outcomes))])
		}
		accuracies[i] = ratio(n.exact, n.documents)
		f1s[i] = n.macroF1()
	}
	return percentiles(accuracies), percentiles(f1s)
}

// flawless is the interval of the accuracy where all of n documents are right, which no resample can put in doubt: the
// least share p of right documents that makes so much luck as likely as 2.5 %, pⁿ = 0.025 (Clopper & Pearson 1934).
func flawless(n int) Interval { return Interval{Low: math.Pow(0.025, 1/float64(n)), High: 1} }

// hopeless is the interval of the accuracy where all of n documents are wrong, by the same reasoning.
func hopeless(n int) Interval { return Interval{Low: 0, High: 1 - flawless(n).Low} }

// percentiles sorts the values and returns the middle 95 %.
func percentiles(values []float64) Interval {
	slices.Sort(values)
	return Interval{quantile(values, 0.025), quantile(values, 0.975)}
}

// quantile interpolates between the sorted values next to q·(n−1), as NumPy does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
