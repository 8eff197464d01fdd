package model

import "github.com/textgen-go/textgen/internal/kernel"

// activationPenalty is the activation and temporal activation regularisation of Merity et al. (2017): to the loss it adds
//
//	AR·mean(y²) + TAR·mean((h_t − h_{t−1})²)
//
// over the elements of the steps that the window learns from, y being the stack's output as the head reads it, with what
// is dropped, and h what the last layer put out before that. What is reported as the loss is without it.
type activationPenalty struct {
	*pass
	ar, tar    float64
	from       int // the first row that the window learns from
	outputsJob func(int, *kernel.Scratch)
	changesJob func(int, *kernel.Scratch)
}

// newActivationPenalty returns nil if there is none.
func newActivationPenalty(p *pass, cfg Config) *activationPenalty {
	if !p.training || cfg.AR == 0 && cfg.TAR == 0 {
		return nil
	}
	a := &activationPenalty{pass: p, ar: cfg.AR, tar: cfg.TAR}
	a.outputsJob, a.changesJob = a.outputs, a.changes
	return a
}

// addToOutputs adds the gradient of the first part to that of the stack's output.
func (a *activationPenalty) addToOutputs(from int) {
	if a.from = from; a.ar > 0 {
		a.workers.Run(a.outputsJob)
	}
}

func (a *activationPenalty) outputs(worker int, _ *kernel.Scratch) {
	y, dy := a.inputs[len(a.layers)], a.grads[len(a.layers)]
	scale := float32(2 * a.ar / float64((y.Rows-a.from)*y.Cols))
	from, to := kernel.Span(y.Rows-a.from, 1, worker, a.workers.Len())
	for r := a.from + from; r < a.from+to; r++ {
		kernel.Axpy(dy.Row(r), scale, y.Row(r))
	}
}

// addToChanges adds the gradient of the second part to that of the last layer's output.
func (a *activationPenalty) addToChanges() {
	if a.tar > 0 {
		a.workers.Run(a.changesJob)
	}
}

// changes works row by row: a row is the later one of a pair with the row before it and the earlier one of another.
func (a *activationPenalty) changes(worker int, _ *kernel.Scratch) {
	last := a.traces[len(a.traces)-1][0]
	h, dh, streams := last.output(), last.outputGrad(), a.seq.streams
	first := max(a.from, streams) // the first that is the later one of a pair
	if first >= h.Rows {
		return
	}
	scale := float32(2 * a.tar / float64((h.Rows-first)*h.Cols))
	from, to := kernel.Span(h.Rows, 1, worker, a.workers.Len())
	for r := from; r < to; r++ {
		if r >= first {
			kernel.Axpy(dh.Row(r), scale, h.Row(r))
			kernel.Axpy(dh.Row(r), -scale, h.Row(r-streams))
		}
		if next := r + streams; next >= first && next < h.Rows {
			kernel.Axpy(dh.Row(r), scale, h.Row(r))
			kernel.Axpy(dh.Row(r), -scale, h.Row(next))
		}
	}
}
