package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// Rate is how fast something went, over several repetitions.
type Rate struct {
	PerSecond float64   `json:"per_second"` // median
	All       []float64 `json:"all"`        // of the repetitions

	WeightGBps float64 `json:"weight_gbps,omitempty"` // weights read a second, sampling
	ReadGBps   float64 `json:"read_gbps,omitempty"`   // what the cores read a second of a buffer of that size
}

// Config says how long to measure.
type Config struct {
	Threads   int             // below 1: one for every core
	Time      time.Duration   // of one repetition, a single step at least; zero: one second
	Repeats   int             // zero: 5
	Precision model.Precision // of products; Float32 or Mixed when training, or Split when labelling
}

func (c Config) withDefaults() Config {
	if c.Time == 0 {
		c.Time = time.Second
	}
	if c.Repeats == 0 {
		c.Repeats = 5
	}
	return c
}

// measure repeats step, which does units of work, for the configured time and times. The error is that of ctx, which is
// looked at after each step.
func (c Config) measure(ctx context.Context, units int, step func()) (Rate, error) {
	c = c.withDefaults()
	step()
	var r Rate
	for range c.Repeats {
		n, start := 0, time.Now()
		for n == 0 || time.Since(start) < c.Time {
			if err := ctx.Err(); err != nil {
				return r, err
			}
			step()
			n++
		}
		r.All = append(r.All, float64(n*units)/time.Since(start).Seconds())
	}
	r.PerSecond = median(r.All)
	return r, nil
}

func median(xs []float64) float64 {
	s := slices.Sorted(slices.Values(xs))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Train measures tokens a second of whole training steps on random tokens: forward, backward, clipping, update.
func Train(ctx context.Context, s Shape, cfg Config) (Rate, error) {
	w := model.NewWorkers(cfg.Threads)
	defer w.Close()
	step, params, pack, err := s.trainer(w, cfg.Precision)
	if err != nil {
		return Rate{}, err
	}
	clipper, err := optim.NewClipper(optim.Clip{Norm: s.Clip}, params)
	if err != nil {
		return Rate{}, err
	}
	optimizer, err := optim.New(optim.Config{Name: s.Optimizer}, params)
	if err != nil {
		return Rate{}, err
	}
	pack(w)
	return cfg.measure(ctx, s.Tokens(), func() {
		step()
		optimizer.Step(learningRate, clipper.Clip(w).Scale, w)
		pack(w)
	})
}

// learningRate is small enough for random targets to stay harmless.
const learningRate = 1e-4

// trainer returns a step that leaves gradients, the parameters, and what lays them out again.
func (s Shape) trainer(w *model.Workers, precision model.Precision) (step func(), params []*model.Parameter, pack func(*model.Workers), err error) {
	rng := rand.New(rand.NewPCG(1, 2))
	if s.Labels > 0 {
		return s.classifierTrainer(w, precision, rng)
	}
	m, err := s.languageModel(rng)
	if err != nil {
		return nil, nil, nil, err
	}
	m.SetPrecision(precision)
	window := m.NewTrainingWindow(w, s.Steps, s.Batch)
	state := m.NewState(s.Batch)
	in, out := s.tokens(s.Tokens(), rng), s.tokens(s.Tokens(), rng)
	step = func() {
		window.Forward(in, out, state, 1)
		window.Backward()
	}
	return step, m.Parameters(), m.Pack, nil
}

func (s Shape) languageModel(rng *rand.Rand) (*model.LanguageModel, error) {
	cfg := model.Config{VocabSize: s.Vocab, Embedding: s.Embedding, RecurrentConfig: s.recurrent()}
	if s.Adaptive {
		cfg.Cutoffs = model.DefaultCutoffs(s.Vocab)
	}
	return model.NewLanguageModel(cfg, rng)
}

func (s Shape) classifierTrainer(w *model.Workers, precision model.Precision, rng *rand.Rand) (func(), []*model.Parameter, func(*model.Workers), error) {
	c, err := s.classifier(rng)
	if err != nil {
		return nil, nil, nil, err
	}
	c.SetPrecision(precision)
	batch, docs := c.NewTrainingBatch(w), s.documents(s.Batch, rng)
	grads := make([][]float32, s.Batch)
	for i := range grads {
		grads[i] = make([]float32, s.Labels)
	}
	step := func() {
		for i, logits := range batch.Forward(docs, 1) {
			copy(grads[i], logits)
			kernel.CrossEntropy(grads[i], i%s.Labels, 1/float32(s.Batch))
		}
		batch.Backward(grads)
	}
	return step, c.Parameters(), c.Pack, nil
}

func (s Shape) classifier(rng *rand.Rand) (*model.Classifier, error) {
	return model.NewClassifier(model.ClassifierConfig{
		VocabSize: s.Vocab, Embedding: s.Embedding, Labels: s.Labels, Pooling: model.PoolMean, RecurrentConfig: s.recurrent(),
	}, rng)
}

func (s Shape) documents(n int, rng *rand.Rand) []model.Document {
	docs := make([]model.Document, n)
	for i := range docs {
		docs[i].Tokens = s.tokens(s.Steps, rng)
	}
	return docs
}

// tokens draws tokens: characters all equally likely, words as frequent as words are (Zipf 1949, with Mandelbrot's shift),
// numbered by their frequency as tokenizers do. It matters to textgen, which computes what depends on a token alone once for
// each that occurs; to programs that multiply every token by the weights it does not.
func (s Shape) tokens(n int, rng *rand.Rand) []int32 {
	const characters = 512 // as many at most
	words, tokens := rand.NewZipf(rng, 1.05, 2.7, uint64(s.Vocab-1)), make([]int32, n)
	for i := range tokens {
		if s.Vocab <= characters {
			tokens[i] = int32(rng.IntN(s.Vocab))
		} else {
			tokens[i] = int32(words.Uint64())
		}
	}
	return tokens
}
