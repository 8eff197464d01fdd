package bag

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// Examples are documents by the ids of their n-grams, in the order of [NGrams.AppendIDs], with the numbers of their labels.
type Examples struct {
	IDs   [][]int32
	Truth [][]int
}

// A Trainer trains the weights of a bag, [Grams.Buckets][Labels]. Each kind of n-grams has weights that are trained
// apart, for the whole of the task, and added up in a proportion that validation chooses: words, characters and the
// beginning of a text make different mistakes.
type Trainer struct {
	Task            labelset.Task
	Grams           NGrams
	Labels          int
	Training, Valid Examples // without examples to validate on, nothing is chosen
	Seed            uint64
	Threads         int // ways tried at a time; the result is the same for any

	trainIDs, validIDs [][]int32 // of the kind that is being trained
}

// A Way is a way to train the weights of one kind of n-grams.
type Way struct {
	Bayes float64 `json:"bayes"` // the start: a share of the weights of naive Bayes
	Rate  float64 `json:"lr"`    // the learning rate at the start, from which it falls to 0 in a straight line
}

// A Choice says how the weights of n-grams are trained, as validation chose.
type Choice struct {
	Kinds []KindChoice `json:"kinds"` // of n-grams, in the order of [NGrams.AppendHashes]
}

// A KindChoice says how the weights of one kind of n-grams are trained.
type KindChoice struct {
	Way
	Factor float64 `json:"factor"` // that the weights are multiplied by when all kinds are added up
}

// ways are the ways among which validation chooses; the first is taken where there is nothing to validate on. That a
// linear model starts at naive Bayes is what makes it good at opinions in few words (Wang & Manning 2012, who
// interpolate between the two; section 2.4).
var ways = []Way{{Bayes: 0.5, Rate: 8}, {Bayes: 0, Rate: 1}, {Bayes: 0, Rate: 4}, {Bayes: 1, Rate: 1}}

const (
	passes = 10       // over the documents
	stream = 0x626167 // "bag": separates its random numbers from others with the same seed
)

// Choose sets the weights in the best way and returns that way. The kinds are added up one after the other.
func (t *Trainer) Choose(ctx context.Context, weights []float32) (c Choice, err error) {
	clear(weights)
	before := Logits(weights, t.Labels, t.Valid.IDs)
	for i, ids := range t.kinds() {
		k := KindChoice{Factor: 1}
		if k.Way, err = t.kind(ctx, weights, ids, ways); err != nil {
			return c, err
		}
		after := Logits(weights, t.Labels, t.Valid.IDs)
		if i > 0 && len(t.Valid.IDs) > 0 {
			if k.Factor, after, err = Mix(t.Task, before, add(after, before, -1), t.Valid.Truth); err != nil {
				return c, err
			}
			t.scale(weights, ids, k.Factor)
		}
		before = after
		c.Kinds = append(c.Kinds, k)
	}
	return c, nil
}

// Train sets the weights in a way that was chosen before.
func (t *Trainer) Train(ctx context.Context, weights []float32, c Choice) error {
	kinds := t.kinds()
	if len(c.Kinds) != len(kinds) {
		return fmt.Errorf("the model file says how to train %d kinds of n-grams, but there are %d", len(c.Kinds), len(kinds))
	}
	for i, ids := range kinds {
		if _, err := t.kind(ctx, weights, ids, []Way{c.Kinds[i].Way}); err != nil {
			return err
		}
		t.scale(weights, ids, c.Kinds[i].Factor)
	}
	return nil
}

// scale multiplies the weights of some ids.
func (t *Trainer) scale(weights []float32, ids idRange, factor float64) {
	for i := ids.low * t.Labels; i < ids.high*t.Labels; i++ {
		weights[i] *= float32(factor)
	}
}

// kinds returns the ids of the kinds of n-grams that there are.
func (t *Trainer) kinds() []idRange {
	ranges := t.Grams.ranges()
	return slices.DeleteFunc(ranges[:], func(ids idRange) bool { return ids.len() == 0 })
}

// kind trains the weights of the n-grams whose ids are in a range, in the best of some ways, which it returns.
func (t *Trainer) kind(ctx context.Context, weights []float32, ids idRange, ways []Way) (Way, error) {
	t.trainIDs, t.validIDs = within(t.Training.IDs, ids), within(t.Valid.IDs, ids)
	best, way, err := t.best(ctx, ids, ways)
	if err != nil {
		return Way{}, err
	}
	// A kind is trained as if it were alone, but the sum over all n-grams is divided by the root of their number.
	share := float32(math.Sqrt(t.ratio()))
	for i, w := range best.weights {
		weights[ids.low*t.Labels+i] = share * w
	}
	return way, nil
}

// ratio returns how many n-grams there are for each of the kind that is being trained.
func (t *Trainer) ratio() float64 {
	all, own := 0, 0
	for i, ids := range t.Training.IDs {
		all += len(ids)
		own += len(t.trainIDs[i])
	}
	return float64(all) / float64(max(own, 1))
}

// within returns the ids of each document that are in a range. They stand together, and in the memory of all: a copy would
// be as large as the rest of what is held of short documents.
func within(docs [][]int32, r idRange) [][]int32 {
	list := make([][]int32, len(docs))
	for i, ids := range docs {
		from := sort.Search(len(ids), func(j int) bool { return int(ids[j]) >= r.low })
		to := sort.Search(len(ids), func(j int) bool { return int(ids[j]) >= r.high })
		list[i] = ids[from:to]
	}
	return list
}

// best trains in every way and returns the model with the least log loss on validation, at its best temperature.
func (t *Trainer) best(ctx context.Context, ids idRange, ways []Way) (*Linear, Way, error) {
	if len(t.Valid.IDs) == 0 {
		ways = ways[:1]
	}
	models, losses := make([]*Linear, len(ways)), make([]float64, len(ways))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(t.Threads, 1))
	for i, way := range ways {
		g.Go(func() error {
			var err error
			models[i] = NewLinear(t.Task, NGrams{Buckets: ids.len()}, t.Labels)
			models[i].first = ids.low
			losses[i], err = t.try(ctx, models[i], way)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, Way{}, err
	}
	best := slices.Index(losses, slices.Min(losses))
	return models[best], ways[best], nil
}

// try trains in one way and validates.
func (t *Trainer) try(ctx context.Context, l *Linear, way Way) (loss float64, err error) {
	if way.Bayes > 0 {
		l.startAtBayes(t.trainIDs, t.Training.Truth, way.Bayes)
	}
	cfg := LinearConfig{Epochs: passes, Rate: way.Rate, NoBias: true}
	if err := l.Train(ctx, cfg, t.trainIDs, t.Training.Truth, t.Seed^stream); err != nil || len(t.Valid.IDs) == 0 {
		return 0, err
	}
	rows := make([][]float32, len(t.Valid.IDs))
	for i, ids := range t.validIDs {
		rows[i] = make([]float32, t.Labels)
		l.scores(ids, rows[i])
	}
	fitted, err := measure.FitTemperature(t.Task, rows, t.Valid.Truth)
	return max(fitted.After, leastLoss(len(t.Valid.IDs))), err
}
