package optim

import (
	"math"
	"strings"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// layerClipper scales the gradients of every layer whose norm is above a limit down to it. One layer that explodes then
// leaves the others their step, which the global norm does not; in turn the direction of the whole gradient changes.
type layerClipper struct {
	params  []*model.Parameter
	layer   []int     // of every parameter, from 0
	squares []float64 // Σg² of every layer
	factor  []float32 // of every layer
}

func newLayerClipper(params []*model.Parameter) layerClipper {
	c := layerClipper{params: params, layer: make([]int, len(params))}
	known := map[string]int{}
	for i, p := range params {
		name := layerOf(p.Name)
		if _, ok := known[name]; !ok {
			known[name] = len(known)
		}
		c.layer[i] = known[name]
	}
	c.squares, c.factor = make([]float64, len(known)), make([]float32, len(known))
	return c
}

// layerOf returns what the parameters of one layer have in common: in "rnn.weight_ih_l0_reverse" the "l0", in
// "head.weight" the "head".
func layerOf(name string) string {
	if _, suffix, ok := strings.Cut(name, "_l"); ok {
		layer, _, _ := strings.Cut(suffix, "_")
		return "l" + layer
	}
	part, _, _ := strings.Cut(name, ".")
	return part
}

// scale works out the factors from the parameters' squares and says whether any is below 1.
func (c *layerClipper) scale(squares []float64, limit float64) (any bool) {
	clear(c.squares)
	for i, s := range squares {
		c.squares[c.layer[i]] += s
	}
	for i, s := range c.squares {
		c.factor[i] = 1
		if norm := math.Sqrt(s); norm > limit {
			c.factor[i], any = float32(limit/norm), true
		}
	}
	return any
}

func (c *layerClipper) visit(_ int, p piece) {
	if f := c.factor[c.layer[p.param]]; f < 1 {
		kernel.Scale(c.params[p.param].Grad[p.from:p.to], f)
	}
}
