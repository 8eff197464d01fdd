package kernel

import "math"

// roundBF16 returns the bfloat16 nearest to x, ties to even, as the bits of a float32; NaN stays NaN.
func roundBF16(x float32) uint32 {
	bits := math.Float32bits(x)
	if x != x {
		return bits&0xffff0000 | 1<<22
	}
	return (bits + 0x7fff + bits>>16&1) & 0xffff0000
}

// nearestBF16 returns the bfloat16 nearest to x, as a float32.
func nearestBF16(x float32) float32 { return math.Float32frombits(roundBF16(x)) }

// round fills panels from up to to with at(k, j), rounded.
func (p *Packed) round(from, to int, at func(k, j int) float32) {
	for k := range p.K {
		for j := from * p.width; j < min(to*p.width, p.N); j++ {
			p.set(k, j, roundBF16(at(k, j)))
		}
	}
}

// set stores a bfloat16: as a float32 where there are no tiles, else as half of a word.
func (p *Packed) set(k, j int, bits uint32) {
	if p.tiles == nil {
		p.panel(j / p.width)[k*p.width+j%p.width] = math.Float32frombits(bits)
		return
	}
	word := p.word(k, j)
	if k%2 == 0 {
		*word = *word&0xffff0000 | bits>>16
	} else {
		*word = *word&0xffff | bits
	}
}

// mulBF16 is a [compactProduct].
func mulBF16(_ *Scratch, out, a Matrix, b *Packed, i, j int, start *float32, rowStart int) {
	part := b.depth() * b.width / fewPanels * wordBytes
	b.tiles.bf16[out.Rows-1](&a.Data[i*a.Stride], &b.panelWords(j)[0], &out.Data[0], start,
		b.K, a.bytes(), part, out.bytes(), rowStart)
}
