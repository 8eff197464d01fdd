package model

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
)

// attention is additive self-attention (Yang et al. 2016, eq. 5–7; Bahdanau et al. 2015):
//
//	u_t = tanh(W·h_t + b), α = softmax over t of v·u_t, pooled = Σ α_t·h_t
type attention struct {
	weight, bias, vector *Parameter     // [A, W], [A], [1, A] with A = W
	w, wT                *kernel.Packed // Wᵀ for the forward pass, W for the backward pass
}

func newAttention(width int) *attention {
	return &attention{
		weight: newParameter("attention.weight", width, width),
		bias:   newParameter("attention.bias", width),
		vector: newParameter("attention.vector", 1, width),
		w:      kernel.NewPacked(width, width),
	}
}

func (a *attention) parameters() []*Parameter { return []*Parameter{a.weight, a.bias, a.vector} }

func (a *attention) enableGrad() {
	for _, p := range a.parameters() {
		p.enableGrad()
	}
	if a.wT == nil {
		a.wT = kernel.NewPacked(a.weight.Shape[0], a.weight.Shape[1])
	}
}

func (a *attention) pack(w *Workers) {
	w.PackTransposed(a.w, a.weight.matrix())
	if a.wT != nil {
		w.Pack(a.wT, a.weight.matrix())
	}
}

func (a *attention) newPass(over *pass) poolingPass {
	p := &attentionPass{pass: over, attention: a}
	p.forwardJob, p.backwardJob = p.forwardDocs, p.backwardDocs
	return p
}

// attentionPass keeps u and α of every row: R·(A+1) floats.
type attentionPass struct {
	*pass
	*attention
	u, du         kernel.Matrix // [rows][A]
	alpha, dscore kernel.Matrix // [rows][1]
	pooled, out   kernel.Matrix
	dout, dpooled kernel.Matrix

	forwardJob, backwardJob func(int, *kernel.Scratch)
}

func (p *attentionPass) forward(pooled, out kernel.Matrix) {
	p.begin(pooled, out)
	p.workers.Mul(p.u, out, p.w, kernel.Bias, p.bias.Value)
	p.workers.Run(p.forwardJob)
}

// attend is forward on the calling worker alone.
func (p *attentionPass) attend(s *kernel.Scratch, pooled, out kernel.Matrix) {
	p.begin(pooled, out)
	s.Mul(p.u, out, p.w, 0, p.w.Panels(), kernel.Bias, p.bias.Value)
	p.weighDocs(0, p.seq.streams)
}

func (p *attentionPass) begin(pooled, out kernel.Matrix) {
	p.pooled, p.out = pooled, out
	p.u.Resize(out.Rows, p.weight.Shape[0])
	p.alpha.Resize(out.Rows, 1)
}

func (p *attentionPass) forwardDocs(worker int, _ *kernel.Scratch) {
	p.weighDocs(kernel.Span(p.seq.streams, 1, worker, p.workers.Len()))
}

// weighDocs pools the documents from up to to.
func (p *attentionPass) weighDocs(from, to int) {
	for d := from; d < to; d++ {
		p.weigh(d)
		pooled := p.pooled.Row(d)
		clear(pooled)
		for t := range p.seq.length(d) {
			r := p.seq.row(t, d)
			kernel.Axpy(pooled, p.alpha.Row(r)[0], p.out.Row(r))
		}
	}
}

// weigh computes a document's u and α.
func (p *attentionPass) weigh(d int) {
	top := math.Inf(-1)
	for t := range p.seq.length(d) {
		r := p.seq.row(t, d)
		kernel.Tanh(p.u.Row(r))
		score := dot(p.u.Row(r), p.vector.Value)
		p.alpha.Row(r)[0] = float32(score)
		top = math.Max(top, score)
	}
	sum := 0.0
	for t := range p.seq.length(d) {
		sum += math.Exp(float64(p.alpha.Row(p.seq.row(t, d))[0]) - top)
	}
	for t := range p.seq.length(d) {
		a := p.alpha.Row(p.seq.row(t, d))
		a[0] = float32(math.Exp(float64(a[0])-top) / sum)
	}
}

func (p *attentionPass) backward(dout, dpooled, out kernel.Matrix) {
	p.dout, p.dpooled, p.out = dout, dpooled, out
	p.du.Resize(out.Rows, p.u.Cols)
	p.dscore.Resize(out.Rows, 1)
	p.workers.Run(p.backwardJob)
	p.workers.MulTN(kernel.Float32, p.dscore, nil, kernel.Overwrite, kernel.Right{C: p.vector.gradMatrix(), B: p.u})
	p.workers.MulTN(kernel.Float32, p.du, p.bias.Grad, kernel.Overwrite, kernel.Right{C: p.weight.gradMatrix(), B: out})
	p.workers.Mul(dout, p.du, p.wT, kernel.Accumulate, nil)
}

// backwardDocs computes ds_t = α_t·(dα_t − Σ α·dα) with dα_t = dpooled·h_t, and from it du before the tanh; dout starts
// as α_t·dpooled.
func (p *attentionPass) backwardDocs(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(p.seq.streams, 1, worker, p.workers.Len())
	for d := from; d < to; d++ {
		grad, mean := p.dpooled.Row(d), 0.0
		for t := range p.seq.length(d) {
			r := p.seq.row(t, d)
			da := dot(grad, p.out.Row(r))
			p.dscore.Row(r)[0] = float32(da)
			mean += float64(p.alpha.Row(r)[0]) * da
		}
		for t := range p.seq.length(d) {
			r := p.seq.row(t, d)
			a, ds := p.alpha.Row(r)[0], p.dscore.Row(r)
			ds[0] = float32(float64(a) * (float64(ds[0]) - mean))
			clear(p.dout.Row(r))
			kernel.Axpy(p.dout.Row(r), a, grad)
			for j, u := range p.u.Row(r) {
				p.du.Row(r)[j] = ds[0] * p.vector.Value[j] * (1 - u*u)
			}
		}
	}
}

func dot(a, b []float32) float64 {
	var s float64
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}
