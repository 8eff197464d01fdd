package optim

import (
	"fmt"
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// Clip says how gradients are kept from exploding (Pascanu, Mikolov & Bengio 2013, section 3.2). The zero value leaves
// them as they are. With several limits, single values are cut first, then layers, then everything.
type Clip struct {
	Norm  float64 `json:"norm,omitempty" yaml:"norm"`   // limit of the norm of all gradients taken together; 0 means none
	Value float64 `json:"value,omitempty" yaml:"value"` // limit of the magnitude of every element; 0 means none
	Layer float64 `json:"layer,omitempty" yaml:"layer"` // limit of the norm of each layer's gradients; 0 means none
}

// Validate reports the first limit that is not a number ≥ 0.
func (c Clip) Validate() error {
	if !notNegative(c.Norm) {
		return fmt.Errorf("clip: norm is %v; it must be a number that is not negative", c.Norm)
	}
	if !notNegative(c.Value) {
		return fmt.Errorf("clip: value is %v; it must be a number that is not negative", c.Value)
	}
	if !notNegative(c.Layer) {
		return fmt.Errorf("clip: layer is %v; it must be a number that is not negative", c.Layer)
	}
	return nil
}

// Clipped is the outcome of clipping once.
type Clipped struct {
	Norm    float64 // global norm √Σg² of the gradients as they came, NaN or Inf if an element is
	Scale   float64 // factor for [Optimizer.Step]; 1 if the norm is within its limit
	Clipped bool    // whether Scale is below 1, or values or layers were cut
}

// Finite says whether all gradients are finite. If not, there is nothing sensible to do with them: do not step.
func (c Clipped) Finite() bool { return !math.IsNaN(c.Norm) && !math.IsInf(c.Norm, 0) }

// Clipper measures and clips the gradients of the parameters that it was made for.
type Clipper struct {
	limits  Clip
	params  []*model.Parameter
	sweep   *sweep
	partial []float64 // Σg² of every piece
	squares []float64 // Σg² of every parameter
	cutter  cutter
	layers  layerClipper
}

// NewClipper makes a clipper for parameters, which must keep their order and their slices from then on.
func NewClipper(limits Clip, params []*model.Parameter) (*Clipper, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	c := &Clipper{limits: limits, params: params, sweep: newSweep(params)}
	c.partial = make([]float64, len(c.sweep.pieces))
	c.squares = make([]float64, len(params))
	c.cutter = cutter{params, float32(limits.Value)}
	c.layers = newLayerClipper(params)
	return c, nil
}

// Clip measures the gradients. Values and layers above their limit are cut in place; the limit of the norm is left to the
// optimiser, as the factor Scale = Norm limit / norm, so that no gradient is written again for it. Non-finite
// gradients are not touched.
func (c *Clipper) Clip(w *model.Workers) Clipped {
	norm := c.norm(w)
	out := Clipped{Norm: norm, Scale: 1}
	if !out.Finite() {
		return out
	}
	if c.limits.Value > 0 {
		c.sweep.run(w, &c.cutter)
		cut := c.norm(w)
		out.Clipped = cut != norm
		norm = cut
	}
	if c.limits.Layer > 0 && c.layers.scale(c.squares, c.limits.Layer) {
		c.sweep.run(w, &c.layers)
		out.Clipped = true
		norm = c.norm(w)
	}
	if c.limits.Norm > 0 && norm > c.limits.Norm {
		out.Scale = c.limits.Norm / norm
		out.Clipped = true
	}
	return out
}

// Norm returns the norm of the gradient of the i-th parameter as the last Clip left it, before the factor Scale.
func (c *Clipper) Norm(i int) float64 { return math.Sqrt(c.squares[i]) }

// NonFinite returns the name of the first parameter in whose gradient the last Clip found a NaN or an Inf, or "".
func (c *Clipper) NonFinite() string {
	for i, s := range c.squares {
		if !finite(s) {
			return c.params[i].Name
		}
	}
	return ""
}

// norm adds up the squares piece by piece, in order.
func (c *Clipper) norm(w *model.Workers) float64 {
	c.sweep.run(w, c)
	clear(c.squares)
	for i, p := range c.sweep.pieces {
		c.squares[p.param] += c.partial[i]
	}
	var total float64
	for _, s := range c.squares {
		total += s
	}
	return math.Sqrt(total)
}

func (c *Clipper) visit(index int, p piece) {
	param, sum := c.params[p.param], 0.0
	p.parts(param, func(from, to int) { sum += kernel.SumSquares(param.Grad[from:to]) })
	c.partial[index] = sum
}

// cutter cuts every element of the gradients to ±limit.
type cutter struct {
	params []*model.Parameter
	limit  float32
}

func (c *cutter) visit(_ int, p piece) { kernel.Clamp(c.params[p.param].Grad[p.from:p.to], c.limit) }

// NonFinite returns the name of the first tensor that holds a NaN or an Inf, or "".
func NonFinite(tensors []model.Named) string {
	for _, t := range tensors {
		// A sum of squares of finite float32 values stays far within float64: it is finite only if all of them are.
		if !finite(kernel.SumSquares(t.Data)) {
			return t.Name
		}
	}
	return ""
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
