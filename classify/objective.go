package classify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
)

// tokenised are documents as the network reads them, with the numbers of their labels.
type tokenised struct {
	documents []model.Document
	truth     [][]int
}

func (t *tokenised) len() int { return len(t.documents) }

func (t *tokenised) length(i int) int { return len(t.documents[i].Tokens) }

// and returns the documents of both.
func (t *tokenised) and(more *tokenised) *tokenised {
	return &tokenised{documents: slices.Concat(t.documents, more.documents), truth: slices.Concat(t.truth, more.truth)}
}

// examples returns the documents as the bag reads them.
func (t *tokenised) examples() bag.Examples {
	e := bag.Examples{Truth: t.truth}
	for _, doc := range t.documents {
		e.IDs = append(e.IDs, doc.NGrams)
	}
	return e
}

// withoutNGrams returns the documents as the network alone reads them.
func (t *tokenised) withoutNGrams() *tokenised {
	out := &tokenised{truth: t.truth}
	for _, doc := range t.documents {
		out.documents = append(out.documents, model.Document{Tokens: doc.Tokens})
	}
	return out
}

// objective trains a network to label documents. It implements [train.Objective]; what that calls a token is a document
// here.
type objective struct {
	network  *model.Classifier
	workers  *model.Workers
	settings Settings
	loss     loss

	training *tokenised
	batch    *model.Batch
	feed     feed
	grads    [][]float32
	order    []int // documents of this epoch, batch after batch
	epoch    int
	done     int // batches of this epoch

	probe      *prober
	validation *validation // nil: nothing to validate on
}

// newObjective prepares training on some documents and validating on others, which may be none.
func newObjective(n *model.Classifier, w *model.Workers, s Settings, l loss, training, valid *tokenised) *objective {
	s.Batch = min(s.Batch, max(1, training.len())) // all of them, if it is larger: multiples of it must be numbers
	o := &objective{network: n, workers: w, settings: s, loss: l, training: training.withoutNGrams()}
	o.batch = n.NewTrainingBatch(w)
	o.probe = newProber(o.batch, s.MaxTokens)
	o.grads = make([][]float32, s.Batch)
	for i := range o.grads {
		o.grads[i] = make([]float32, n.Config().Labels)
	}
	if valid.len() > 0 {
		plain := loss{task: l.task} // what is measured is neither smoothed nor weighted
		o.validation = newValidation(&scorer{batch: n.NewBatch(w)}, plain, valid, newBag(n))
	}
	o.arrange()
	return o
}

// Parameters returns what the loop trains: all but the bag.
func (o *objective) Parameters() []*model.Parameter {
	return slices.DeleteFunc(o.network.Parameters(), func(p *model.Parameter) bool { return p.Name == bagTable })
}

func (o *objective) StepsPerEpoch() int {
	return (o.training.len() + o.settings.Batch - 1) / o.settings.Batch
}

func (o *objective) Updated() { o.network.Pack(o.workers) }

// Step trains on one batch: the gradient is that of the mean loss of its documents. What it returns is not weighted, as
// what is validated.
func (o *objective) Step() (train.Batch, error) {
	if o.done == o.StepsPerEpoch() {
		o.epoch++
		o.done = 0
		o.arrange()
	}
	from := o.done * o.settings.Batch
	members := o.order[from:min(len(o.order), from+o.settings.Batch)]
	rng := o.random(o.done + 1)
	o.fill(members, rng)
	o.done++
	logits := o.batch.Forward(o.feed.documents, rng.Uint64())
	nats, grads := 0.0, o.grads[:len(members)]
	even := loss{task: o.loss.task, smoothing: o.loss.smoothing} // a rare label's weight of thousands is no leap of the loss
	for i, d := range members {
		lost := o.loss.document(logits[i], grads[i], o.training.truth[d], 1/float64(len(members)))
		if o.loss.weights != nil {
			lost = even.document(logits[i], nil, o.training.truth[d], 0)
		}
		nats += lost
	}
	o.batch.Backward(grads)
	return train.Batch{Nats: nats, Tokens: len(members)}, nil
}

// random returns the generator of a batch, from 1, of this epoch; 0 stands for the epoch itself.
func (o *objective) random(batch int) *rand.Rand {
	return rand.New(rand.NewPCG(o.settings.Seed, uint64(o.epoch)<<32|uint64(uint32(batch))))
}

// bucketBatches is the number of batches among whose documents those of similar length are put together.
const bucketBatches = 32

// arrange sets the order of an epoch: the documents are shuffled, those of some batches at a time sorted by length, and
// the batches shuffled again. The batch that is not full stays the last.
func (o *objective) arrange() {
	rng := o.random(0)
	o.order = o.order[:0]
	for i := range o.training.len() {
		o.order = append(o.order, i)
	}
	rng.Shuffle(len(o.order), func(i, j int) { o.order[i], o.order[j] = o.order[j], o.order[i] })
	size := o.settings.Batch
	for bucket := range slices.Chunk(o.order, bucketBatches*size) {
		slices.SortStableFunc(bucket, func(a, b int) int { return cmp.Compare(o.training.length(a), o.training.length(b)) })
	}
	rng.Shuffle(len(o.order)/size, func(i, j int) {
		for k := range size {
			o.order[i*size+k], o.order[j*size+k] = o.order[j*size+k], o.order[i*size+k]
		}
	})
}

// fill makes the batch of the given documents.
func (o *objective) fill(members []int, rng *rand.Rand) {
	o.feed.reset()
	for _, d := range members {
		o.feed.add(o.training.documents[d].Tokens, o.settings.MaxTokens, o.settings.TokenDropout, rng)
	}
}

// Validate labels the validation documents: the loss is their mean cross-entropy, the score their macro-F1.
func (o *objective) Validate(ctx context.Context) (train.Metrics, error) {
	if o.validation == nil {
		return train.Metrics{}, errors.New("there are no documents to validate on: give some, or set eval_every to -1")
	}
	return o.validation.run(ctx)
}

func (o *objective) Position() train.Position {
	return train.Position{Epoch: o.epoch, Batch: o.done, Batches: o.StepsPerEpoch(), Seed: o.settings.Seed}
}

func (o *objective) Restore(p train.Position) error {
	if p.Batches != o.StepsPerEpoch() {
		return fmt.Errorf("position in the data: an epoch had %d batches, now it has %d: resume with the same documents and batch", p.Batches, o.StepsPerEpoch())
	}
	if p.Epoch < 0 || p.Batch < 0 || p.Batch > p.Batches {
		return fmt.Errorf("position in the data: batch %d of %d in epoch %d cannot be", p.Batch, p.Batches, p.Epoch)
	}
	o.epoch, o.done, o.settings.Seed = p.Epoch, p.Batch, p.Seed
	o.arrange()
	return nil
}
