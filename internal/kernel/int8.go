package kernel

import "math"

// maxMultiple is the largest magnitude of a number in int8; −128 stays unused, so that every number has an opposite.
const maxMultiple = 127

// tiny is what a vector counts as zero below: maxMultiple/tiny is still finite.
const tiny = 0x1p-100

// int8Set is what a product by int8 is made of.
type int8Set struct {
	width    int        // columns of a panel
	rows     []int8Tile // nil: the generic product
	largest  func(x []float32) float32
	multiply func(dst []int8, x []float32, a float32)
}

// int8Tile computes n rows (the n-th of an int8Set) of C from multiples and the parts of a panel, panel bytes apart:
//
//	c[i*rowC+j] = start[i*rowStart+j] + float32(Σ_k a[i*rowA+k]·b[k][j]) · (factors[i]·scales[j])   (a nil start is 0)
//
// A word of b holds four k; k counts words. Offsets are those of [Packed].
type int8Tile func(a *int8, b *uint32, c, start, factors, scales *float32, offsets *int32, k, rowA, panel, rowC, rowStart int)

// makeInt8 allocates a Packed in Int8.
func (p *Packed) makeInt8() {
	width := genericWidth
	if p.tiles != nil {
		width = p.tiles.int8.width
	}
	p.makeWords(4, width)
	p.scales, p.offsets = Aligned(p.Panels()*width), make([]int32, p.Panels()*width)
}

// quantise fills panels from up to to with at(k, j), rounded to multiples of the column's largest magnitude/127.
func (p *Packed) quantise(from, to int, at func(k, j int) float32) {
	column, multiples := make([]float32, p.K), make([]int8, rowBytes(p.K))
	for j := from * p.width; j < min(to*p.width, p.N); j++ {
		for k := range column {
			column[k] = at(k, j)
		}
		p.scales[j] = quantise(p.tiles, multiples, column)
		sum := int32(0)
		for k := range p.K {
			sum += int32(multiples[k])
			word, shift := p.word(k, j), k%4*8
			*word = *word&^(0xff<<shift) | uint32(uint8(multiples[k]))<<shift
		}
		p.offsets[j] = -128 * sum
	}
}

// rowBytes is the room that k multiples need: whole vectors.
func rowBytes(k int) int { return pieces(k, strideUnit) * strideUnit }

// quantise sets dst to x in multiples of the scale that it returns: x[i] ≈ scale·dst[i]. What dst has beyond len(x) is
// undefined afterwards. With a NaN or an infinity in x the scale is NaN.
func quantise(t *tileSet, dst []int8, x []float32) (scale float32) {
	largest, multiply := largestGeneric, multiplesGeneric
	if t != nil {
		largest, multiply = t.int8.largest, t.int8.multiply
	}
	top := largest(x)
	switch {
	case !(top <= math.MaxFloat32):
		clear(dst)
		return float32(math.NaN())
	case top < tiny:
		clear(dst)
		return 0
	}
	multiply(dst, x, maxMultiple/top)
	return top / maxMultiple
}

// largestGeneric returns max |x[i]|, 0 for an empty x, a NaN if there is one: the bits of magnitudes are in their order,
// NaN above infinity.
func largestGeneric(x []float32) float32 {
	var top uint32
	for _, v := range x {
		top = max(top, math.Float32bits(v)&^(1<<31))
	}
	return math.Float32frombits(top)
}

// multiplesGeneric sets dst[i] = x[i]·a, rounded to the nearest integer, ties to even; |x[i]·a| is at most 127.
func multiplesGeneric(dst []int8, x []float32, a float32) {
	for i, v := range x {
		dst[i] = int8(math.RoundToEven(float64(v * a)))
	}
}

// mulInt8 is [Scratch.Mul] for int8.
func (s *Scratch) mulInt8(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	s.quantiseRows(a, b)
	if b.tiles == nil || b.tiles.int8.rows == nil || b.K == 0 {
		s.mulInt8Generic(c, b, from, to, mode, bias)
		return
	}
	s.mulCompact(c, a, b, from, to, len(b.tiles.int8.rows), mode, bias, mulInt8)
}

// quantiseRows turns A's rows into multiples.
func (s *Scratch) quantiseRows(a Matrix, b *Packed) {
	row := rowBytes(b.K)
	if n := row * a.Rows; len(s.multiples) < n {
		s.multiples = make([]int8, n)
	}
	s.factors = grow(s.factors, a.Rows)
	for i := range a.Rows {
		s.factors[i] = quantise(b.tiles, s.multiples[i*row:(i+1)*row], a.Row(i))
	}
}

// mulInt8 is a [compactProduct].
func mulInt8(s *Scratch, out, _ Matrix, b *Packed, i, j int, start *float32, rowStart int) {
	row, part, col := rowBytes(b.K), b.depth()*b.width/fewPanels*wordBytes, j*b.width
	b.tiles.int8.rows[out.Rows-1](&s.multiples[i*row], &b.panelWords(j)[0], &out.Data[0], start,
		&s.factors[i], &b.scales[col], &b.offsets[col], b.depth(), row, part, out.bytes(), rowStart)
}

// mulInt8Generic is the specification of the product by int8.
func (s *Scratch) mulInt8Generic(c Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	left, right, row := from*b.width, min(to*b.width, b.N), rowBytes(b.K)
	for i := range c.Rows {
		out, x := c.Row(i)[left:right], s.multiples[i*row:]
		start(out, mode, bias, left)
		for j := range out {
			sum := float32(b.dotColumn(x, left+j))
			out[j] += float32(sum * float32(s.factors[i]*b.scales[left+j]))
		}
	}
}

// dotColumn returns Σ_k x[k]·B[k][j] of the multiples.
func (p *Packed) dotColumn(x []int8, j int) (sum int32) {
	for k := range p.K {
		sum += int32(x[k]) * int32(int8(*p.word(k, j)>>(k%4*8)))
	}
	return sum
}
