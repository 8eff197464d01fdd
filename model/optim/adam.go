package optim

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// adam follows the running mean of the gradient, divided by the root of its running mean square, both corrected for
// having started at zero (Kingma & Ba 2015, algorithm 1). At step t = 1, 2, …:
//
//	m = Beta1·m + (1−Beta1)·g, v = Beta2·v + (1−Beta2)·g²
//	w −= rate/(1−Beta1ᵗ) · m / (√v/√(1−Beta2ᵗ) + Epsilon)
//
// It remembers two tensors a parameter.
type adam struct {
	memory
	cfg  Config
	step kernel.AdamStep
}

func newAdam(cfg Config, params []*model.Parameter) *adam {
	return &adam{memory: newMemory(NameAdam, params, "m", "v"), cfg: cfg}
}

// Step implements [Optimizer].
func (o *adam) Step(rate, gradScale float64, w *model.Workers) {
	o.steps++
	o.step = adamStep(o.cfg, o.steps, rate, gradScale)
	o.step.L2 = float32(o.cfg.WeightDecay)
	o.sweep.run(w, o)
}

func (o *adam) visit(_ int, p piece) {
	value, grad := o.weights(p)
	kernel.Adam(value, grad, o.at(0, p), o.at(1, p), o.step)
}

// adamStep returns the numbers of step t ≥ 1, without any weight decay. The corrections are worked out in float64, from
// the betas as the kernel has them: 1−0.999 is off by 1.3e-5 of itself in float32, which then cancels.
func adamStep(cfg Config, t int64, rate, gradScale float64) kernel.AdamStep {
	beta1, beta2 := float32(cfg.Beta1), float32(cfg.Beta2)
	return kernel.AdamStep{
		Rate:       float32(rate / (1 - math.Pow(float64(beta1), float64(t)))),
		Beta1:      beta1,
		Beta2:      beta2,
		Correction: float32(1 / math.Sqrt(1-math.Pow(float64(beta2), float64(t)))),
		Epsilon:    float32(cfg.Epsilon),
		GradScale:  float32(gradScale),
	}
}
