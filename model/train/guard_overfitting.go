package train

import "fmt"

// A run overfits if, fitTimes validations or more after the best, the validation loss is above the best by fitShare of it and
// by fitLeast nats, while the training loss is lower by fitShare than it was at the best. Validations of healthy runs go up
// and down by less than 1 %. Of two classifiers of some forty documents, which had hardly begun, one went from 0.019 to 0.020
// nats, and one rose while its training loss fell from 0.698 to 0.685: that is nothing learned by heart.
const (
	fitShare = 0.03
	fitLeast = 0.01
	fitTimes = 3

	// fitDecay makes the training loss that is compared a running mean, for that of a record may be of one batch.
	fitDecay = 0.9
)

// fitState remembers the best validation.
type fitState struct {
	Training float64 `json:"training,omitempty"` // running mean of the training loss
	Best     float64 `json:"best,omitempty"`     // validation loss
	AtBest   float64 `json:"at_best,omitempty"`  // training loss then
	Step     int     `json:"step,omitempty"`     // of the best
	Since    int     `json:"since,omitempty"`    // validations since
}

func (w *watched) overfitting(r Record, f Facts) (v Verdict, found bool) {
	s := &w.Fit
	if s.Training == 0 {
		s.Training = r.Loss
	}
	s.Training = fitDecay*s.Training + (1-fitDecay)*r.Loss
	if r.ValidLoss == nil {
		return v, false
	}
	loss := *r.ValidLoss
	if s.Step == 0 || loss < s.Best {
		s.Best, s.AtBest, s.Step, s.Since = loss, s.Training, r.Step, 0
		return v, false
	}
	s.Since++
	if s.Since < fitTimes || loss < s.Best+max(fitLeast, fitShare*s.Best) || s.Training > (1-fitShare)*s.AtBest {
		return v, false
	}
	return f.verdict(Overfitting, r.Step, "", fmt.Sprintf(
		"the validation loss was best at step %d with %.3f nats and is %.3f, while that in training fell from %.3f to %.3f",
		s.Step, s.Best, loss, s.AtBest, s.Training)), true
}
