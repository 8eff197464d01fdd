package model

import "github.com/textgen-go/textgen/internal/kernel"

// weightDrop drops elements of a layer's recurrent matrix for a window, the same at all of its steps, and scales up the
// others: the DropConnect of Wan et al. (2013) as Merity et al. (2018, section 2) put it to use. At other times than
// training the whole matrix is there.
type weightDrop struct {
	*layer
	p       float32
	key     uint64
	off     bool
	left    []float32      // [G·H·H] the matrix without what was dropped
	wh, whT *kernel.Packed // the same, laid out
	laidOut Precision      // in which it is
}

func newWeightDrop(l *layer) *weightDrop {
	d := &weightDrop{layer: l, p: float32(l.cfg.WeightDrop), left: kernel.Aligned(l.whh.Len())}
	d.makePacked()
	return d
}

func (d *weightDrop) makePacked() {
	d.laidOut = d.precision
	d.wh, d.whT = kernel.NewPackedAs(d.hidden, d.rows(), d.precision), kernel.NewPackedAs(d.rows(), d.hidden, d.precision)
}

// draw drops elements by the window's key and returns what is left; all is left of a layer that is not noisy.
func (d *weightDrop) draw(noisy bool, key uint64, w *Workers) (wh, whT *kernel.Packed) {
	if d.off = !noisy; d.off {
		return d.layer.wh, d.layer.whT
	}
	d.key = noiseKey(key, weightNoise, d.place)
	d.mask(d.left, d.whh.Value)
	if d.laidOut != d.precision { // it was set after the window was made
		d.makePacked()
	}
	left := kernel.View(d.left, d.rows(), d.hidden)
	w.PackTransposed(d.wh, left)
	w.Pack(d.whT, left)
	return d.wh, d.whT
}

// mask copies src, shaped like the matrix, without what was dropped. It is its own derivative.
func (d *weightDrop) mask(dst, src []float32) {
	if d.off {
		copy(dst, src)
		return
	}
	kernel.Dropout(dst, src, d.p, d.key, 0)
}
