package model

import (
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
)

// zoneout lets units keep what they had (Krueger et al. 2017): of the h that a cell computes, and of the c of an LSTM,
// each element is replaced with a probability by the one of the step before,
//
//	h_t = m⊙h_{t−1} + (1−m)⊙h̃_t, c_t = m'⊙c_{t−1} + (1−m')⊙c̃_t
//
// where h̃_t is computed from c̃_t. The masks m and m' are drawn anew for each step; at other times than training their
// mean takes their place. Gradients flow through what is kept, undiminished.
type zoneout struct {
	cell   cellStep
	trace  *trace
	noisy  bool
	h, c   zone
	dh, dc kernel.Matrix // [B][H] the part of a gradient that passes the cell by
	kept   kernel.Matrix // [B][H] 1−m of the step at hand
	one    []float32     // [H]
}

// zone is a zoneout of one matrix.
type zone struct {
	p   float32
	key uint64
}

// withZoneout returns the cell's step, with zoneout if the layer has it.
func withZoneout(t *trace, step cellStep) cellStep {
	cfg := t.layer.cfg
	if cfg.Zoneout == 0 && cfg.ZoneoutCell == 0 {
		return step
	}
	t.zone = &zoneout{cell: step, trace: t, h: zone{p: float32(cfg.Zoneout)}, c: zone{p: float32(cfg.ZoneoutCell)}}
	t.zone.one = slices.Repeat([]float32{1}, t.hidden)
	return t.zone
}

// resize makes room for the trace's sequence.
func (z *zoneout) resize() {
	t := z.trace
	t.fresh.Resize(t.seq.rows(), t.hidden)
	if t.training {
		z.kept.Resize(t.seq.streams, t.hidden)
		z.dh.Resize(t.seq.streams, t.hidden)
		z.dc.Resize(t.seq.streams, t.hidden)
	}
}

// draw sets the keys of a window's masks; a layer that is not noisy takes their mean.
func (z *zoneout) draw(noisy bool, key uint64) {
	z.noisy = noisy
	z.h.key = noiseKey(key, zoneoutNoise, 2*z.trace.place)
	z.c.key = noiseKey(key, zoneoutNoise, 2*z.trace.place+1)
}

func (z *zoneout) forward(s *kernel.Scratch, run span) {
	z.cell.forward(s, run)
	t := z.trace
	h := run.after(t.h, t.seq.streams)
	h.CopyFrom(run.at(t.fresh))
	z.mix(z.h, h, run.before(t.h), run)
	if t.cell == LSTM {
		z.mix(z.c, run.after(t.c, t.seq.streams), run.before(t.c), run)
	}
}

// mix replaces elements of x by those of before.
func (z *zoneout) mix(zone zone, x, before kernel.Matrix, run span) {
	if zone.p == 0 {
		return
	}
	for i := range x.Rows {
		kernel.Axpy(x.Row(i), -1, before.Row(i))
		z.scale(zone, x.Row(i), run, i)
		kernel.Add(x.Row(i), before.Row(i))
	}
}

// scale multiplies a row of run by 1−m, or by its mean. Dropout scales what is left up, to more than 1: it is cut to 1.
func (z *zoneout) scale(zone zone, x []float32, run span, i int) {
	if !z.noisy {
		kernel.Scale(x, 1-zone.p)
		return
	}
	kept := z.kept.Row(run.stream + i)
	kernel.Dropout(kept, z.one, zone.p, zone.key, uint32((run.row+i)*len(x)))
	kernel.Clamp(kept, 1)
	kernel.Hadamard(x, x, kept)
}

func (z *zoneout) backward(s *kernel.Scratch, run span) {
	t := z.trace
	dh, dc := run.after(t.dh, t.seq.streams), run.streams(t.dc)
	passing, passingCell := run.streams(z.dh), run.streams(z.dc)
	z.part(z.h, dh, passing, run)
	if t.cell == LSTM {
		z.part(z.c, dc, passingCell, run)
	}
	z.cell.backward(s, run)
	addMatrix(dh, passing) // dh is again what it was: the gradient of h
	if t.propagates(run) {
		addMatrix(run.before(t.dh), passing)
	}
	if t.cell == LSTM {
		addMatrix(dc, passingCell)
	}
}

// part takes the part of a gradient that passes the cell by out of it.
func (z *zoneout) part(zone zone, grad, passing kernel.Matrix, run span) {
	if zone.p == 0 {
		passing.Zero()
		return
	}
	passing.CopyFrom(grad)
	for i := range grad.Rows {
		z.scale(zone, grad.Row(i), run, i)
		kernel.Axpy(passing.Row(i), -1, grad.Row(i))
	}
}

func (z *zoneout) projected() kernel.Matrix { return z.cell.projected() }

func addMatrix(dst, src kernel.Matrix) {
	for i := range dst.Rows {
		kernel.Add(dst.Row(i), src.Row(i))
	}
}
