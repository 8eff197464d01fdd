package classify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
)

// BaselineConfig says what the baselines are trained and measured on.
type BaselineConfig struct {
	Task   labelset.Task    // "": multi-class
	Labels *labelset.Labels // of the training documents
	Train  []corpora.Document
	Valid  []corpora.Document // chooses among the kinds of parts and the learning rates
	Test   []corpora.Document // is measured; none: Valid
	Refit  bool               // where there is Test, train the best of each kind again, with Valid
	Seed   uint64
	// Threads is the number of models trained at a time; the results are the same for any. 0: 1.
	Threads int
	Measure measure.Config // Task is set by Baselines
}

// A Baseline is a plain model and how good it is.
type Baseline struct {
	Name     string            `json:"name"`     // "majority class", "naive Bayes", "linear n-grams"
	Choice   string            `json:"choice"`   // what was chosen on the validation documents
	Seconds  float64           `json:"seconds"`  // that training all candidates took
	Measures *measure.Measures `json:"measures"` // with a temperature fitted to the validation documents
}

// A classifier puts scores on the labels of a text: logits, of which the softmax or sigmoid is the probability.
type classifier interface {
	Logits(text string, dst []float32)
}

// examples are texts and the numbers of their labels.
type examples struct {
	texts  []string
	truth  [][]int
	labels [][]string
}

// A candidate is a baseline with its choices made.
type candidate struct {
	choice string
	train  func(ctx context.Context, set examples) (classifier, error)
}

