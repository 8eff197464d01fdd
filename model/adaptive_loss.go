package model

import "github.com/textgen-go/textgen/internal/kernel"

// newLoss returns the workspace of the model's loss over some rows.
func (m *LanguageModel) newLoss(rows int, w *Workers, training bool) *lossPass {
	p := newLossPass(m.head, rows, w, training)
	if m.tails != nil {
		p.tails = newTailsPass(m, rows, w, training)
	}
	return p
}

// forgetWeights leaves the gradients of weights as they are from now on: only those of x are wanted.
func (p *lossPass) forgetWeights() {
	p.learning = false
	if p.tails != nil {
		for _, t := range p.tails.tails {
			t.loss.learning = false
		}
	}
}

// tailsPass is the workspace of an adaptive softmax's tails over one window: each works on the rows whose targets are
// its own.
type tailsPass struct {
	frequent int // tokens that belong to no tail
	workers  *Workers
	training bool
	tails    []*tailPass
	targets  []int32 // of the rows in the layer of frequent tokens

	rows, grads kernel.Matrix // [R][H] the current tail's rows, and their gradients
	at          *tailPass     // the current tail
	x, dx       kernel.Matrix // all rows
	gatherJob   func(int, *kernel.Scratch)
	scatterJob  func(int, *kernel.Scratch)
}

// tailPass is the part of one tail.
type tailPass struct {
	*tail
	loss          *lossPass
	rows          []int32       // that have a target in the tail
	targets       []int32       // within the tail
	narrow, grads kernel.Matrix // [R][H/4^(i+1)] features and their gradients
}

func newTailsPass(m *LanguageModel, rows int, w *Workers, training bool) *tailsPass {
	p := &tailsPass{frequent: m.cfg.Cutoffs[0], workers: w, training: training, targets: make([]int32, rows)}
	p.rows = kernel.NewMatrix(rows, m.cfg.Width())
	if training {
		p.grads = kernel.NewMatrix(rows, m.cfg.Width())
	}
	for i, t := range m.tails {
		tp := &tailPass{tail: t, loss: newLossPass(t.words, rows, w, training)}
		tp.rows, tp.targets = make([]int32, 0, rows), make([]int32, 0, rows)
		tp.narrow = kernel.NewMatrix(rows, m.cfg.tailWidth(i))
		if training {
			tp.grads = kernel.NewMatrix(rows, m.cfg.tailWidth(i))
		}
		p.tails = append(p.tails, tp)
	}
	p.gatherJob, p.scatterJob = p.gather, p.scatter
	return p
}

// sort gives the rows to the tails that have their targets, and returns the targets in the layer of frequent tokens.
func (p *tailsPass) sort(targets []int32) []int32 {
	for _, t := range p.tails {
		t.rows, t.targets = t.rows[:0], t.targets[:0]
	}
	for r, target := range targets {
		p.targets[r] = target
		for i, t := range p.tails {
			if int(target) >= t.low && int(target) < t.high {
				p.targets[r] = int32(p.frequent + i)
				t.rows, t.targets = append(t.rows, int32(r)), append(t.targets, target-int32(t.low))
			}
		}
	}
	return p.targets[:len(targets)]
}

// run adds the tails' losses to the rows' nats and, training, their gradients to dx.
func (p *tailsPass) run(x, dx kernel.Matrix, nats []float64, scale float32) {
	p.x, p.dx = x, dx
	for _, t := range p.tails {
		p.at = t
		p.runTail(scale)
		for i, r := range t.rows {
			nats[r] += t.loss.nats[i]
		}
	}
}

func (p *tailsPass) runTail(scale float32) {
	t, n := p.at, len(p.at.rows)
	rows, narrow, grads := p.rows.RowRange(0, n), t.narrow.RowRange(0, n), kernel.Matrix{}
	if p.training {
		grads = t.grads.RowRange(0, n)
	}
	p.workers.Run(p.gatherJob)
	q := t.project.product(narrow, rows)
	p.workers.Mul(q.C, q.A, q.B, q.Mode, q.Bias)
	t.loss.run(narrow, grads, t.targets, scale)
	if t.loss.learning {
		p.workers.MulTN(t.project.precision, grads, nil, kernel.Overwrite, kernel.Right{C: t.project.weight.gradMatrix(), B: rows})
	}
	if p.training {
		p.workers.Mul(p.grads.RowRange(0, n), grads, t.project.wT, kernel.Overwrite, nil)
		p.workers.Run(p.scatterJob)
	}
}

func (p *tailsPass) gather(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(len(p.at.rows), 1, worker, p.workers.Len())
	for i := from; i < to; i++ {
		copy(p.rows.Row(i), p.x.Row(int(p.at.rows[i])))
	}
}

func (p *tailsPass) scatter(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(len(p.at.rows), 1, worker, p.workers.Len())
	for i := from; i < to; i++ {
		kernel.Add(p.dx.Row(int(p.at.rows[i])), p.grads.Row(i))
	}
}
