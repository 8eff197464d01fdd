package train

import "fmt"

// Text and validation are of different kinds if, while the text is read for the first time, so that both are new to the
// network, mismatchTimes validations in a row have a loss that is above the running mean of that in training by mismatchShare
// of it and by mismatchLeast nats. A network that had learned before the run, whose first loss is below mismatchBegin of the
// entropy of single tokens, may know the text, and is not judged.
//
// Measured with LSTMs of 128 units, ratio of the losses: plays, detective stories, sums, dates and sentences of one kind
// 0.99 to 1.07; a comedy after two novels, and the end of a log, 1.26; logs of another program 3 to 4.
const (
	mismatchShare = 0.2
	mismatchLeast = 0.2
	mismatchTimes = 2
	mismatchBegin = 0.9
)

// mismatchState counts validations in a row.
type mismatchState struct {
	First float64 `json:"first,omitempty"` // loss in the first record
	Apart int     `json:"apart,omitempty"`
}

func (w *watched) mismatch(r Record, f Facts) (v Verdict, found bool) {
	s := &w.Mismatch
	if s.First == 0 {
		s.First = r.Loss
	}
	if r.ValidLoss == nil || f.Text == 0 || r.Tokens > int64(f.Text) || s.First < mismatchBegin*f.Unigram {
		return v, false
	}
	loss, training := *r.ValidLoss, w.Fit.Training
	if loss < training+max(mismatchLeast, mismatchShare*training) {
		s.Apart = 0
		return v, false
	}
	if s.Apart++; s.Apart < mismatchTimes {
		return v, false
	}
	return f.verdict(Mismatched, r.Step, "", fmt.Sprintf(
		"while the text is read for the first time, so that all of it is new to the network, the loss is %.3f nats in training and %.3f on validation",
		training, loss)), true
}
