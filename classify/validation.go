package classify

import (
	"context"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/model/train"
)

// validation labels the same documents again and again.
type validation struct {
	scorer *scorer
	loss   loss
	data   *tokenised  // without n-grams
	bag    *bagPart    // nil: none
	sums   [][]float32 // what the bag says of the documents
	logits [][]float32 // of the last run, by document
}

func newValidation(s *scorer, l loss, data *tokenised, b *bagPart) *validation {
	v := &validation{scorer: s, loss: l, data: data.withoutNGrams(), bag: b}
	if b != nil {
		v.sums = b.logits(data)
	}
	return v
}

// run labels all documents. It sets the share that the bag has in the logits, which training does not look at.
func (v *validation) run(ctx context.Context) (train.Metrics, error) {
	var err error
	if v.logits, err = v.scorer.score(ctx, v.data.documents); err != nil {
		return train.Metrics{}, err
	}
	if v.bag != nil {
		var factor float64
		if factor, v.logits, err = bag.Mix(v.loss.task, v.logits, v.sums, v.data.truth); err != nil {
			return train.Metrics{}, err
		}
		v.bag.weigh(factor)
	}
	return v.metrics()
}

// metrics returns the mean loss and the macro-F1. With a bag, whose logits are on a scale of their own, the loss is that
// at the best temperature.
func (v *validation) metrics() (train.Metrics, error) {
	beta := float32(1)
	if v.bag != nil {
		best, err := measure.FitTemperature(v.loss.task, v.logits, v.data.truth)
		if err != nil {
			return train.Metrics{}, err
		}
		beta = float32(1 / best.T)
	}
	nats, predicted, scaled := 0.0, make([][]int, v.data.len()), make([]float32, len(v.logits[0]))
	for i, row := range v.logits {
		for j, z := range row {
			scaled[j] = beta * z
		}
		nats += v.loss.document(scaled, nil, v.data.truth[i], 0)
		predicted[i] = v.predicted(row)
	}
	score := measure.MacroF1(v.data.truth, predicted, len(v.logits[0]))
	return train.Metrics{Loss: nats / float64(len(predicted)), Score: &score, Tokens: len(predicted)}, nil
}

// predicted returns the labels that logits stand for: the largest, or those above zero, a probability of a half.
func (v *validation) predicted(row []float32) []int {
	if v.loss.task == labelset.MultiLabel {
		return measure.Above(row, 0)
	}
	return []int{measure.MostProbable(row)}
}
