package train

import (
	"context"
	"fmt"
)

// A loss that leaps is told from one that is merely uneven by what has been learned: it is lost again.
const (
	// leapFactor and leapNats: a batch whose loss is above leapFactor times that of the first batch, of the running mean
	// or of knowing single tokens' frequencies, whichever is highest, plus leapNats is a leap at once. The first loss is
	// about ln V, that of knowing nothing, unless the model was trained before; healthy runs are at most some 0.2 nats
	// above it, in their first steps. An IRNN with learning rate 0.001 on tinyshakespeare, clipped at 1, goes from 4.2 to
	// more than 3,000 nats within 25 steps.
	leapFactor = 2
	leapNats   = 2

	// lostShare and hadShare: a loss above lostShare of the entropy of single tokens, after a running mean below hadShare
	// of it, is a leap if leapSteps batches in a row have it; fewer may be a foreign passage in the text. If that entropy
	// is not known, as in a classifier, whose batches are uneven, only leapFactor counts.
	lostShare = 0.95
	hadShare  = 0.75
	leapSteps = 20

	// leapDecay makes the running mean one of some 50 steps.
	leapDecay = 0.98

	// leapTokens is how many tokens, or documents, a loss must be of: batches of fewer are judged together. The loss of one
	// has no bound in a healthy run: that of a single document of two labels passed 3.9 nats where their mean was 0.2.
	leapTokens = 16
)

// leapState remembers the loss of a run.
type leapState struct {
	First float64 `json:"first,omitempty"` // loss of the first batch
	Mean  float64 `json:"mean,omitempty"`  // running mean of the losses that are no leap
	Above int     `json:"above,omitempty"` // batches in a row that seem to be one
	Valid float64 `json:"valid,omitempty"` // loss of the last validation that was no leap

	Nats   float64 `json:"nats,omitempty"` // of the batches that are too small to be judged yet
	Tokens int     `json:"tokens,omitempty"`
}

// add takes a batch. Once there are tokens enough, it returns their mean loss, which is to be observed.
func (s *leapState) add(b Batch) (loss float64, enough bool) {
	s.Nats += b.Nats
	s.Tokens += b.Tokens
	loss = s.Nats / float64(max(1, s.Tokens))
	if s.Tokens < leapTokens {
		return loss, false
	}
	s.Nats, s.Tokens = 0, 0
	return loss, true
}

// suspect reports whether the loss may be leaping.
func (s *leapState) suspect(unigram float64) bool {
	return s.Above > 0 || s.First > 0 && s.Nats > s.bound(unigram)*float64(s.Tokens)
}

// forget begins anew with the weights of a good state.
func (s *leapState) forget() { s.Above, s.Nats, s.Tokens = 0, 0, 0 }

// observe takes the loss of a batch, or of several small ones, in nats a token, and reports whether it is a leap. Unigram is 0
// if it is not known.
func (s *leapState) observe(loss, unigram float64) bool {
	if s.First == 0 {
		s.First, s.Mean = loss, loss
		return false
	}
	switch {
	case loss > s.bound(unigram):
		s.Above++
		return true
	case s.Mean < hadShare*unigram && loss > lostShare*unigram:
		s.Above++
		return s.Above >= leapSteps
	}
	s.Above = 0
	s.Mean = leapDecay*s.Mean + (1-leapDecay)*loss
	return false
}

// bound returns the loss above which that of a single batch is a leap.
func (s *leapState) bound(unigram float64) float64 {
	return leapFactor*max(s.First, s.Mean, unigram) + leapNats
}

// validated takes the loss of a validation and reports whether it is a leap. The text may be one that the model knows much
// less of than of what it trains on: what is high from the start, where there was a model before, or rises from validation
// to validation is none.
func (s *leapState) validated(loss, unigram float64) bool {
	trainedBefore := s.First < lostShare*unigram
	switch {
	case s.First == 0, s.Valid == 0 && trainedBefore:
	case loss > max(s.bound(unigram), leapFactor*s.Valid+leapNats):
		return true
	}
	s.Valid = loss
	return false
}

// checkLeap returns an error if the loss leaps and the guard is to act on it; if it is to warn, it says so once.
func (l *Loop) checkLeap(u Update) error {
	if l.cfg.Guard == GuardOff || u.Rate == 0 {
		return nil
	}
	g := &l.state.Guard
	before := g.Leap.Mean
	loss, enough := g.Leap.add(u.Batch)
	if !enough || !g.Leap.observe(loss, l.facts.Unigram) {
		return nil
	}
	err := &DivergedError{Step: u.Step, What: "loss", Value: loss, Before: before, Tensor: l.steepest()}
	if l.cfg.Guard == GuardAct {
		return err
	}
	if g.Watched.say(Exploding) {
		g.Verdicts = append(g.Verdicts, l.verdictOn(err))
	}
	return nil
}

// checkValidation returns an error if the loss of a validation is not finite, or, if the guard is to act on it, leaps: what
// an update ruined must not become the best. What the last good state has as well is no leap: the text is another than that
// of training, and going back would not help. A resumed run has no such state yet, nor anything to go back to.
func (l *Loop) checkValidation(ctx context.Context, m Metrics) error {
	leap := &l.state.Guard.Leap
	if finite(m.Loss) && (!leap.validated(m.Loss, l.facts.Unigram) || l.cfg.Guard != GuardAct) {
		return nil
	}
	if finite(m.Loss) {
		good, err := l.validateGood(ctx, m)
		if err != nil {
			return fmt.Errorf("validation after step %d: %w", l.state.Step, err)
		}
		if m.Loss <= leapFactor*good.Loss+leapNats {
			leap.Valid = m.Loss
			return nil
		}
	}
	return &DivergedError{Step: l.state.Step, What: "validation loss", Value: m.Loss, Before: leap.Mean, Tensor: l.steepest()}
}

// steepest returns the name of the parameter with the greatest gradient in the last step.
func (l *Loop) steepest() string {
	name, greatest := "", 0.0
	for i, p := range l.params {
		if norm := l.clipper.Norm(i); norm > greatest {
			name, greatest = p.Name, norm
		}
	}
	return name
}
