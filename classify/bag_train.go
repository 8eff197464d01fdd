package classify

import (
	"context"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"
)

// A bagTrainer trains a bag. Words and characters have weights that are trained apart, each kind for the whole of the
// task, and added up in a proportion that validation chooses: they make different mistakes.
type bagTrainer struct {
	task            Task
	grams           NGrams
	training, valid *tokenised // without documents to validate on, nothing is chosen
	seed            uint64
	threads         int // ways tried at a time; the result is the same for any

	labels             int
	trainIDs, validIDs [][]int32 // of the kind that is being trained
}

// A BagWay is a way to train the weights of one kind of n-grams.
type BagWay struct {
	Bayes float64 `json:"bayes"` // the start: a share of the weights of naive Bayes
	Rate  float64 `json:"lr"`    // the learning rate at the start, from which it falls to 0 in a straight line
}

// A BagChoice says how the weights of n-grams are trained, as validation chose.
type BagChoice struct {
	Words  BagWay  `json:"words"`
	Chars  BagWay  `json:"chars"`
	Factor float64 `json:"factor"` // that the weights of characters are multiplied by where there are words, too
}

// bagWays are the ways among which validation chooses; the first is taken where there is nothing to validate on. That a
// linear model starts at naive Bayes is what makes it good at opinions in few words (Wang & Manning 2012, who
// interpolate between the two; section 2.4).
var bagWays = []BagWay{{Bayes: 0.5, Rate: 8}, {Bayes: 0, Rate: 1}, {Bayes: 0, Rate: 4}, {Bayes: 1, Rate: 1}}

const (
	bagPasses = 10       // over the documents
	bagStream = 0x626167 // "bag": separates its random numbers from others with the same seed
)

// choose sets the bag's table in the best way and returns that way.
func (t *bagTrainer) choose(ctx context.Context, b *bag) (c BagChoice, err error) {
	words, chars := t.grams.ranges()
	clear(b.table.Value)
	c.Factor = 1
	if c.Words, err = t.kind(ctx, b, words, bagWays); err != nil {
		return c, err
	}
	first := b.logits(t.valid.documents)
	if c.Chars, err = t.kind(ctx, b, chars, bagWays); err != nil {
		return c, err
	}
	if words.len() == 0 || chars.len() == 0 || t.valid.len() == 0 {
		return c, nil
	}
	both := b.logits(t.valid.documents)
	c.Factor, _, err = bestMix(t.task, first, add(both, first, -1), t.valid.truth)
	b.scale(chars, c.Factor)
	return c, err
}

// train sets the bag's table in a way that was chosen before.
func (t *bagTrainer) train(ctx context.Context, b *bag, c BagChoice) error {
	words, chars := t.grams.ranges()
	_, err := t.kind(ctx, b, words, []BagWay{c.Words})
	if err == nil {
		_, err = t.kind(ctx, b, chars, []BagWay{c.Chars})
	}
	b.scale(chars, c.Factor)
	return err
}

// kind trains the weights of the n-grams whose ids are in a range, in the best of some ways, which it returns.
func (t *bagTrainer) kind(ctx context.Context, b *bag, ids idRange, ways []BagWay) (BagWay, error) {
	if ids.len() == 0 {
		return BagWay{}, nil
	}
	t.labels = b.table.Shape[1]
	t.trainIDs, t.validIDs = within(t.training, ids), within(t.valid, ids)
	best, way, err := t.best(ctx, ids.len(), ways)
	if err != nil {
		return BagWay{}, err
	}
	// A kind is trained as if it were alone, but the sum over all n-grams is divided by the root of their number.
	share := float32(math.Sqrt(t.ratio()))
	for i, w := range best.weights {
		b.table.Value[ids.low*t.labels+i] = share * w
	}
	return way, nil
}

// ratio returns how many n-grams there are for each of the kind that is being trained.
func (t *bagTrainer) ratio() float64 {
	all, own := 0, 0
	for i, doc := range t.training.documents {
		all += len(doc.NGrams)
		own += len(t.trainIDs[i])
	}
	return float64(all) / float64(max(own, 1))
}

// within returns the ids of each document that are in a range, counted from its low end.
func within(docs *tokenised, r idRange) [][]int32 {
	list := make([][]int32, docs.len())
	for i, doc := range docs.documents {
		for _, id := range doc.NGrams {
			if int(id) >= r.low && int(id) < r.high {
				list[i] = append(list[i], id-int32(r.low))
			}
		}
	}
	return list
}

// best trains in every way and returns the model with the least log loss on validation, at its best temperature.
func (t *bagTrainer) best(ctx context.Context, buckets int, ways []BagWay) (*linear, BagWay, error) {
	if t.valid.len() == 0 {
		ways = ways[:1]
	}
	models, losses := make([]*linear, len(ways)), make([]float64, len(ways))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(t.threads, 1))
	for i, way := range ways {
		g.Go(func() error {
			var err error
			models[i] = newLinear(t.task, NGrams{Buckets: buckets}, t.labels)
			losses[i], err = t.try(ctx, models[i], way)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, BagWay{}, err
	}
	best := slices.Index(losses, slices.Min(losses))
	return models[best], ways[best], nil
}

// try trains in one way and validates.
func (t *bagTrainer) try(ctx context.Context, l *linear, way BagWay) (loss float64, err error) {
	if way.Bayes > 0 {
		l.startAtBayes(t.trainIDs, t.training.truth, way.Bayes)
	}
	cfg := linearConfig{epochs: bagPasses, rate: way.Rate, noBias: true}
	if err := l.train(ctx, cfg, t.trainIDs, t.training.truth, t.seed^bagStream); err != nil || t.valid.len() == 0 {
		return 0, err
	}
	rows := make([][]float32, t.valid.len())
	for i, ids := range t.validIDs {
		rows[i] = make([]float32, t.labels)
		l.scores(ids, rows[i])
	}
	fitted, err := FitTemperature(t.task, rows, t.valid.truth)
	return max(fitted.After, leastLoss(t.valid.len())), err
}
