package kernel

// A compact [Packed] keeps several rows of B in a word of 32 bits, the first in the lowest bits: two of bfloat16 or four
// of int8. A panel consists of fewPanels parts side by side, each dense, which a product reads at once.

// wordBytes is the size of a word.
const wordBytes = 4

// depth returns the number of words in a column.
func (p *Packed) depth() int {
	if p.precision == Split || p.precision == Mixed && p.tiles != nil {
		return p.tiles.depth(p.K)
	}
	return pieces(p.K, p.perWord)
}

// panelWords returns the words of panel j.
func (p *Packed) panelWords(j int) []uint32 {
	n := p.depth() * p.width
	return p.words[j*n : (j+1)*n]
}

// word returns the word that holds row k and those beside it of column j.
func (p *Packed) word(k, j int) *uint32 {
	part := p.width / fewPanels
	return &p.words[(j/part*p.depth()+k/p.perWord)*part+j%part]
}

// mulCompact is [Scratch.Mul] for compact weights, as many rows at a time as product takes, which multiplies the rows of
// A from i on by panel j.
func (s *Scratch) mulCompact(c, a Matrix, b *Packed, from, to, most int, mode Mode, bias []float32, product compactProduct) {
	for j := from; j < to; j++ {
		for i := 0; i < c.Rows; i += most {
			s.mulCompactPanel(c.RowRange(i, min(c.Rows, i+most)), a, b, i, j, mode, bias, product)
		}
	}
}

// compactProduct computes whole rows of a panel's columns: out = start + A[i…]·B[panel j].
type compactProduct func(s *Scratch, out, a Matrix, b *Packed, i, j int, start *float32, rowStart int)

// mulCompactPanel multiplies some rows by panel j. A panel that exceeds N is computed aside.
func (s *Scratch) mulCompactPanel(c, a Matrix, b *Packed, i, j int, mode Mode, bias []float32, product compactProduct) {
	col := j * b.width
	cols := min(b.width, b.N-col)
	c = c.ColRange(col, col+cols)
	if cols == b.width {
		first, rowStart := startOfTile(mode, &c.Data[0], c.bytes(), bias, col)
		product(s, c, a, b, i, j, first, rowStart)
		return
	}
	s.left = grow(s.left, c.Rows*b.width)
	aside := Matrix{Data: s.left, Rows: c.Rows, Cols: cols, Stride: b.width}
	aside.CopyFrom(c)
	for r := range c.Rows {
		start(aside.Row(r), mode, bias, col)
	}
	product(s, aside, a, b, i, j, &aside.Data[0], aside.bytes())
	c.CopyFrom(aside)
}
