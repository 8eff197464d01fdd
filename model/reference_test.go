package model

import (
	"math"
	"slices"
	"strconv"

	"github.com/textgen-go/textgen/internal/kernel"
)

// reference is the network in float64, written from the formulas: one stream, one step, one gate, one unit at a time. It
// shares with the package under test the configuration and the names of parameters, and of the kernels only the hash
// that decides what is dropped.
type reference struct {
	cfg     RecurrentConfig
	weights map[string][]float64 // by the name of the parameter

	row      func(t int) int // the packed row of a step of the stream at hand
	dropping bool
	key      uint64 // of dropout

	nudge func(layer, t int, h []float64) // may change the output of a step, if it is not nil

	// closest is the smallest magnitude of a rectifier's argument so far. Central differences mean nothing where it is
	// not far above their step.
	closest float64
}

// refState is what one layer in one direction carries from step to step, of one stream.
type refState struct{ h, c []float64 }

// refPast are the states that the next steps go on from, the oldest first: one, and with dilation as many as its distance.
type refPast []refState

// refStream is one sequence of inputs with the states that it starts from, one for each layer and direction.
type refStream struct {
	x       [][]float64
	initial []refPast
}

// refResult is what became of a stream: the outputs of the last layer, and the states of all layers at its end.
type refResult struct {
	out   [][]float64
	raw   [][]float64 // outputs of the last layer before what is dropped of them
	final []refPast
}

func newReference(cfg RecurrentConfig, params []*Parameter) *reference {
	r := &reference{cfg: cfg, weights: map[string][]float64{}, closest: math.Inf(1)}
	for _, p := range params {
		r.weights[p.Name] = widen(p.Value)
	}
	return r
}

// run sends every stream through the stack. Streams come longest first.
func (r *reference) run(streams []refStream) []refResult {
	results := make([]refResult, len(streams))
	for b, s := range streams {
		x := r.drop(0, s.x, streams, b)
		r.row = func(t int) int { return packedRow(streams, t, b) }
		var final []refPast
		var raw [][]float64
		for l := range r.cfg.Layers {
			y := make([][]float64, len(x))
			for d := range r.cfg.Directions() {
				out, end := r.layer(l, d == 1, x, s.initial[len(final)])
				for t := range y {
					y[t] = append(y[t], out[t]...)
				}
				final = append(final, end)
			}
			raw = nil
			for t := range y {
				raw = append(raw, slices.Clone(y[t]))
			}
			y = r.drop(l+1, y, streams, b)
			if r.cfg.Residual && len(x[0]) == len(y[0]) {
				addTo(y, x)
			}
			if r.cfg.Highway && len(x[0]) == len(y[0]) {
				r.through(l, y, x)
			}
			x = y
		}
		results[b] = refResult{x, raw, final}
	}
	return results
}

// layer runs one layer in one direction over a sequence.
func (r *reference) layer(index int, reverse bool, x [][]float64, past refPast) (out [][]float64, final refPast) {
	suffix := "_l" + strconv.Itoa(index)
	if reverse {
		suffix += "_reverse"
	}
	past, out = slices.Clone(past), make([][]float64, len(x))
	for i := range x {
		t := i
		if reverse {
			t = len(x) - 1 - i
		}
		s := r.step(suffix, x[t], past[0])
		r.zone(suffix, r.row(t), s, past[0])
		if r.nudge != nil {
			r.nudge(index, t, s.h)
		}
		out[t] = s.h
		past = append(past[1:], s)
	}
	return out, past
}

// step is one step of one cell.
func (r *reference) step(suffix string, x []float64, s refState) refState {
	wih, whh := r.weights["rnn.weight_ih"+suffix], r.dropped("rnn.weight_hh"+suffix)
	bih, bhh := r.weights["rnn.bias_ih"+suffix], r.weights["rnn.bias_hh"+suffix]
	hidden := r.cfg.Hidden
	next := refState{make([]float64, hidden), make([]float64, hidden)}
	for j := range hidden {
		input := func(gate int) float64 { return affine(wih, bih, gate*hidden+j, x) }
		recurrent := func(gate int) float64 { return affine(whh, bhh, gate*hidden+j, s.h) }
		sum := func(gate int) float64 { return input(gate) + recurrent(gate) }
		switch r.cfg.Cell {
		case RNN:
			next.h[j] = math.Tanh(sum(0))
		case ReLURNN:
			r.closest = math.Min(r.closest, math.Abs(sum(0)))
			next.h[j] = math.Max(0, sum(0))
		case LSTM:
			i, f, g, o := logistic(sum(0)), logistic(sum(1)), math.Tanh(sum(2)), logistic(sum(3))
			next.c[j] = f*s.c[j] + i*g
			next.h[j] = o * math.Tanh(next.c[j])
		case GRU:
			reset, z := logistic(sum(0)), logistic(sum(1))
			n := math.Tanh(input(2) + reset*recurrent(2))
			next.h[j] = (1-z)*n + z*s.h[j]
		}
	}
	return next
}

// drop returns x times the mask of the dropout before a layer, or behind the last.
func (r *reference) drop(layer int, x [][]float64, streams []refStream, stream int) [][]float64 {
	p := r.cfg.Dropout
	switch layer {
	case 0:
		p = r.cfg.InputDropout
	case r.cfg.Layers:
		p = r.cfg.OutputDropout
	}
	if !r.dropping || p == 0 {
		return x
	}
	y := make([][]float64, len(x))
	for t := range x {
		mask := make([]float32, len(x[t]))
		for i := range mask {
			mask[i] = 1
		}
		at := packedRow(streams, t, stream) * len(mask)
		if r.cfg.Variational {
			at = stream * len(mask)
		}
		kernel.Dropout(mask, mask, float32(p), dropoutKey(r.key, layer), uint32(at))
		y[t] = make([]float64, len(mask))
		for i, m := range mask {
			y[t][i] = x[t][i] * float64(m)
		}
	}
	return y
}

// packedRow counts the rows before that of a stream at step t: those of earlier steps, and of earlier streams at t.
func packedRow(streams []refStream, t, stream int) int {
	row := stream
	for _, s := range streams {
		row += min(t, len(s.x))
	}
	return row
}

// nats returns −ln softmax(W·x + b)[target], W being called weight.
func (r *reference) nats(x []float64, weight string, target int) float64 {
	return softmaxNats(affineAll(r.weights[weight], r.weights["head.bias"], x), target)
}

func softmaxNats(logits []float64, target int) float64 {
	top := math.Inf(-1)
	for _, v := range logits {
		top = math.Max(top, v)
	}
	var sum float64
	for _, v := range logits {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum) - logits[target]
}

// affineAll returns W·x + b.
func affineAll(w, b, x []float64) []float64 {
	y := make([]float64, len(b))
	for i := range y {
		y[i] = affine(w, b, i, x)
	}
	return y
}

// affine returns row i of W·x + b.
func affine(w, b []float64, i int, x []float64) float64 {
	sum := b[i]
	for k, v := range x {
		sum += w[i*len(x)+k] * v
	}
	return sum
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func addTo(y, x [][]float64) {
	for t := range y {
		for j := range y[t] {
			y[t][j] += x[t][j]
		}
	}
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
