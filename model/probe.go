package model

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Probe measures how far gradients travel back in time through a language model, and what its gates do. It has a
// workspace of its own: measuring changes neither the model nor its gradients nor the state that it starts from.
//
// For S streams of T steps, read without dropout from given states, let L be the loss of a stream's last prediction
// alone, −ln p(target) at step T in nats. Of every layer and every lag k from 0 to T−1 the probe tells
//
//	‖∂L/∂h_{T−k}‖₂
//
// averaged over the streams: by how much L would change if the layer's output k steps ago were another. It is the total
// derivative, through all layers and all steps between, as backpropagation through time computes it; an LSTM's own c_{T−k}
// is held fixed. Bengio et al. (1994) and Pascanu et al. (2013) study this curve: it falls or grows like λ^k where λ is
// the typical gain of a step.
//
// It costs a forward and a backward pass of S streams, without the products that give the weights' gradients.
type Probe struct {
	Steps, Streams int

	model   *LanguageModel
	front   *front
	loss    *lossPass // without the gradients of weights
	reading []LayerReading
	units   unitReader
}

// LayerReading is what a [Probe] measured of a layer.
type LayerReading struct {
	Gradient []float64     // [T] ‖∂L/∂h_{T−k}‖₂ by the lag k
	Gates    []GateReading // in the order of the cell's gates; a tanh network's only "gate" is h, a rectifier has none
	Gain     float64       // of cells without gates: ‖W_hh‖_F/√H, the factor by which W_hh alone lengthens a vector in the mean
	Dead     float64       // share of units whose h stays within a range of 0.001, or at 0 for a rectifier, at all steps of all streams
}

// GateReading tells how much of a gate is saturated: of a sigmoid the shares below 0.05 and above 0.95, of a tanh those
// below −0.95 and above 0.95. A saturated gate hardly learns: its derivative is less than a fifth, or a tenth for a tanh, of
// what it is at 0.
type GateReading struct {
	Name      string
	Low, High float64
}

const (
	saturatedSigmoid = 0.05
	saturatedTanh    = 0.95
	deadRange        = 0.001
)

// NewProbe allocates a probe of windows of some steps and streams. Like [LanguageModel.NewTrainingWindow] it makes the
// model ready for training, if it is not; then the model must be packed afterwards.
func (m *LanguageModel) NewProbe(w *Workers, steps, streams int) *Probe {
	m.enableGrad()
	pass := newPass(m.recurrent, uniformSequence(steps, streams), w, true)
	pass.quiet = true
	p := &Probe{
		Steps: steps, Streams: streams, model: m,
		front: newFront(pass, m.embedding, m.cfg.TieWeights, false),
		loss:  m.newLoss(streams, w, true),
		units: newUnitReader(m.cfg.Hidden),
	}
	p.loss.forgetWeights()
	for range m.recurrent.layers {
		p.reading = append(p.reading, newLayerReading(m.cfg.Cell, steps))
	}
	return p
}

// Measure reads inputs, [T][S], from the state of the streams, and returns what was measured of every layer, valid until
// the next Measure. Targets, [S], are the tokens that follow the last inputs. After the first it allocates nothing. As in
// [Window.Forward], wrong tokens and states, and a model that is not packed, panic.
func (p *Probe) Measure(inputs, targets []int32, from *State) []LayerReading {
	pass := p.front.pass
	mustBePacked(p.model.packed)
	checkStreams(from, p.Streams)
	checkTokens(inputs, pass.seq.rows(), p.model.cfg.VocabSize)
	checkTokens(targets, p.Streams, p.model.cfg.VocabSize)
	pass.load(from)
	p.front.forward(inputs)
	pass.forward()
	for l, traces := range pass.traces {
		p.units.read(traces[0], &p.reading[l])
	}
	p.lastLoss(targets)
	p.backward()
	for l, traces := range pass.traces {
		normsByLag(p.reading[l].Gradient, traces[0].outputGrad(), p.Streams)
	}
	return p.reading
}

// lastLoss sets the gradient of the stack's output: that of the last step's losses at their rows, else zero.
func (p *Probe) lastLoss(targets []int32) {
	pass := p.front.pass
	top, rows := len(pass.inputs)-1, pass.seq.rows()
	from := rows - p.Streams
	pass.grads[top].Zero()
	p.loss.run(pass.inputs[top].RowRange(from, rows), pass.grads[top].RowRange(from, rows), targets, 1)
}

// backward is the backward pass of the stack without the gradients of weights.
func (p *Probe) backward() {
	pass := p.front.pass
	for l := len(pass.traces) - 1; l >= 0; l-- {
		if pass.joined[l+1] {
			pass.backwardJoin(l + 1)
		}
		t := pass.traces[l][0]
		t.backward()
		if l > 0 {
			t.inputGrads()
		}
	}
}

// normsByLag averages the norms of the rows of dh, [T·streams][H], over the streams, by the lag.
func normsByLag(byLag []float64, dh kernel.Matrix, streams int) {
	for k := range byLag {
		sum := 0.0
		for b := range streams {
			sum += math.Sqrt(kernel.SumSquares(dh.Row((len(byLag)-1-k)*streams + b)))
		}
		byLag[k] = sum / float64(streams)
	}
}

// InitialState copies the states from which the last Forward's first streams started to s, for as many streams as s has.
func (win *Window) InitialState(s *State) {
	i := 0
	for _, traces := range win.front.traces {
		for _, t := range traces {
			for k := range t.distance {
				from, to := k*win.Streams, k*s.streams
				s.h[i].RowRange(to, to+s.streams).CopyFrom(t.h.RowRange(from, from+s.streams))
				if t.cell == LSTM {
					s.c[i].RowRange(to, to+s.streams).CopyFrom(t.c.RowRange(from, from+s.streams))
				}
			}
			i++
		}
	}
}
