package bag

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/internal/kernel"
)

// fewLabels is the number of labels below which a row of weights is too short for a call of the kernel, which adds up the
// same.
const fewLabels = 32

// MostWeights bounds the size of a linear model: buckets · labels, 64 MiB of float32.
const MostWeights = 1 << 24

// A Linear is logistic regression over a bag of hashed parts: softmax(W·x + b), or a sigmoid for each label, where
// x counts 1/√n for each of a text's n parts, so that long texts do not shout.
type Linear struct {
	task    labelset.Task
	grams   NGrams
	labels  int
	weights []float32 // [buckets][labels]
	first   int       // id of the first row of weights
	bias    []float32
	ids     []int32
	exps    []float64 // of the labels' scores
}

// A LinearConfig says how a linear model is trained.
type LinearConfig struct {
	Epochs int     // over the documents
	Rate   float64 // at the start; it falls in a straight line to 0
	NoBias bool    // something else is going to have one
}

// NewLinear returns a model whose weights are 0.
func NewLinear(task labelset.Task, grams NGrams, labels int) *Linear {
	return &Linear{
		task: task, grams: grams, labels: labels,
		weights: make([]float32, grams.Buckets*labels), bias: make([]float32, labels),
	}
}

// Train runs stochastic gradient descent, a document a step, in an order that the seed decides.
func (l *Linear) Train(ctx context.Context, cfg LinearConfig, ids [][]int32, truth [][]int, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 0))
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	p := make([]float32, l.labels)
	step, steps := 0, cfg.Epochs*len(ids)
	for range cfg.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if err := ctx.Err(); err != nil { // a pass over many documents with thousands of labels takes minutes
				return err
			}
			l.step(ids[i], truth[i], cfg.Rate*(1-float64(step)/float64(steps)), p)
			if cfg.NoBias {
				clear(l.bias)
			}
			step++
		}
	}
	return nil
}

// startAtBayes sets the weights to share times those of naive Bayes for each label against the rest, over which parts a
// text has, however often: ln(with / without) less its mean over all parts, where 1 is added to the counts of the texts
// that have the part with the label and without it. Parts that no text has weigh 0.
func (l *Linear) startAtBayes(ids [][]int32, truth [][]int, share float64) {
	having := make([]float32, l.grams.Buckets) // texts
	last := make([]int32, l.grams.Buckets)     // text that was counted, from 1
	totals, total := make([]float64, l.labels), 0.0
	for i, text := range ids {
		for _, id := range text {
			bucket := int(id) - l.first
			if last[bucket] == int32(i+1) {
				continue
			}
			last[bucket] = int32(i + 1)
			having[bucket]++
			total++
			for _, label := range truth[i] {
				l.weights[bucket*l.labels+label]++
				totals[label]++
			}
		}
	}
	for bucket, n := range having {
		if n == 0 {
			continue
		}
		row := l.weights[bucket*l.labels:][:l.labels]
		for label, with := range row {
			odds := float64(with+1) / float64(n-with+1)
			mean := (totals[label] + 1) / (total - totals[label] + 1)
			row[label] = float32(share * math.Log(odds/mean))
		}
	}
}

// step moves the weights against the gradient of one document's loss, (p − y)·x.
func (l *Linear) step(ids []int32, truth []int, rate float64, p []float32) {
	l.scores(ids, p)
	l.squash(p)
	for _, label := range truth {
		p[label]--
	}
	for i := range p {
		p[i] *= float32(rate)
		l.bias[i] -= p[i]
		p[i] *= -scale(len(ids))
	}
	l.addToRows(ids, p)
}

// squash turns scores into probabilities as [measure.Temperature.Apply] does at 1, but keeps the exponentials, which take
// most of the time of a short document with many labels.
func (l *Linear) squash(scores []float32) {
	if l.task == labelset.MultiLabel {
		measure.Temperature{T: 1}.Apply(l.task, scores)
		return
	}
	top, sum := float64(slices.Max(scores)), 0.0
	l.exps = l.exps[:0]
	for _, z := range scores {
		e := math.Exp(float64(z) - top)
		l.exps = append(l.exps, e)
		sum += e
	}
	for i, e := range l.exps {
		scores[i] = float32(e / sum)
	}
}

// row returns the weights of an id.
func (l *Linear) row(id int32) []float32 { return l.weights[(int(id)-l.first)*l.labels:][:l.labels] }

// addRows adds the weights of ids to sum.
func (l *Linear) addRows(sum []float32, ids []int32) {
	kernel.SumRows(sum, kernel.View(l.weights, len(l.weights)/l.labels, l.labels), l.first, ids)
}

// addToRows adds one change to the weights of each of ids.
func (l *Linear) addToRows(ids []int32, change []float32) {
	if l.labels >= fewLabels {
		for _, id := range ids {
			kernel.Add(l.row(id), change)
		}
		return
	}
	for _, id := range ids {
		row := l.row(id)
		for i, c := range change {
			row[i] += c
		}
	}
}

// scores writes W·x + b.
func (l *Linear) scores(ids []int32, dst []float32) {
	clear(dst)
	l.addRows(dst, ids)
	x := scale(len(ids))
	for i, b := range l.bias {
		dst[i] = dst[i]*x + b
	}
}

// scale returns what each of n parts counts.
func scale(n int) float32 {
	if n == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(float64(n)))
}

// Logits writes the scores of a text.
func (l *Linear) Logits(text string, dst []float32) {
	l.ids = l.grams.AppendIDs(l.ids[:0], text)
	l.scores(l.ids, dst)
}

// Logits returns what the weights of a bag, [buckets][labels], say of documents, [docs][labels].
func Logits(weights []float32, labels int, docs [][]int32) [][]float32 {
	l := &Linear{labels: labels, weights: weights, bias: make([]float32, labels)}
	rows := make([][]float32, len(docs))
	for i, ids := range docs {
		rows[i] = make([]float32, labels)
		l.scores(ids, rows[i])
	}
	return rows
}
