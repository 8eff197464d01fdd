package model

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Recurrent is a stack of recurrent layers, uni- or bidirectional: layer l reads what layer l−1 wrote, the two
// directions of a bidirectional layer side by side.
type Recurrent struct {
	cfg    RecurrentConfig
	input  int
	layers [][]*layer // [layer][direction]

	highways []*highway // around each layer; nil where there is none
}

// newRecurrent builds the stack over inputs of the given width; parameter names start with prefix.
func newRecurrent(prefix string, cfg RecurrentConfig, input int) *Recurrent {
	r := &Recurrent{cfg: cfg, input: input}
	for i := range cfg.Layers {
		var directions []*layer
		for d := range cfg.Directions() {
			directions = append(directions, newLayer(prefix, cfg, i, r.inputWidth(i), d == 1))
		}
		r.layers = append(r.layers, directions)
		r.highways = append(r.highways, nil)
		if cfg.Highway && r.inputWidth(i) == cfg.Width() {
			r.highways[i] = newHighway(prefix, "_l"+strconv.Itoa(i), cfg.Width())
		}
	}
	return r
}

func (r *Recurrent) inputWidth(layer int) int {
	if layer == 0 {
		return r.input
	}
	return r.cfg.Width()
}

// residual reports whether a layer's input is added to its output.
func (r *Recurrent) residual(layer int) bool {
	return r.cfg.Residual && r.inputWidth(layer) == r.cfg.Width()
}

// shortcut reports whether there is a way around a layer.
func (r *Recurrent) shortcut(layer int) bool { return r.residual(layer) || r.highways[layer] != nil }

// dropout returns the probability with which elements are dropped before a layer, or after the last.
func (r *Recurrent) dropout(layer int) float64 {
	switch layer {
	case 0:
		return r.cfg.InputDropout
	case r.cfg.Layers:
		return r.cfg.OutputDropout
	default:
		return r.cfg.Dropout
	}
}

func (r *Recurrent) each(do func(*layer)) {
	for _, directions := range r.layers {
		for _, l := range directions {
			do(l)
		}
	}
}

func (r *Recurrent) eachHighway(do func(*highway)) {
	for _, h := range r.highways {
		if h != nil {
			do(h)
		}
	}
}

func (r *Recurrent) parameters() []*Parameter {
	var ps []*Parameter
	r.each(func(l *layer) { ps = append(ps, l.parameters()...) })
	r.eachHighway(func(h *highway) { ps = append(ps, h.parameters()...) })
	return ps
}

func (r *Recurrent) initialise(rng *rand.Rand) {
	r.each(func(l *layer) { r.cfg.Init.initialise(l, rng) })
	r.eachHighway(func(h *highway) { h.initialise(r.cfg.Init, rng) })
}

func (r *Recurrent) pack(w *Workers) {
	r.each(func(l *layer) { l.pack(w) })
	r.eachHighway(func(h *highway) { h.pack(w) })
}

func (r *Recurrent) enableGrad() {
	r.each((*layer).enableGrad)
	r.eachHighway((*highway).enableGrad)
}

func (r *Recurrent) setPrecision(p Precision) {
	r.each(func(l *layer) { l.setPrecision(p) })
	r.eachHighway(func(h *highway) { h.setPrecision(p) })
}

// newState returns zero states for a number of streams.
func (r *Recurrent) newState(streams int) *State {
	s := &State{streams: streams}
	for i, directions := range r.layers {
		for _, l := range directions {
			name := strconv.Itoa(i)
			if l.reverse {
				name += "_reverse"
			}
			s.add("h_l"+name, l.distance*streams, l.hidden, &s.h)
			if l.cell == LSTM {
				s.add("c_l"+name, l.distance*streams, l.hidden, &s.c)
			}
		}
	}
	return s
}

// State is the hidden state of a number of streams between two windows: the h of every layer and, for an LSTM, the c. Of
// a layer with a dilation of d these are the h and c of the last d steps, the oldest first.
type State struct {
	streams int
	h, c    []kernel.Matrix
	tensors []Named
}

func (s *State) add(name string, rows, width int, to *[]kernel.Matrix) {
	data := make([]float32, rows*width)
	*to = append(*to, kernel.View(data, rows, width))
	s.tensors = append(s.tensors, Named{Name: name, Shape: []int{rows, width}, Data: data})
}

// row returns row i of a stream in a tensor of the state.
func (s *State) row(t Named, stream, i int) []float32 {
	n := t.Shape[1]
	return t.Data[(i*s.streams+stream)*n:][:n]
}

// depth returns the number of rows that a tensor has of a stream.
func (s *State) depth(t Named) int { return t.Shape[0] / s.streams }

// Streams returns the number of streams.
func (s *State) Streams() int { return s.streams }

// Tensors returns live views of the state, [d·streams, H] each with the layer's dilation d, for saving and restoring.
func (s *State) Tensors() []Named { return s.tensors }

// Reset sets the state to zero, where every stream begins.
func (s *State) Reset() {
	for _, t := range s.tensors {
		clear(t.Data)
	}
}

// ResetStream sets the state of one stream to zero.
func (s *State) ResetStream(stream int) {
	for _, t := range s.tensors {
		for i := range s.depth(t) {
			clear(s.row(t, stream, i))
		}
	}
}

// CopyFrom copies the state of other, which belongs to the same model and has as many streams, else it panics.
func (s *State) CopyFrom(other *State) {
	if !slices.EqualFunc(s.tensors, other.tensors, func(a, b Named) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) }) {
		panic("model: copying the state of other streams, or of another model")
	}
	for i, t := range s.tensors {
		copy(t.Data, other.tensors[i].Data)
	}
}

// CopyStream copies the state of one stream of other, which belongs to the same model, to stream to.
func (s *State) CopyStream(to int, other *State, from int) {
	for i, t := range s.tensors {
		for k := range s.depth(t) {
			copy(s.row(t, to, k), other.row(other.tensors[i], from, k))
		}
	}
}
