package classify

import (
	"context"

	"github.com/textgen-go/textgen/model/train"
)

// validation labels the same documents again and again.
type validation struct {
	scorer *scorer
	loss   loss
	data   *tokenised  // without n-grams
	bag    *bag        // nil: none
	sums   [][]float32 // what the bag says of the documents
	logits [][]float32 // of the last run, by document
}

func newValidation(s *scorer, l loss, data *tokenised, b *bag) *validation {
	v := &validation{scorer: s, loss: l, data: data.withoutNGrams(), bag: b}
	if b != nil {
		v.sums = b.logits(data.documents)
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
		if factor, v.logits, err = bestMix(v.loss.task, v.logits, v.sums, v.data.truth); err != nil {
			return train.Metrics{}, err
		}
		v.bag.weigh(factor)
	}
	return v.metrics(), nil
}

func (v *validation) metrics() train.Metrics {
	nats, outcomes := 0.0, make([]outcome, v.data.len())
	for i, row := range v.logits {
		nats += v.loss.document(row, nil, v.data.truth[i], 0)
		outcomes[i] = outcome{truth: v.data.truth[i], predicted: v.predicted(row)}
	}
	n := count(outcomes, len(v.logits[0]))
	score := n.macroF1()
	return train.Metrics{Loss: nats / float64(len(outcomes)), Score: &score, Tokens: len(outcomes)}
}

// predicted returns the labels that logits stand for: the largest, or those above zero, a probability of a half.
func (v *validation) predicted(row []float32) []int {
	if v.loss.task == MultiLabel {
		return above(row, 0)
	}
	return []int{mostProbable(row)}
}
