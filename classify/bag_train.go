package classify

import (
	"context"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// A bagTrainer trains a bag. Each kind of n-grams has weights that are trained apart, for the whole of the task, and added
// up in a proportion that validation chooses: words, characters and the beginning of a text make different mistakes.
type bagTrainer struct {
	task            labelset.Task
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
	Kinds []KindChoice `json:"kinds"` // of n-grams, in the order of [NGrams.AppendHashes]
}

// A KindChoice says how the weights of one kind of n-grams are trained.
type KindChoice struct {
	BagWay
	Factor float64 `json:"factor"` // that the weights are multiplied by when all kinds are added up
}

// bagWays are the ways among which validation chooses; the first is taken where there is nothing to validate on. That a
// linear model starts at naive Bayes is what makes it good at opinions in few words (Wang & Manning 2012, who
// interpolate between the two; section 2.4).
var bagWays = []BagWay{{Bayes: 0.5, Rate: 8}, {Bayes: 0, Rate: 1}, {Bayes: 0, Rate: 4}, {Bayes: 1, Rate: 1}}

const (
	bagPasses = 10       // over the documents
	bagStream = 0x626167 // "bag": separates its random numbers from others with the same seed
)

// choose sets the bag's table in the best way and returns that way. The kinds are added up one after the other.
func (t *bagTrainer) choose(ctx context.Context, b *bag) (c BagChoice, err error) {
	clear(b.table.Value)
	before := b.logits(t.valid.documents)
	for i, ids := range t.kinds() {
		k := KindChoice{Factor: 1}
		if k.BagWay, err = t.kind(ctx, b, ids, bagWays); err != nil {
			return c, err
		}
		after := b.logits(t.valid.documents)
		if i > 0 && t.valid.len() > 0 {
			if k.Factor, after, err = bestMix(t.task, before, add(after, before, -1), t.valid.truth); err != nil {
				return c, err
			}
			b.scale(ids, k.Factor)
		}
		before = after
		c.Kinds = append(c.Kinds, k)
	}
	return c, nil
}

// train sets the bag's table in a way that was chosen before.
func (t *bagTrainer) train(ctx context.Context, b *bag, c BagChoice) error {
	kinds := t.kinds()
	if len(c.Kinds) != len(kinds) {
		return fmt.Errorf("classify: the model file says how to train %d kinds of n-grams, but there are %d", len(c.Kinds), len(kinds))
	}
	for i, ids := range kinds {
		if _, err := t.kind(ctx, b, ids, []BagWay{c.Kinds[i].BagWay}); err != nil {
			return err
		}
		b.scale(ids, c.Kinds[i].Factor)
	}
	return nil
}

// kinds returns the ids of the kinds of n-grams that there are.
func (t *bagTrainer) kinds() []idRange {
	ranges := t.grams.ranges()
	return slices.DeleteFunc(ranges[:], func(ids idRange) bool { return ids.len() == 0 })
}

// kind trains the weights of the n-grams whose ids are in a range, in the best of some ways, which it returns.
func (t *bagTrainer) kind(ctx context.Context, b *bag, ids idRange, ways []BagWay) (BagWay, error) {
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
	fitted, err := measure.FitTemperature(t.task, rows, t.valid.truth)
	return max(fitted.After, leastLoss(t.valid.len())), err
}
