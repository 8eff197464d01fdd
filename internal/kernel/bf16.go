package kernel

import "math"

// Precision is how a [Packed] keeps its numbers.
type Precision int

const (
	Float32  Precision = iota
	BFloat16           // float32 without the lower 16 bits: 8 bits of precision, half the memory
	Mixed              // as BFloat16, and the other operand of a product is rounded, too: for training
)

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
	for panel := from; panel < to; panel++ {
		left := panel * p.width
		for k := range p.K {
			for j := range min(p.width, p.N-left) {
				p.set(panel, k, j, roundBF16(at(k, left+j)))
			}
		}
	}
}

// set stores a bfloat16 in its panel: as a float32 where there are no tiles, else as half of a word.
func (p *Packed) set(panel, k, j int, bits uint32) {
	if p.tiles == nil {
		p.panel(panel)[k*p.width+j] = math.Float32frombits(bits)
		return
	}
	word := &p.words[(panel*((p.K+1)/2)+k/2)*p.width+j]
	if k%2 == 0 {
		*word = *word&0xffff0000 | bits>>16
	} else {
		*word = *word&0xffff | bits
	}
}

// mulBF16 is [Scratch.Mul] for bfloat16, a few rows at a time.
func (s *Scratch) mulBF16(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	most := len(b.tiles.bf16)
	for j := from; j < to; j++ {
		for i := 0; i < c.Rows; i += most {
			end := min(c.Rows, i+most)
			s.mulPanelBF16(c.RowRange(i, end), a.RowRange(i, end), b, j, mode, bias)
		}
	}
}

// mulPanelBF16 multiplies rows, as many as a tile takes, by panel j. A panel that exceeds N is computed aside.
func (s *Scratch) mulPanelBF16(c, a Matrix, b *Packed, j int, mode Mode, bias []float32) {
	col := j * b.width
	cols := min(b.width, b.N-col)
	out := c.ColRange(col, col+cols)
	if cols < b.width {
		s.left = grow(s.left, c.Rows*b.width)
		out = Matrix{Data: s.left, Rows: c.Rows, Cols: cols, Stride: b.width}
		for i := range c.Rows {
			copy(out.Row(i), c.ColRange(col, col+cols).Row(i))
			start(out.Row(i), mode, bias, col)
		}
		mode = Accumulate
	}
	first, rowStart := startOfTile(mode, &out.Data[0], out.bytes(), bias, col)
	b.tiles.bf16[c.Rows-1](&a.Data[0], &b.words[j*((b.K+1)/2)*b.width], &out.Data[0], first, b.K, a.bytes(), out.bytes(), rowStart)
	if cols < b.width {
		c.ColRange(col, col+cols).CopyFrom(out)
	}
}