// Baselines trains the majority class, naive Bayes and linear models, and measures them on the test documents. Where
// there are choices, the validation documents decide, by accuracy, of equals by log loss.
//
// Naive Bayes looks at words, or at sequences of up to 3 characters. The linear models look at words, at words and pairs
// of words, or at sequences of up to 4 characters. Characters are tried on short texts only: 300 bytes in the mean.
func Baselines(ctx context.Context, cfg BaselineConfig) ([]Baseline, error) {
	if cfg.Task == "" {
		cfg.Task = labelset.MultiClass
	}
	if len(cfg.Test) == 0 {
		cfg.Test, cfg.Refit = cfg.Valid, false
	}
	if cfg.Labels == nil || len(cfg.Train) == 0 || len(cfg.Valid) == 0 || len(cfg.Test) == 0 {
		return nil, errors.New("classify: baselines need labels and documents to train on, to validate and to test")
	}
	cfg.Measure.Task = cfg.Task
	b := &bench{cfg: cfg, train: known(cfg, cfg.Train), valid: known(cfg, cfg.Valid), test: collect(cfg.Labels, cfg.Test)}
	if len(b.train.texts) == 0 || len(b.valid.texts) == 0 {
		return nil, errors.New("classify: no document to train on or to validate has a label of the task")
	}
	var results []Baseline
	for _, kind := range []struct {
		name       string
		candidates []candidate
	}{
		{"majority class", b.majorities()},
		{"naive Bayes", b.bayeses()},
		{"linear n-grams", b.linears()},
	} {
		result, err := b.best(ctx, kind.name, kind.candidates)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

// and returns the examples of both.
func (e examples) and(more examples) examples {
	return examples{slices.Concat(e.texts, more.texts), slices.Concat(e.truth, more.truth), slices.Concat(e.labels, more.labels)}
}

// collect numbers the labels of documents.
func collect(labels *labelset.Labels, docs []corpora.Document) examples {
	var e examples
	for _, doc := range docs {
		truth, _ := labels.Truth(doc)
		e.texts = append(e.texts, doc.Text)
		e.truth = append(e.truth, truth)
		e.labels = append(e.labels, doc.Labels)
	}
	return e
}

// known collects the documents that can be learnt from: of a multi-class task, those whose label is one of the task's.
func known(cfg BaselineConfig, docs []corpora.Document) examples {
	if cfg.Task == labelset.MultiClass {
		docs = slices.DeleteFunc(slices.Clone(docs), func(d corpora.Document) bool {
			truth, _ := cfg.Labels.Truth(d)
			return len(truth) != 1
		})
	}
	return collect(cfg.Labels, docs)
}

// A bench trains and compares candidates.
type bench struct {
	cfg                BaselineConfig
	train, valid, test examples
}

// A tried is a candidate after its training.
type tried struct {
	candidate
	model          classifier
	temperature    measure.Temperature
	accuracy, loss float64 // on the validation documents
}

// best trains all candidates and measures the best of them.
func (b *bench) best(ctx context.Context, name string, candidates []candidate) (Baseline, error) {
	start := time.Now()
	all := make([]tried, len(candidates))
	g, trying := errgroup.WithContext(ctx)
	g.SetLimit(max(b.cfg.Threads, 1))
	for i, c := range candidates {
		g.Go(func() error {
			var err error
			all[i], err = b.try(trying, c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Baseline{}, fmt.Errorf("classify: training the baseline %s: %w", name, err)
	}
	best := slices.MinFunc(all, func(x, y tried) int {
		return cmp.Or(cmp.Compare(y.accuracy, x.accuracy), cmp.Compare(x.loss, y.loss))
	})
	if b.cfg.Refit {
		var err error
		if best.model, err = best.train(ctx, b.train.and(b.valid)); err != nil {
			return Baseline{}, err
		}
	}
	result := Baseline{Name: name, Choice: best.choice, Seconds: time.Since(start).Seconds()}
	probabilities := b.score(best.model, b.test)
	for _, row := range probabilities {
		best.temperature.Apply(b.cfg.Task, row)
	}
	var err error
	result.Measures, err = measure.Measure(b.cfg.Measure, b.cfg.Labels.Names, b.test.labels, probabilities)
	return result, err
}

// try trains a candidate and validates it.
func (b *bench) try(ctx context.Context, c candidate) (tried, error) {
	model, err := c.train(ctx, b.train)
	if err != nil {
		return tried{}, err
	}
	t := tried{candidate: c, model: model}
	logits := b.score(model, b.valid)
	t.temperature, err = measure.FitTemperature(b.cfg.Task, logits, b.valid.truth)
	if err != nil {
		return tried{}, err
	}
	for _, row := range logits {
		t.temperature.Apply(b.cfg.Task, row)
	}
	cfg := measure.Config{Task: b.cfg.Task, Threshold: b.cfg.Measure.Threshold}
	m, err := measure.Measure(cfg, b.cfg.Labels.Names, b.known(b.valid), logits)
	if err != nil {
		return tried{}, err
	}
	t.accuracy, t.loss = m.Accuracy, m.LogLoss
	return t, nil
}

// known returns the names of the labels that have numbers.
func (b *bench) known(e examples) [][]string {
	names := make([][]string, len(e.truth))
	for i, truth := range e.truth {
		for _, label := range truth {
			names[i] = append(names[i], b.cfg.Labels.Names[label])
		}
	}
	return names
}

// score returns the logits of all texts.
func (b *bench) score(model classifier, e examples) [][]float32 {
	labels := b.cfg.Labels.Len()
	flat := make([]float32, len(e.texts)*labels)
	rows := make([][]float32, len(e.texts))
	for i, text := range e.texts {
		rows[i] = flat[i*labels : (i+1)*labels]
		model.Logits(text, rows[i])
	}
	return rows
}

// A majority gives every text the labels' frequencies in training.
type majority []float32

func (m majority) Logits(_ string, dst []float32) { copy(dst, m) }

// majorities returns the one way to count labels. Half a document is added to each count, so that none is impossible.
func (b *bench) majorities() []candidate {
	train := func(_ context.Context, set examples) (classifier, error) {
		m := make(majority, b.cfg.Labels.Len())
		for _, truth := range set.truth {
			for _, label := range truth {
				m[label]++
			}
		}
		n := float64(len(set.texts))
		for i, having := range m {
			with, without := float64(having)+0.5, n-float64(having)+0.5
			m[i] = float32(math.Log(with))
			if b.cfg.Task == labelset.MultiLabel {
				m[i] = float32(math.Log(with / without))
			}
		}
		return m, nil
	}
	return []candidate{{"", train}}
}

// short reports whether the texts to train on are.
func (b *bench) short() bool {
	n := 0
	for _, text := range b.train.texts {
		n += len(text)
	}
	return n <= bag.ShortText*len(b.train.texts)
}

// bayeses returns the ways to do naive Bayes.
func (b *bench) bayeses() []candidate {
	list := []candidate{b.bayes("words", bag.NGrams{Words: 1})}
	if b.short() {
		list = append(list, b.bayes("1 to 3 characters", bag.NGrams{Chars: 3}))
	}
	return list
}

func (b *bench) bayes(choice string, grams bag.NGrams) candidate {
	return candidate{choice, func(_ context.Context, set examples) (classifier, error) {
		return bag.TrainBayes(b.cfg.Task, grams, b.cfg.Labels.Len(), set.texts, set.truth), nil
	}}
}

// linears returns the ways to train a linear model.
func (b *bench) linears() []candidate {
	list := []candidate{
		b.linear("words", bag.NGrams{Words: 1}, 1),
		b.linear("words and pairs", bag.NGrams{Words: 2}, 1),
		b.linear("words and pairs, fast", bag.NGrams{Words: 2}, 4),
	}
	if b.short() {
		list = append(list, b.linear("1 to 4 characters", bag.NGrams{Chars: 4}, 1))
	}
	return list
}

func (b *bench) linear(choice string, grams bag.NGrams, rate float64) candidate {
	labels := b.cfg.Labels.Len()
	grams.Buckets = max(1, min(bag.MostWeights/labels, 1<<21))
	return candidate{choice, func(ctx context.Context, set examples) (classifier, error) {
		ids := make([][]int32, len(set.texts))
		for i, text := range set.texts {
			ids[i] = grams.AppendIDs(nil, text)
		}
		l := bag.NewLinear(b.cfg.Task, grams, labels)
		return l, l.Train(ctx, bag.LinearConfig{Epochs: 10, Rate: rate}, ids, set.truth, b.cfg.Seed)
	}}
}
