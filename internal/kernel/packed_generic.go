package kernel

// packGeneric is the specification of [Workers.Pack].
func packGeneric(p *Packed, b Matrix, from, to int) {
	for j := from; j < to; j++ {
		dst, left := p.panel(j), j*p.width
		cols := min(p.width, p.N-left)
		for k := range p.K {
			copy(dst[k*p.width:], b.Data[k*b.Stride+left:k*b.Stride+left+cols])
		}
	}
}

// packTransposedGeneric is the specification of [Workers.PackTransposed].
func packTransposedGeneric(p *Packed, b Matrix, from, to int) {
	for j := from; j < to; j++ {
		dst, left := p.panel(j), j*p.width
		for c := range min(p.width, p.N-left) {
			for k, v := range b.Row(left + c) {
				dst[k*p.width+c] = v
			}
		}
	}
}
