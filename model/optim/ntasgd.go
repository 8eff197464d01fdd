package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// Averager is an optimiser that at some time begins to average the weights. The averages are then the better model: to
// validate it and to keep it is to put them in the weights' place for so long.
type Averager interface {
	Optimizer

	// Observe tells of the criterion of a validation, of which less is better.
	Observe(criterion float64)

	// Exchange swaps the values of the parameters with their averages and reports whether there are any; if not, it does
	// nothing. Called again it swaps them back, which must happen before the next Step.
	Exchange(w *model.Workers) bool
}

// ntasgd is non-monotonically triggered averaged stochastic gradient descent (Merity et al. 2018, algorithm 1): SGD
// without momentum until a validation is worse than the best of those that lie more than Patience validations before it,
// and from then on SGD that averages what the weights are after each step (Polyak & Juditsky 1992):
//
//	w −= rate·g, mean += (w − mean)/(steps since then)
//
// It remembers one tensor a parameter.
type ntasgd struct {
	memory
	cfg     Config
	step    kernel.SGDStep
	share   float32 // of this step's weights in the mean
	average Average
	swapper swapper
}

// Average is what NT-ASGD knows beside the mean of the weights.
type Average struct {
	On   bool      `json:"on"`             // whether it averages
	From int64     `json:"from"`           // the number of steps before the first that is averaged
	Seen []float64 `json:"seen,omitempty"` // criteria of the validations, until it averages
}

// defaultTrigger is the patience that Merity et al. take.
const defaultTrigger = 5

func newNTASGD(cfg Config, params []*model.Parameter) *ntasgd {
	o := &ntasgd{memory: newMemory(NameNTASGD, params, "mean"), cfg: cfg}
	o.swapper = swapper{o}
	return o
}

// Step implements [Optimizer].
func (o *ntasgd) Step(rate, gradScale float64, w *model.Workers) {
	o.steps++
	o.step = kernel.SGDStep{Rate: float32(rate), GradScale: float32(gradScale), L2: float32(o.cfg.WeightDecay)}
	o.share = float32(1 / float64(max(1, o.steps-o.average.From)))
	o.sweep.run(w, o)
}

func (o *ntasgd) visit(_ int, p piece) {
	value, grad := o.weights(p)
	kernel.SGD(value, grad, nil, o.step)
	if o.average.On {
		mean := o.at(0, p)
		if o.share == 1 { // whatever it held
			copy(mean, value)
			return
		}
		kernel.Scale(mean, 1-o.share)
		kernel.Axpy(mean, o.share, value)
	}
}

// Observe implements [Averager].
func (o *ntasgd) Observe(criterion float64) {
	a := &o.average
	if a.On {
		return
	}
	if !finite(criterion) {
		criterion = math.MaxFloat64
	}
	if n := len(a.Seen) - o.cfg.Patience; n > 0 && criterion > slices.Min(a.Seen[:n]) {
		*a = Average{On: true, From: o.steps}
		return
	}
	a.Seen = append(a.Seen, criterion)
}

// Exchange implements [Averager].
func (o *ntasgd) Exchange(w *model.Workers) bool {
	if !o.average.On || o.steps == o.average.From {
		return false
	}
	o.sweep.run(w, &o.swapper)
	return true
}

// swapper swaps the weights with their means.
type swapper struct{ *ntasgd }

func (s *swapper) visit(_ int, p piece) {
	value, _ := s.weights(p)
	mean := s.at(0, p)
	for i, v := range value {
		value[i], mean[i] = mean[i], v
	}
}

// State implements [Optimizer].
func (o *ntasgd) State() State {
	s := o.memory.State()
	s.Average = o.average
	s.Average.Seen = slices.Clone(s.Average.Seen)
	return s
}

// Restore implements [Optimizer].
func (o *ntasgd) Restore(s State) error {
	if a := s.Average; a.From < 0 || a.From > s.Steps || slices.ContainsFunc(a.Seen, func(x float64) bool { return !finite(x) }) {
		return fmt.Errorf("optimizer state: averages from step %d of %d after criteria %v cannot be", a.From, s.Steps, a.Seen)
	}
	if err := o.memory.Restore(s); err != nil {
		return err
	}
	o.average = s.Average
	o.average.Seen = slices.Clone(s.Average.Seen)
	return nil
}
