package classify

import (
	"context"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// trainBag trains the n-grams' weights, if there are any.
func (r *run) trainBag(ctx context.Context) (err error) {
	b := newBag(r.network)
	if b == nil {
		return nil
	}
	r.observer.Doing("training the n-grams that stand beside the network")
	r.bag, err = r.bagTrainer(r.data.training, r.data.checked).Choose(ctx, b.table.Value)
	r.training.Bag = r.bag
	b.weigh(1)
	return err
}

func (r *run) bagTrainer(training, valid *tokenised) *bag.Trainer {
	s := r.settings
	return &bag.Trainer{
		Task: s.Task, Grams: s.grams(), Labels: r.data.labels.Len(), Training: training.examples(), Valid: valid.examples(),
		Seed: s.Seed, Threads: r.workers.Len(),
	}
}

// validated returns the best model as validation knows it: before [run.refit].
func (r *run) validated() (*Model, error) {
	m, err := Load(r.session.Dir.Path(checkpoint.ModelName))
	if err != nil {
		return nil, err
	}
	if b := newBag(m.network); b != nil {
		copy(b.table.Value, newBag(r.network).table.Value)
	}
	return m, nil
}

// refit trains the n-grams' weights of the best model again, in the way that validation chose, and on the documents of
// validation, too: their choices are made. Documents that were given to validate on, and for nothing else, stay out of
// it. The state of the run keeps the weights that it had.
func (r *run) refit(ctx context.Context) error {
	if !r.refits() {
		return nil
	}
	path := r.session.Dir.Path(checkpoint.ModelName)
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		return err
	}
	m, err := FromFile(f)
	if err != nil {
		return err
	}
	b := newBag(m.network)
	r.observer.Doing("training the n-grams once more, with the documents of validation")
	if err := r.bagTrainer(r.data.training.and(r.data.checked), &tokenised{}).Train(ctx, b.table.Value, r.bag); err != nil {
		return err
	}
	t, _ := f.Tensor(bagTable)
	copy(t.Data, b.table.Value)
	return r.session.Write(checkpoint.ModelName, f)
}

// refits reports whether the weights of n-grams are trained once more at the end.
func (r *run) refits() bool {
	return newBag(r.network) != nil && r.data.checked.len() > 0 && len(r.cfg.ValidPaths) == 0
}
