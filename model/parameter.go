package model

import "github.com/textgen-go/textgen/internal/kernel"

// Parameter is one trainable tensor, row-major, with PyTorch's name and shape.
type Parameter struct {
	Name  string
	Shape []int
	Value []float32
	Grad  []float32 // gradient of the loss; nil until the model is trained

	// Rows lists, in rising order, the rows of Grad that may differ from 0: of an embedding those of the tokens that the
	// last window held, which are a small part of a large vocabulary. Nil means all. Whoever writes other rows of Grad
	// sets it to nil.
	Rows []int32
}

func newParameter(name string, shape ...int) *Parameter {
	p := &Parameter{Name: name, Shape: shape}
	p.Value = kernel.Aligned(p.Len())
	return p
}

// Len returns the number of elements.
func (p *Parameter) Len() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

func (p *Parameter) enableGrad() {
	if p.Grad == nil {
		p.Grad = kernel.Aligned(p.Len())
	}
}

func (p *Parameter) matrix() kernel.Matrix { return kernel.View(p.Value, p.Shape[0], p.Shape[1]) }

func (p *Parameter) gradMatrix() kernel.Matrix { return kernel.View(p.Grad, p.Shape[0], p.Shape[1]) }

// zeroGrad sets some columns of the gradient to 0, without touching rows that are 0.
func (p *Parameter) zeroGrad(columns kernel.Matrix) {
	if p.Rows == nil {
		columns.Zero()
		return
	}
	for _, row := range p.Rows {
		clear(columns.Row(int(row)))
	}
}

// Workers runs the arithmetic of a model on several cores: Len of them, of which the goroutine that calls is one. One
// goroutine at a time may use it. Close ends the others, which otherwise stay.
type Workers = kernel.Workers

// NewWorkers starts n workers; n < 1 means one for every core that Go may use. Close ends them.
func NewWorkers(n int) *Workers { return kernel.NewWorkers(n) }

// Named is a tensor for saving and restoring: Data is a live view.
type Named struct {
	Name  string
	Shape []int
	Data  []float32
}
