package model

import "github.com/textgen-go/textgen/internal/kernel"

// head is the linear layer that turns the features of a row into logits over the vocabulary: x·Wᵀ + b, W being [V, W].
type head struct {
	weight, bias *Parameter     // no bias: nil
	w, wT        *kernel.Packed // Wᵀ for the forward pass, W for the backward pass
	precision    Precision
}

// newHead builds the layer; with tied, its weight is another parameter (Press & Wolf 2017).
func newHead(name string, vocab, width int, tied *Parameter) *head {
	h := newBiasless(name, vocab, width, tied)
	h.bias = newParameter(name+".bias", vocab)
	return h
}

// newBiasless builds the layer without b.
func newBiasless(name string, vocab, width int, tied *Parameter) *head {
	h := &head{weight: tied}
	if tied == nil {
		h.weight = newParameter(name+".weight", vocab, width)
	}
	h.setPrecision(Float32)
	return h
}

// product is x·Wᵀ + b.
func (h *head) product(c, x kernel.Matrix) kernel.Product {
	if h.bias == nil {
		return kernel.Product{C: c, A: x, B: h.w, Mode: kernel.Overwrite}
	}
	return kernel.Product{C: c, A: x, B: h.w, Mode: kernel.Bias, Bias: h.bias.Value}
}

// setPrecision decides how the weights are kept and how products by them are computed.
func (h *head) setPrecision(p Precision) {
	h.precision = p
	h.w = kernel.NewPackedAs(h.weight.Shape[1], h.weight.Shape[0], p)
	if h.wT != nil {
		h.makeTransposed()
	}
}

func (h *head) makeTransposed() {
	h.wT = kernel.NewPackedAs(h.weight.Shape[0], h.weight.Shape[1], h.precision)
}

func (h *head) enableGrad() {
	h.weight.enableGrad()
	if h.bias != nil {
		h.bias.enableGrad()
	}
	if h.wT == nil {
		h.makeTransposed()
	}
}

func (h *head) pack(w *Workers) {
	w.PackTransposed(h.w, h.weight.matrix())
	if h.wT != nil {
		w.Pack(h.wT, h.weight.matrix())
	}
}

// blockFloats bounds the logits that exist at a time: 32 MiB. Large vocabularies are worked through in blocks of rows.
const blockFloats = 8 << 20

// minBlockRows keeps the blocks' products efficient whatever the vocabulary.
const minBlockRows = 64

// lossPass is the workspace of a head over one window: softmax cross-entropy of every row against its target. Training,
// it computes the gradients block by block along with the loss, so that the logits are never stored whole.
type lossPass struct {
	*head
	workers  *Workers
	training bool          // compute the gradients of x
	learning bool          // and those of the weights
	logits   kernel.Matrix // [block][V], then their gradients
	nats     []float64     // loss of each row
	tails    *tailsPass    // of the tokens that this layer does not know, or nil

	x, dx   kernel.Matrix
	targets []int32
	at      int // first row of the block
	scale   float32
	job     func(int, *kernel.Scratch)
}

func newLossPass(h *head, rows int, w *Workers, training bool) *lossPass {
	vocab := h.weight.Shape[0]
	block := min(rows, max(minBlockRows, blockFloats/vocab))
	p := &lossPass{head: h, workers: w, training: training, learning: training, nats: make([]float64, rows)}
	p.logits = kernel.NewMatrix(block, vocab)
	p.job = p.rows
	return p
}

// forward returns the sum of −ln p(target) over the rows of x, in nats. Training, it also overwrites dx and the head's
// gradients with those of the mean.
func (p *lossPass) forward(x, dx kernel.Matrix, targets []int32) float64 {
	p.run(x, dx, targets, 1/float32(x.Rows))
	var sum float64
	for _, v := range p.nats[:x.Rows] {
		sum += v
	}
	return sum
}

// run computes the rows' losses and, training, the gradients of their sum times scale.
func (p *lossPass) run(x, dx kernel.Matrix, targets []int32, scale float32) {
	if p.tails != nil {
		targets = p.tails.sort(targets)
	}
	p.x, p.dx, p.targets, p.scale = x, dx, targets, scale
	if p.learning && x.Rows == 0 {
		p.zeroGrads()
	}
	for p.at = 0; p.at < x.Rows; p.at += p.logits.Rows {
		p.workers.Run(p.job)
		if p.learning {
			p.weightGrads()
		}
	}
	if p.tails != nil {
		p.tails.run(x, dx, p.nats, scale)
	}
}

func (p *lossPass) zeroGrads() {
	clear(p.weight.Grad)
	if p.bias != nil {
		clear(p.bias.Grad)
	}
}

func (p *lossPass) blockRows() int { return min(p.logits.Rows, p.x.Rows-p.at) }

// rows computes a worker's rows of the block.
func (p *lossPass) rows(worker int, s *kernel.Scratch) {
	from, to := kernel.Span(p.blockRows(), 1, worker, p.workers.Len())
	logits := p.logits.RowRange(from, to)
	q := p.product(logits, p.x.RowRange(p.at+from, p.at+to))
	s.Mul(q.C, q.A, q.B, 0, q.B.Panels(), q.Mode, q.Bias)
	for i := range logits.Rows {
		r := p.at + from + i
		p.nats[r] = p.row(logits.Row(i), int(p.targets[r]))
	}
	if p.training {
		s.Mul(p.dx.RowRange(p.at+from, p.at+to), logits, p.wT, 0, p.wT.Panels(), kernel.Overwrite, nil)
	}
}

func (p *lossPass) row(logits []float32, target int) float64 {
	if p.training {
		return kernel.CrossEntropy(logits, target, p.scale)
	}
	return kernel.LogSumExp(logits) - float64(logits[target])
}

func (p *lossPass) weightGrads() {
	mode, block := kernel.Overwrite, p.logits.RowRange(0, p.blockRows())
	if p.at > 0 {
		mode = kernel.Accumulate
	}
	var sums []float32
	if p.bias != nil {
		sums = p.bias.Grad
	}
	x := p.x.RowRange(p.at, p.at+block.Rows)
	p.workers.MulTN(p.precision, block, sums, mode, kernel.Right{C: p.weight.gradMatrix(), B: x})
}
