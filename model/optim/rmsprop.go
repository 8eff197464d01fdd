package optim

import (
	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// rmsprop divides the gradient by the root of its running mean square (Tieleman & Hinton 2012, lecture 6.5), in
// PyTorch's form:
//
//	v = Alpha·v + (1−Alpha)·g², w −= rate·g / (√v + Epsilon)
//
// It remembers one tensor a parameter.
type rmsprop struct {
	memory
	cfg  Config
	step kernel.RMSPropStep
}

func newRMSProp(cfg Config, params []*model.Parameter) *rmsprop {
	return &rmsprop{memory: newMemory(NameRMSProp, params, "v"), cfg: cfg}
}

// Step implements [Optimizer].
func (o *rmsprop) Step(rate, gradScale float64, w *model.Workers) {
	o.steps++
	o.step = kernel.RMSPropStep{
		Rate:      float32(rate),
		Alpha:     float32(o.cfg.Alpha),
		Epsilon:   float32(o.cfg.Epsilon),
		GradScale: float32(gradScale),
		L2:        float32(o.cfg.WeightDecay),
	}
	o.sweep.run(w, o)
}

func (o *rmsprop) visit(_ int, p piece) {
	value, grad := o.weights(p)
	kernel.RMSProp(value, grad, o.at(0, p), o.step)
}
