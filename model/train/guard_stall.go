package train

import "fmt"

// A run stalls if, after stallAfter of its planned steps and at least stallSteps, the mean loss of a period is above
// stallShare of the entropy of single tokens: frequencies alone would do as well. It also stalls, in the first half of
// the run, if two periods in a row each bring less than flatShare of the loss while it is above flatAbove of that
// entropy: a network that has learned more than that may well have learned what it can. A period is periodShare of the
// planned steps, at least periodSteps.
//
// Measured on tinyshakespeare: LSTMs, GRUs and tanh networks of width 128 are below 0.8 of the entropy of single
// characters, 3.3 nats, after 75 steps.
const (
	stallAfter  = 0.1
	stallSteps  = 300
	stallShare  = 0.98
	flatShare   = 0.002
	flatAbove   = 0.85
	flatPeriods = 2
	periodShare = 0.05
	periodSteps = 100
)

// stallState adds up a period.
type stallState struct {
	From    int     `json:"from,omitempty"` // step at which the period began
	Sum     float64 `json:"sum,omitempty"`  // of the losses of its steps
	Before  float64 `json:"before,omitempty"`
	Flat    int     `json:"flat,omitempty"` // periods in a row that brought too little
	Counted int     `json:"counted,omitempty"`
}

func (w *watched) stall(r Record, f Facts) (v Verdict, found bool) {
	mean, over := w.Stall.add(r, max(periodSteps, int(periodShare*float64(f.Steps))))
	if !over || f.Unigram == 0 {
		return v, false
	}
	s := &w.Stall
	if s.Before > 0 && s.Before-mean < flatShare*s.Before {
		s.Flat++
	} else {
		s.Flat = 0
	}
	before := s.Before
	s.Before = mean
	switch {
	case r.Step >= max(stallSteps, int(stallAfter*float64(f.Steps))) && mean > stallShare*f.Unigram:
		return f.verdict(Stalled, r.Step, "", fmt.Sprintf(
			"the loss is %.3f nats; knowing how often each token occurs gives %.3f", mean, f.Unigram)), true
	case s.Flat >= flatPeriods && mean > flatAbove*f.Unigram && r.Step <= f.Steps/2:
		return f.verdict(Stalled, r.Step, "", fmt.Sprintf(
			"the loss was %.4f nats and is %.4f; knowing how often each token occurs gives %.3f", before, mean, f.Unigram)), true
	}
	return v, false
}

// add takes a record in. At the end of a period it returns the mean loss in it.
func (s *stallState) add(r Record, period int) (mean float64, over bool) {
	n := r.Step - s.From - s.Counted
	s.Sum += r.Loss * float64(n)
	s.Counted += n
	if s.Counted < period {
		return 0, false
	}
	mean = s.Sum / float64(s.Counted)
	s.From, s.Sum, s.Counted = r.Step, 0, 0
	return mean, true
}
