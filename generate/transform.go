package generate

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a token that may come next.
type candidate struct {
	id    int32
	logit float64
}

// penaliseRepetition makes the tokens of recent less likely: positive logits are divided by penalty, negative ones
// multiplied, once a token however often it occurs (Keskar et al. 2019).
func penaliseRepetition(cs []candidate, recent []int32, penalty float64) {
	for i, c := range cs {
		if !slices.Contains(recent, c.id) {
			continue
		}
		if c.logit > 0 {
			cs[i].logit /= penalty
		} else {
			cs[i].logit *= penalty
		}
	}
}

// heat divides the logits by a temperature above 0.
func heat(cs []candidate, temperature float64) {
	for i := range cs {
		cs[i].logit /= temperature
	}
}

// byLikelihood orders the most likely first, equals by their ids.
func byLikelihood(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id))
}

// mostInserted is the largest k for which keepTopK puts candidates into their places one by one: that moves up to k others
// each time, and of a large vocabulary it is as many again that come to move.
const mostInserted = 1 << 10

// keepTopK returns the k most likely candidates, sorted. For a small k it reads the others once.
func keepTopK(cs []candidate, k int) []candidate {
	k = min(k, len(cs))
	if k > mostInserted {
		slices.SortFunc(cs, byLikelihood)
		return cs[:k]
	}
	top := cs[:k]
	slices.SortFunc(top, byLikelihood)
	for _, c := range cs[k:] {
		if byLikelihood(c, top[k-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, c, byLikelihood)
		copy(top[at+1:], top[at:])
		top[at] = c
	}
	return top
}

// keepTopP returns the smallest set of the most likely candidates whose probability reaches p, sorted; at least one.
func keepTopP(cs []candidate, p float64) []candidate {
	slices.SortFunc(cs, byLikelihood)
	total := 0.0
	for _, c := range cs {
		total += weight(c, cs[0])
	}
	reached := 0.0
	for i, c := range cs {
		if reached += weight(c, cs[0]); reached >= p*total {
			return cs[:i+1]
		}
	}
	return cs
}

// keepMinP returns the candidates that are at least p times as likely as the most likely, in their order.
func keepMinP(cs []candidate, p float64) []candidate {
	top, kept := mostLikely(cs), cs[:0]
	for _, c := range cs {
		if weight(c, top) >= p {
			kept = append(kept, c)
		}
	}
	return kept
}

// mostLikely returns the candidate with the largest logit, the lowest id among equals.
func mostLikely(cs []candidate) candidate { return slices.MinFunc(cs, byLikelihood) }

// weight is the probability of c relative to that of the most likely candidate.
func weight(c, top candidate) float64 { return math.Exp(c.logit - top.logit) }

// draw chooses a candidate with its probability; u is uniform in [0, 1).
func draw(cs []candidate, u float64) int32 {
	top, total := mostLikely(cs), 0.0
	for _, c := range cs {
		total += weight(c, top)
	}
	rest := u * total
	for _, c := range cs {
		if rest -= weight(c, top); rest < 0 {
			return c.id
		}
	}
	return cs[len(cs)-1].id
}
