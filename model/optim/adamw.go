package optim

import (
	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// adamw is Adam with the weight decay taken out of the gradient and applied to the weights (Loshchilov & Hutter 2019):
// before Adam's update,
//
//	w = (1 − rate·WeightDecay)·w
//
// for parameters of two or more dimensions only: embeddings and weight matrices. Biases and the gains of norms, which
// have one dimension, do not decay.
type adamw struct {
	memory
	cfg  Config
	step kernel.AdamStep
}

func newAdamW(cfg Config, params []*model.Parameter) *adamw {
	return &adamw{memory: newMemory(NameAdamW, params, "m", "v"), cfg: cfg}
}

// Step implements [Optimizer].
func (o *adamw) Step(rate, gradScale float64, w *model.Workers) {
	o.steps++
	o.step = adamStep(o.cfg, o.steps, rate, gradScale)
	o.step.Decay = float32(rate * o.cfg.WeightDecay)
	o.sweep.run(w, o)
}

func (o *adamw) visit(_ int, p piece) {
	value, grad := o.weights(p)
	step := o.step
	if !decays(o.params[p.param]) {
		step.Decay = 0
	}
	kernel.Adam(value, grad, o.at(0, p), o.at(1, p), step)
}

// decays says whether AdamW's weight decay applies to a parameter.
func decays(p *model.Parameter) bool { return len(p.Shape) >= 2 }
