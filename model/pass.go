package model

import "github.com/textgen-go/textgen/internal/kernel"

// pass is the workspace of a stack over one window. Between the layers stand its joins: inputs[l] is what layer l
// reads, inputs[L] the output of the stack.
type pass struct {
	*Recurrent
	seq      sequence
	workers  *Workers
	training bool
	quiet    bool   // training, but nothing is random
	key      uint64 // of this window's dropout

	traces [][]*trace
	ways   []*highwayTrace // around each layer; nil where there is none
	inputs []kernel.Matrix
	grads  []kernel.Matrix // of inputs
	joined []bool          // inputs[l] is a buffer of its own, not the layer's output itself

	outputs, outputGrads []kernel.Matrix // [B+R][W] of a layer with two directions: their h and dh side by side

	penalty *activationPenalty // nil: none

	joinAt                int // the layer that a job works behind
	joinJob, joinBackward func(int, *kernel.Scratch)
}

// newPass allocates the workspace for seq. The caller fills inputs[0] unless it has none, and projects layer 0.
func newPass(r *Recurrent, seq sequence, w *Workers, training bool) *pass {
	p := &pass{Recurrent: r, workers: w, training: training}
	p.inputs = make([]kernel.Matrix, len(r.layers)+1)
	p.grads = make([]kernel.Matrix, len(r.layers)+1)
	p.joined = make([]bool, len(r.layers)+1)
	p.outputs = make([]kernel.Matrix, len(r.layers))
	p.outputGrads = make([]kernel.Matrix, len(r.layers))
	for l, directions := range r.layers {
		var traces []*trace
		for _, d := range directions {
			traces = append(traces, newTrace(d, w, training))
		}
		p.traces = append(p.traces, traces)
		p.ways = append(p.ways, nil)
		if h := r.highways[l]; h != nil {
			p.ways[l] = &highwayTrace{highway: h}
		}
		p.joined[l+1] = p.shortcut(l) || p.dropping(l+1)
	}
	p.joinJob, p.joinBackward = p.join, p.unjoin
	p.resize(seq)
	return p
}

// resize makes room for another sequence.
func (p *pass) resize(seq sequence) {
	p.seq = seq
	for l, traces := range p.traces {
		for d, t := range traces {
			t.resize(seq)
			if l > 0 {
				t.connect(p.inputs[l], p.grads[l], p.inputGradMode(l, d))
			}
		}
		if len(traces) > 1 {
			p.layOut(l)
		}
		if p.ways[l] != nil {
			p.ways[l].resize(seq.rows())
		}
		p.connect(l + 1)
	}
}

// layOut lets the directions of layer l write side by side.
func (p *pass) layOut(l int) {
	states, width := p.seq.streams+p.seq.rows(), p.cfg.Width()
	h, dh := &p.outputs[l], &p.outputGrads[l]
	h.Resize(states, width)
	if p.training {
		dh.Resize(states, width)
	}
	for d, t := range p.traces[l] {
		from, to := d*t.hidden, (d+1)*t.hidden
		t.h = h.ColRange(from, to)
		if p.training {
			t.dh = dh.ColRange(from, to)
		}
	}
}

// connect sets what stands behind layer l−1: its output itself, or a buffer into which it is joined.
func (p *pass) connect(l int) {
	if !p.joined[l] {
		h, dh := p.traces[l-1][0].h, p.traces[l-1][0].dh
		if len(p.traces[l-1]) > 1 {
			h, dh = p.outputs[l-1], p.outputGrads[l-1]
		}
		from := p.traces[l-1][0].seq.streams
		p.inputs[l] = h.RowRange(from, h.Rows)
		if p.training {
			p.grads[l] = dh.RowRange(from, dh.Rows)
		}
		return
	}
	p.inputs[l].Resize(p.seq.rows(), p.cfg.Width())
	if p.training {
		p.grads[l].Resize(p.seq.rows(), p.cfg.Width())
	}
}

// noisy reports whether things are drawn at random.
func (p *pass) noisy() bool { return p.training && !p.quiet }

func (p *pass) dropping(l int) bool { return p.noisy() && p.dropout(l) > 0 }

// resizeInput makes room for the input of layer 0 and, when training, for its gradient.
func (p *pass) resizeInput() {
	p.inputs[0].Resize(p.seq.rows(), p.input)
	if p.training {
		p.grads[0].Resize(p.seq.rows(), p.input)
	}
}

// connectInput lets layer 0, and a highway around it, read inputs[0].
func (p *pass) connectInput() {
	p.resizeInput()
	for d, t := range p.traces[0] {
		t.connect(p.inputs[0], p.grads[0], p.inputGradMode(0, d))
		t.lookUp(nil)
	}
	if way := p.ways[0]; way != nil {
		way.lookUp(nil, kernel.Matrix{})
	}
}

// forward runs the layers; layer 0 has been projected.
func (p *pass) forward() {
	for l, traces := range p.traces {
		for _, t := range traces {
			if l > 0 {
				t.project()
			}
			t.draw(p.noisy(), p.key)
			t.forward()
		}
		if p.joined[l+1] {
			p.forwardJoin(l + 1)
		}
	}
}

