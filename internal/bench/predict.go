package bench

import (
	"context"
	"math/rand/v2"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// Sample measures tokens a second of generating text with a number of streams side by side, each token being drawn at
// temperature 0.8. For one stream, which is bound by reading the weights, it also tells how fast they are read, and how
// fast the same cores read a buffer of the same size.
func Sample(ctx context.Context, s Shape, streams int, cfg Config) (Rate, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	m, err := s.languageModel(rng)
	if err != nil {
		return Rate{}, err
	}
	w := model.NewWorkers(cfg.Threads)
	defer w.Close()
	m.SetPrecision(cfg.Precision)
	m.Pack(w)
	stepper, state := m.NewStepper(w, streams), m.NewState(streams)
	tokens := s.tokens(streams, rng)
	const some = 50
	rate, err := cfg.measure(ctx, some*streams, func() {
		for range some {
			for i, logits := range stepper.Step(state, tokens) {
				tokens[i] = draw(logits, rng.Float32())
			}
		}
	})
	if bytes := s.weightBytes(cfg.Precision); err == nil && streams == 1 && bytes > 0 {
		rate.WeightGBps = rate.PerSecond * float64(bytes) / 1e9
		rate.ReadGBps = w.ReadGBps(bytes)
	}
	return rate, err
}

// weightBytes returns the size of the weights that a step of generation reads: with few tokens in the vocabulary, the
// first layer's input weights are in a table.
func (s Shape) weightBytes(p model.Precision) int {
	const few = 512
	size := map[model.Precision]int{model.Float32: 4, model.BFloat16: 2, model.Int8: 1}[p]
	return s.weights(s.Vocab > few) * size
}

// draw chooses a token at temperature 0.8; u is uniform in [0, 1).
func draw(logits []float32, u float32) int32 {
	kernel.Scale(logits, 1/0.8)
	kernel.Softmax(logits)
	for i, p := range logits {
		if u -= p; u < 0 {
			return int32(i)
		}
	}
	return int32(len(logits) - 1)
}

// Classify measures documents a second of predicting labels in batches of a size.
func Classify(ctx context.Context, s Shape, batch int, cfg Config) (Rate, error) {
	w := model.NewWorkers(cfg.Threads)
	defer w.Close()
	c, docs, err := s.labelling(w, batch, cfg.Precision)
	if err != nil {
		return Rate{}, err
	}
	work := c.NewBatch(w)
	return cfg.measure(ctx, batch, func() { work.Forward(docs, 0) })
}

// Labelling returns what [Classify] times, so that other programs can be timed on the same: the network's parameters, then
// "documents", the ids of their tokens, and "logits", what the network makes of them in a precision, a row a document.
func Labelling(s Shape, batch int, precision model.Precision) ([]model.Named, error) {
	w := model.NewWorkers(1)
	defer w.Close()
	c, docs, err := s.labelling(w, batch, precision)
	if err != nil {
		return nil, err
	}
	var tensors []model.Named
	for _, p := range c.Parameters() {
		tensors = append(tensors, model.Named{Name: p.Name, Shape: p.Shape, Data: p.Value})
	}
	ids := model.Named{Name: "documents", Shape: []int{batch, s.Steps}}
	for _, doc := range docs {
		for _, id := range doc.Tokens {
			ids.Data = append(ids.Data, float32(id))
		}
	}
	logits := model.Named{Name: "logits", Shape: []int{batch, s.Labels}}
	for _, row := range c.NewBatch(w).Forward(docs, 0) {
		logits.Data = append(logits.Data, row...)
	}
	return append(tensors, ids, logits), nil
}

// labelling returns a classifier and documents for it.
func (s Shape) labelling(w *model.Workers, batch int, precision model.Precision) (*model.Classifier, []model.Document, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	c, err := s.classifier(rng)
	if err != nil {
		return nil, nil, err
	}
	c.SetPrecision(precision)
	c.Pack(w)
	return c, s.documents(batch, rng), nil
}
