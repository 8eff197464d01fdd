package model

import "github.com/textgen-go/textgen/internal/kernel"

// pooling turns the outputs of a stack, packed rows of documents, into one row a document.
type pooling interface {
	parameters() []*Parameter
	enableGrad()
	pack(w *Workers)
	newPass(p *pass) poolingPass
}

// poolingPass is a pooling's workspace over one batch. Out is the stack's output, [rows][W]; document d of length n has
// the rows offsets[t]+d for t < n.
type poolingPass interface {
	// forward overwrites pooled, [docs][P].
	forward(pooled, out kernel.Matrix)
	// backward overwrites dout and the gradients of parameters from dpooled, which is its to change.
	backward(dout, dpooled, out kernel.Matrix)
}

func newPooling(cfg ClassifierConfig) pooling {
	if cfg.Pooling == PoolAttention {
		return newAttention(cfg.Width())
	}
	return plainPooling{cfg.Pooling}
}

// plainPooling is a pooling without parameters.
type plainPooling struct{ kind Pooling }

func (plainPooling) parameters() []*Parameter { return nil }
func (plainPooling) enableGrad()              {}
func (plainPooling) pack(*Workers)            {}

func (p plainPooling) newPass(over *pass) poolingPass {
	run := &plainPass{pass: over, kind: p.kind}
	run.forwardJob, run.backwardJob = run.forwardDocs, run.backwardDocs
	return run
}

// plainPass pools document by document, each worker some of them.
type plainPass struct {
	*pass
	kind                    Pooling
	pooled, out             kernel.Matrix
	dout, dpooled           kernel.Matrix
	largest                 []int32 // [docs][W] the step at which a feature was largest
	forwardJob, backwardJob func(int, *kernel.Scratch)
}

func (p *plainPass) forward(pooled, out kernel.Matrix) {
	p.pooled, p.out = pooled, out
	if n := pooled.Rows * out.Cols; cap(p.largest) < n {
		p.largest = make([]int32, n)
	}
	p.workers.Run(p.forwardJob)
}

func (p *plainPass) backward(dout, dpooled, out kernel.Matrix) {
	p.dout, p.dpooled, p.out = dout, dpooled, out
	p.workers.Run(p.backwardJob)
}

func (p *plainPass) forwardDocs(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(p.seq.streams, 1, worker, p.workers.Len())
	for d := from; d < to; d++ {
		row, width := p.pooled.Row(d), p.out.Cols
		switch p.kind {
		case PoolMean:
			p.mean(row, d)
		case PoolMax:
			p.max(row, d)
		case PoolMeanMax:
			p.mean(row[:width], d)
			p.max(row[width:], d)
		default:
			p.last(row, d)
		}
	}
}

func (p *plainPass) backwardDocs(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(p.seq.streams, 1, worker, p.workers.Len())
	for d := from; d < to; d++ {
		grad, width := p.dpooled.Row(d), p.out.Cols
		switch p.kind {
		case PoolMean:
			p.meanGrad(grad, d)
		case PoolMax:
			p.clearGrad(d)
			p.maxGrad(grad, d)
		case PoolMeanMax:
			p.meanGrad(grad[:width], d)
			p.maxGrad(grad[width:], d)
		default:
			p.clearGrad(d)
			p.lastGrad(grad, d)
		}
	}
}

func (p *plainPass) mean(dst []float32, d int) {
	clear(dst)
	n := p.seq.length(d)
	for t := range n {
		kernel.Add(dst, p.out.Row(p.seq.row(t, d)))
	}
	kernel.Scale(dst, 1/float32(n))
}

// meanGrad overwrites the gradients of a document's outputs, which are all the same. It shrinks grad.
func (p *plainPass) meanGrad(grad []float32, d int) {
	n := p.seq.length(d)
	kernel.Scale(grad, 1/float32(n))
	for t := range n {
		copy(p.dout.Row(p.seq.row(t, d)), grad)
	}
}

// clearGrad sets the gradients of a document's outputs to 0.
func (p *plainPass) clearGrad(d int) {
	for t := range p.seq.length(d) {
		clear(p.dout.Row(p.seq.row(t, d)))
	}
}

func (p *plainPass) max(dst []float32, d int) {
	copy(dst, p.out.Row(p.seq.row(0, d)))
	at := p.largest[d*len(dst) : (d+1)*len(dst)]
	clear(at)
	for t := 1; t < p.seq.length(d); t++ {
		for j, v := range p.out.Row(p.seq.row(t, d)) {
			if v > dst[j] {
				dst[j], at[j] = v, int32(t)
			}
		}
	}
}

func (p *plainPass) maxGrad(grad []float32, d int) {
	for j, t := range p.largest[d*len(grad) : (d+1)*len(grad)] {
		p.dout.Row(p.seq.row(int(t), d))[j] += grad[j]
	}
}

// last takes the forward direction's features at the document's end and the reverse direction's at its beginning.
func (p *plainPass) last(dst []float32, d int) {
	h := p.cfg.Hidden
	copy(dst[:h], p.out.Row(p.seq.row(p.seq.length(d)-1, d)))
	if p.cfg.Bidirectional {
		copy(dst[h:], p.out.Row(p.seq.row(0, d))[h:])
	}
}

func (p *plainPass) lastGrad(grad []float32, d int) {
	h := p.cfg.Hidden
	kernel.Add(p.dout.Row(p.seq.row(p.seq.length(d)-1, d))[:h], grad[:h])
	if p.cfg.Bidirectional {
		kernel.Add(p.dout.Row(p.seq.row(0, d))[h:], grad[h:])
	}
}
