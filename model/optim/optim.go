// Package optim turns gradients into updates of a model's parameters.
//
// Entry points: [New] makes the [Optimizer] that a [Config] names, one file each: SGD, RMSProp, Adam, AdamW, NT-ASGD.
// [NewClipper] measures the global norm of the gradients and says by which factor to shrink them. [NewSchedule] gives the
// learning rate of every step.
//
// An update is element-wise and a norm is added up in pieces of fixed length, so that the number of workers never
// changes a bit. Nothing is allocated in a step.
package optim

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/textgen-go/textgen/model"
)

// Optimizer updates the parameters that it was made for.
type Optimizer interface {
	// Step updates every parameter from its gradient. Rate is the learning rate, gradScale a factor on all gradients
	// (see [Clipped]); the gradients themselves are left as they are.
	Step(rate, gradScale float64, w *model.Workers)

	// State returns what the optimiser remembers, as live views that the next Step changes.
	State() State

	// Restore copies a saved state into the optimiser. It fails, and changes nothing, unless the state was saved by
	// the same kind of optimiser for parameters of the same names and sizes.
	Restore(State) error
}

// The names of the optimisers.
const (
	NameSGD     = "sgd"
	NameRMSProp = "rmsprop"
	NameAdam    = "adam"
	NameAdamW   = "adamw"
	NameNTASGD  = "nt-asgd"
)

// Names lists the optimisers.
var Names = []string{NameAdam, NameAdamW, NameRMSProp, NameSGD, NameNTASGD}

// Config chooses an optimiser. The zero value is Adam with the numbers of its paper.
type Config struct {
	Name string `json:"name,omitempty" yaml:"name"` // one of [Names]; "" means adam

	Momentum float64 `json:"momentum,omitempty" yaml:"momentum"` // SGD; 0 means none
	Alpha    float64 `json:"alpha,omitempty" yaml:"alpha"`       // RMSProp: decay of the mean square; 0 means 0.99
	Beta1    float64 `json:"beta1,omitempty" yaml:"beta1"`       // Adam and AdamW: decay of the mean; 0 means 0.9
	Beta2    float64 `json:"beta2,omitempty" yaml:"beta2"`       // Adam and AdamW: decay of the mean square; 0 means 0.999
	Epsilon  float64 `json:"epsilon,omitempty" yaml:"epsilon"`   // all but SGD: added to the root of the mean square; 0 means 1e-8

	Patience int `json:"patience,omitempty" yaml:"patience"` // NT-ASGD: validations that may be worse than one before them; 0 means 5

	// WeightDecay pulls weights towards zero; 0 means not at all. For AdamW every step multiplies the parameters of
	// two or more dimensions (embeddings and weight matrices, but neither biases nor gains of norms) by
	// 1 − rate·WeightDecay. The others add WeightDecay·w to the gradient of every parameter, as PyTorch does.
	WeightDecay float64 `json:"weight_decay,omitempty" yaml:"weight_decay"`
}

// New makes an optimiser for parameters, which must keep their order and their slices from then on. Their gradients must be
// there at the first Step: [model.LanguageModel.NewTrainingWindow] makes them.
func New(cfg Config, params []*model.Parameter) (Optimizer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	switch cfg.Name {
	case NameSGD:
		return newSGD(cfg, params), nil
	case NameRMSProp:
		return newRMSProp(cfg, params), nil
	case NameNTASGD:
		return newNTASGD(cfg, params), nil
	case NameAdamW:
		return newAdamW(cfg, params), nil
	default:
		return newAdam(cfg, params), nil
	}
}

// Validate reports the first field that is out of range.
func (c Config) Validate() error {
	switch c.Name {
	case "", NameSGD, NameRMSProp, NameAdam, NameAdamW, NameNTASGD:
	default:
		return fmt.Errorf("optimizer %q is unknown; use one of %s", c.Name, strings.Join(Names, ", "))
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"momentum", c.Momentum}, {"alpha", c.Alpha}, {"beta1", c.Beta1}, {"beta2", c.Beta2}} {
		if !(f.value >= 0 && float32(f.value) < 1) {
			return fmt.Errorf("optimizer: %s is %v; it must be from 0 up to, but without, 1", f.name, f.value)
		}
	}
	if !(c.Epsilon == 0 || float32(c.Epsilon) > 0 && c.Epsilon <= math.MaxFloat32) {
		return fmt.Errorf("optimizer: epsilon is %v; it must be a number above 0 that float32 has, or 0 for the default", c.Epsilon)
	}
	if c.Patience < 0 {
		return fmt.Errorf("optimizer: patience is %d; it must not be negative", c.Patience)
	}
	if !notNegative(c.WeightDecay) {
		return fmt.Errorf("optimizer: weight_decay is %v; it must be a number that is not negative", c.WeightDecay)
	}
	return nil
}

// notNegative says whether x is a finite number ≥ 0.
func notNegative(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }

// withDefaults fills in what a zero stands for.
func (c Config) withDefaults() Config {
	c.Name = cmp.Or(c.Name, NameAdam)
	c.Alpha = cmp.Or(c.Alpha, 0.99)
	c.Beta1 = cmp.Or(c.Beta1, 0.9)
	c.Beta2 = cmp.Or(c.Beta2, 0.999)
	c.Epsilon = cmp.Or(c.Epsilon, 1e-8)
	c.Patience = cmp.Or(c.Patience, defaultTrigger)
	return c
}
