package kernel

import "fmt"

// Step is a time step of one row through an LSTM layer:
//
//	gates = Start + X·Wx + Prev·Wh, then H, C = the cell of [LSTMForward], from C
//
// Start, Gates and C may not overlap the others, except that Gates may be Start. Without Wx, Start has the product of X
// in it.
type Step struct {
	X, Prev []float32 // [K] of Wx, [H]
	Wx, Wh  *Packed   // [K][4H] or nil, [H][4H], of the same precision
	Start   []float32 // [4H]
	Gates   []float32 // [4H], room for sums
	C, H    []float32 // [H]
}

// stepTile is a step of blocks of cells whose weights are float32; panel and gap are strides in bytes. With a nil h, it
// stores the sums in gates and leaves the cells out.
//
// The blocks are as wide as a panel, or a part of a compact panel: those that hold the four gates of a block of cells are
// multiplied side by side, as by a [fewTile], and the cells are computed from sums that are still in registers.
type (
	stepTile     func(a, b, start, gates, c, h *float32, k, panel, gap, blocks int)
	stepTileBF16 func(a *float32, b *uint32, start, gates, c, h *float32, k, panel, gap, blocks int)
	stepTileInt8 func(a *int8, b *uint32, start, gates, c, h, factors, scales *float32, offsets *int32, k, panel, gap, blocks int)
)

// StepBlocks returns the number of blocks of cells that the weights of an LSTM, [K][4H], consist of for [Scratch.Step]:
// the unit in which workers can share a step. It is 0 where H is not a multiple of a block's width, or the machine has no
// kernel for it.
func (p *Packed) StepBlocks() int {
	if p.tiles == nil || p.tiles.step == nil || p.precision == Mixed || p.K == 0 || p.N%(4*p.blockWidth()) != 0 {
		return 0
	}
	return p.N / 4 / p.blockWidth()
}

// blockWidth returns the number of columns that lie densely side by side.
func (p *Packed) blockWidth() int {
	if p.words != nil {
		return p.width / fewPanels
	}
	return p.width
}

// Step computes the blocks of cells from up to to, with the bits of Mul and LSTMForward.
func (s *Scratch) Step(p *Step, from, to int) {
	p.check(to)
	if from == to {
		return
	}
	start := p.Start
	if p.Wx != nil {
		s.stepBlocks(p, p.X, p.Wx, start, false, from, to)
		start = p.Gates
	}
	s.stepBlocks(p, p.Prev, p.Wh, start, true, from, to)
}

// Step computes a whole step on all workers, if it pays.
func (w *Workers) Step(p Step) {
	w.step = p
	if p.Wh.K*p.Wh.N < leastShared {
		w.scratch[0].Step(&w.step, 0, p.Wh.StepBlocks())
		return
	}
	w.Run(w.stepAll)
}

// check panics unless the shapes fit: assembly would not notice.
func (p *Step) check(to int) {
	n := len(p.H)
	fits := len(p.C) == n && len(p.Start) == 4*n && len(p.Prev) == n && p.Wh.K == n && p.Wh.N == 4*n && to <= p.Wh.StepBlocks()
	if p.Wx != nil {
		fits = fits && len(p.Gates) == 4*n && len(p.X) == p.Wx.K && p.Wx.N == 4*n && p.Wx.precision == p.Wh.precision && to <= p.Wx.StepBlocks()
	}
	if !fits {
		panic(fmt.Sprintf("kernel: step of %d blocks of %d cells from %d, weights %d×%d", to, n, len(p.X), p.Wh.K, p.Wh.N))
	}
}

// stepBlocks adds the product of x to start; it stores the sums in the step's gates or goes on to the cells.
func (s *Scratch) stepBlocks(p *Step, x []float32, w *Packed, start []float32, cells bool, from, to int) {
	col := from * w.blockWidth()
	gates, c, h := &start[col], (*float32)(nil), (*float32)(nil)
	if cells {
		c, h = &p.C[col], &p.H[col]
	} else {
		gates = &p.Gates[col]
	}
	size, gap := w.depth()*w.blockWidth(), len(p.C)*floatBytes
	panel := len(p.C) / w.blockWidth() * size * floatBytes
	switch t := w.tiles.step; w.precision {
	case Int8:
		s.quantiseRows(Matrix{Data: x, Rows: 1, Cols: len(x), Stride: len(x)}, w)
		t.int8(&s.multiples[0], &w.words[from*size], &start[col], gates, c, h, &s.factors[0], &w.scales[col], &w.offsets[col],
			w.depth(), panel, gap, to-from)
	case BFloat16:
		t.bf16(&x[0], &w.words[from*size], &start[col], gates, c, h, w.K, panel, gap, to-from)
	default:
		t.float32(&x[0], &w.data[from*size], &start[col], gates, c, h, w.K, panel, gap, to-from)
	}
}

// stepSet is the steps of an implementation.
type stepSet struct {
	float32 stepTile
	bf16    stepTileBF16
	int8    stepTileInt8
}