// backward runs the layers in reverse, from grads[L] to the pre-activations of layer 0, whose input the caller knows.
func (p *pass) backward() {
	for l := len(p.traces) - 1; l >= 0; l-- {
		if p.joined[l+1] {
			p.backwardJoin(l + 1)
		}
		if way := p.ways[l]; way != nil && !way.tabled() {
			way.weightGrads(p.inputs[l], way.gate, p.workers)
		}
		if p.penalty != nil && l == len(p.traces)-1 {
			p.penalty.addToChanges()
		}
		for _, t := range p.traces[l] {
			t.backward()
			t.weightGrads()
			if l > 0 {
				t.inputGrads()
			}
		}
	}
}

// inputGradMode says what the gradient of layer l's input starts from, for direction d.
func (p *pass) inputGradMode(l, d int) kernel.Mode {
	if d == 0 && !p.shortcut(l) {
		return kernel.Overwrite
	}
	return kernel.Accumulate
}

// forwardJoin makes inputs[l] of what the layer before it read and wrote.
func (p *pass) forwardJoin(l int) {
	if way := p.ways[l-1]; way != nil {
		way.project(p.inputs[l-1], p.workers)
	}
	p.joinAt = l
	p.workers.Run(p.joinJob)
}

// backwardJoin goes the way back, without the gradients of weights, nor of what a table was made of.
func (p *pass) backwardJoin(l int) {
	p.joinAt = l
	p.workers.Run(p.joinBackward)
	if way := p.ways[l-1]; way != nil && !way.tabled() {
		way.inputGrads(p.grads[l-1], way.gate, p.workers)
	}
}

// join writes a worker's rows of inputs[l]: the directions side by side, dropped out, plus the layer's input or
// mixed with it.
func (p *pass) join(worker int, _ *kernel.Scratch) {
	l := p.joinAt
	from, to := kernel.Span(p.seq.rows(), 1, worker, p.workers.Len())
	for r := from; r < to; r++ {
		dst := p.inputs[l].Row(r)
		for d, t := range p.traces[l-1] {
			p.drop(dst[d*t.hidden:(d+1)*t.hidden], t.output().Row(r), l, p.maskRow(r)*len(dst)+d*t.hidden)
		}
		if p.residual(l - 1) {
			kernel.Add(dst, p.inputs[l-1].Row(r))
		}
		if way := p.ways[l-1]; way != nil {
			way.join(r, dst, p.inputs[l-1].Row(r))
		}
	}
}

// unjoin is join's backward: it overwrites the gradients of the layer's outputs and, for a shortcut, of its input.
func (p *pass) unjoin(worker int, _ *kernel.Scratch) {
	l := p.joinAt
	from, to := kernel.Span(p.seq.rows(), 1, worker, p.workers.Len())
	for r := from; r < to; r++ {
		grad := p.grads[l].Row(r)
		if way := p.ways[l-1]; way != nil {
			way.unjoin(r, grad, p.grads[l-1].Row(r))
		}
		for d, t := range p.traces[l-1] {
			p.drop(t.outputGrad().Row(r), grad[d*t.hidden:(d+1)*t.hidden], l, p.maskRow(r)*len(grad)+d*t.hidden)
		}
		if p.residual(l - 1) {
			copy(p.grads[l-1].Row(r), grad)
		}
	}
}

// drop copies src to dst through the dropout before layer l; at is the place of src in the layer's buffer. The mask is
// its own derivative.
func (p *pass) drop(dst, src []float32, l, at int) {
	if p.dropping(l) {
		kernel.Dropout(dst, src, float32(p.dropout(l)), dropoutKey(p.key, l), uint32(at))
		return
	}
	copy(dst, src)
}

// dropoutKey derives the key of one dropout from that of the window: the 64-bit golden ratio spreads the layers.
func dropoutKey(key uint64, layer int) uint64 { return key ^ uint64(layer+1)*0x9e3779b97f4a7c15 }

// load copies the streams' state to where the window begins; nil means zero.
func (p *pass) load(s *State) {
	i := 0
	for _, traces := range p.traces {
		for _, t := range traces {
			if s == nil {
				t.h.RowRange(0, t.seq.streams).Zero()
				if t.cell == LSTM {
					t.c.RowRange(0, t.seq.streams).Zero()
				}
				continue
			}
			t.h.RowRange(0, t.seq.streams).CopyFrom(s.h[i])
			if t.cell == LSTM {
				t.c.RowRange(0, t.seq.streams).CopyFrom(s.c[i])
			}
			i++
		}
	}
}

// store copies the state after some steps of the window, all of whose streams are equally long and run forward.
func (p *pass) store(s *State, steps int) {
	i, from := 0, steps*p.seq.streams
	for _, traces := range p.traces {
		for _, t := range traces {
			s.h[i].CopyFrom(t.h.RowRange(from, from+s.h[i].Rows))
			if t.cell == LSTM {
				s.c[i].CopyFrom(t.c.RowRange(from, from+s.c[i].Rows))
			}
			i++
		}
	}
}
