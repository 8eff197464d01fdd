package model

import (
	"strconv"

	"github.com/textgen-go/textgen/internal/kernel"
)

// layer is one direction of one recurrent layer: its parameters, named and shaped as in torch.nn, and their packed
// copies. With G gates (4 for LSTM, 3 for GRU, 1 for RNN), weight_ih is [G·H, In], weight_hh [G·H, H], the biases [G·H].
type layer struct {
	cell               Cell
	input, hidden      int
	reverse            bool
	place              int // among all layers and directions
	distance           int // steps back to the state that it goes on from
	cfg                RecurrentConfig
	wih, whh, bih, bhh *Parameter

	precision Precision
	bias      []float32      // what the projection of the input starts from: b_ih + b_hh, or b_ih alone for GRU
	wx, wh    *kernel.Packed // weightsᵀ, for the forward pass
	wxT, whT  *kernel.Packed // weights, for the backward pass; nil until the model is trained
}

func newLayer(prefix string, cfg RecurrentConfig, index, input int, reverse bool) *layer {
	cell, hidden, place := cfg.Cell, cfg.Hidden, index*cfg.Directions()
	suffix := "_l" + strconv.Itoa(index)
	if reverse {
		suffix += "_reverse"
		place++
	}
	rows := cell.gates() * hidden
	l := &layer{
		cell: cell, input: input, hidden: hidden, reverse: reverse, place: place, distance: cfg.dilation(index), cfg: cfg,
		wih:  newParameter(prefix+"weight_ih"+suffix, rows, input),
		whh:  newParameter(prefix+"weight_hh"+suffix, rows, hidden),
		bih:  newParameter(prefix+"bias_ih"+suffix, rows),
		bhh:  newParameter(prefix+"bias_hh"+suffix, rows),
		bias: kernel.Aligned(rows),
	}
	l.setPrecision(Float32)
	return l
}

// setPrecision decides how the weights are kept and how products by them are computed.
func (l *layer) setPrecision(p Precision) {
	l.precision = p
	l.wx = kernel.NewPackedAs(l.input, l.rows(), p)
	l.wh = kernel.NewPackedAs(l.hidden, l.rows(), p)
	if l.wxT != nil {
		l.makeTransposed()
	}
}

func (l *layer) makeTransposed() {
	l.wxT = kernel.NewPackedAs(l.rows(), l.input, l.precision)
	l.whT = kernel.NewPackedAs(l.rows(), l.hidden, l.precision)
}

func (l *layer) parameters() []*Parameter { return []*Parameter{l.wih, l.whh, l.bih, l.bhh} }

// rows returns G·H, the number of pre-activations of a time step.
func (l *layer) rows() int { return l.cell.gates() * l.hidden }

// gate returns the block of a weight matrix that belongs to gate g.
func (l *layer) gate(p *Parameter, g int) []float32 {
	n := p.Len() / l.cell.gates()
	return p.Value[g*n : (g+1)*n]
}

func (l *layer) enableGrad() {
	for _, p := range l.parameters() {
		p.enableGrad()
	}
	if l.wxT == nil {
		l.makeTransposed()
	}
}

func (l *layer) pack(w *Workers) {
	w.PackTransposed(l.wx, l.wih.matrix())
	w.PackTransposed(l.wh, l.whh.matrix())
	if l.wxT != nil {
		w.Pack(l.wxT, l.wih.matrix())
		w.Pack(l.whT, l.whh.matrix())
	}
	copy(l.bias, l.bih.Value)
	if l.cell != GRU {
		kernel.Add(l.bias, l.bhh.Value)
	}
}
