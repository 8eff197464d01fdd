package kernel

import "gonum.org/v1/gonum/blas/gonum"

// mulGeneric is the specification of [Scratch.Mul].
func mulGeneric(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	for j := from; j < to; j++ {
		panel, left := b.panel(j), j*b.width
		cols := min(b.width, b.N-left)
		for i := range c.Rows {
			dst := c.Data[i*c.Stride+left : i*c.Stride+left+cols]
			start(dst, mode, bias, left)
			for k, v := range a.Row(i) {
				addMultiple(dst, v, panel[k*b.width:k*b.width+cols])
			}
		}
	}
}

func start(dst []float32, mode Mode, bias []float32, left int) {
	switch mode {
	case Overwrite:
		clear(dst)
	case Bias:
		copy(dst, bias[left:])
	}
}

// mulTNGeneric is the specification of [Scratch.MulTN].
func (s *Scratch) mulTNGeneric(precision Precision, a Matrix, sums []float32, from, to int, mode Mode, rights []Right) {
	plain := a
	if precision == Mixed {
		a, s.left = rounded(s.left, a)
	}
	for _, r := range rights {
		if precision == Mixed {
			r.B, s.right = rounded(s.right, r.B)
		}
		for i := from; i < to; i++ {
			dst := r.C.Row(i)
			start(dst, mode, nil, 0)
			for k := range a.Rows {
				addMultiple(dst, a.Data[k*a.Stride+i], r.B.Row(r.row(k)))
			}
		}
	}
	if sums != nil {
		start(sums[from:to], mode, nil, 0)
		for k := range a.Rows {
			Add(sums[from:to], plain.Row(k)[from:to])
		}
	}
}

// row returns the row of B that meets row k of A.
func (r Right) row(k int) int {
	if r.Rows == nil {
		return k
	}
	return int(r.Rows[k])
}

// addMultiple is axpyGeneric by gonum, which is faster than a Go loop where gonum has assembly and rounds alike. Gonum
// skips a zero multiplier, which would hide a NaN in src.
func addMultiple(dst []float32, a float32, src []float32) {
	if a == 0 || len(dst) < 16 {
		axpyGeneric(dst, a, src)
		return
	}
	gonum.Implementation{}.Saxpy(len(dst), a, src, 1, dst, 1)
}
