package optim

import (
	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// sgd is stochastic gradient descent (Robbins & Monro 1951) with momentum (Polyak 1964) in PyTorch's form, in which the
// rate multiplies the momentum at the time of the update:
//
//	b = Momentum·b + g, w −= rate·b
//
// It remembers one tensor a parameter, or nothing when there is no momentum. Then, and without weight decay, elements
// whose gradient is 0 stay as they are and are not touched.
type sgd struct {
	memory
	cfg  Config
	step kernel.SGDStep
}

func newSGD(cfg Config, params []*model.Parameter) *sgd {
	if cfg.Momentum == 0 {
		return &sgd{memory: newMemory(NameSGD, params), cfg: cfg}
	}
	return &sgd{memory: newMemory(NameSGD, params, "momentum"), cfg: cfg}
}

// Step implements [Optimizer].
func (o *sgd) Step(rate, gradScale float64, w *model.Workers) {
	o.steps++
	o.step = kernel.SGDStep{
		Rate:      float32(rate),
		Momentum:  float32(o.cfg.Momentum),
		GradScale: float32(gradScale),
		L2:        float32(o.cfg.WeightDecay),
	}
	o.sweep.run(w, o)
}

func (o *sgd) visit(_ int, p piece) {
	value, grad := o.weights(p)
	switch {
	case o.cfg.Momentum != 0:
		kernel.SGD(value, grad, o.at(0, p), o.step)
	case o.cfg.WeightDecay != 0:
		kernel.SGD(value, grad, nil, o.step)
	default:
		param := o.params[p.param]
		p.parts(param, func(from, to int) { kernel.SGD(param.Value[from:to], param.Grad[from:to], nil, o.step) })
	}
}
