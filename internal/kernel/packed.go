package kernel

import "fmt"

// genericWidth is the number of columns in a panel of the generic product.
const genericWidth = 128

// Precision is how a [Packed] keeps its numbers.
type Precision int

const (
	Float32  Precision = iota
	BFloat16           // float32 without the lower 16 bits: 8 bits of precision, half the memory
	Int8               // multiples −127 to 127 of a scale that each column has for itself: a quarter of the memory
	Mixed              // as BFloat16, and what it is multiplied by is rounded, too: for training
	Split              // as the sum of two BFloat16, as is what it is multiplied by; Float32 unless [SplitIsFast]
)

// String returns the precision's name on the command line.
func (p Precision) String() string { return [...]string{"fp32", "bf16", "int8", "mixed", "bf16x3"}[p] }

// Packed is the right operand B (K×N) of many products, laid out in panels of some columns: panel p holds
// B[0][p·width : (p+1)·width], then B[1][…] and so on, with zeros where the last panel exceeds N.
type Packed struct {
	K, N  int
	data  []float32
	width int
	tiles *tileSet // that it was laid out for; nil is the generic product

	precision Precision
	perWord   int       // rows in a word
	words     []uint32  // instead of data for Int8 and, where there are tiles, BFloat16
	scales    []float32 // of the columns, Int8
	offsets   []int32   // −128·Σ of a column's multiples, Int8
}

// NewPacked allocates a K×N operand of zeros.
func NewPacked(k, n int) *Packed { return NewPackedAs(k, n, Float32) }

// NewPackedAs allocates a K×N operand of zeros that keeps its numbers in the given precision, to be read faster: products
// of few rows are bound by that. Sums by BFloat16 stay in float32 and are those of the rounded numbers, bit for bit;
// products of many rows are slower than in Float32. By Int8 and Mixed, A is rounded as well: see [Scratch.Mul]. Mixed is
// faster than Float32 for products of many rows if [MixedIsFast]; so is Split if [SplitIsFast], and else it is Float32.
func NewPackedAs(k, n int, precision Precision) *Packed {
	if precision == Split && !SplitIsFast() {
		precision = Float32
	}
	p := &Packed{K: k, N: n, width: genericWidth, precision: precision, tiles: active.tiles()}
	switch precision {
	case Mixed:
		p.tiles = active.mixedTiles()
	case Split:
		p.tiles = active.splitTiles()
	}
	switch {
	case precision == Int8:
		p.makeInt8()
		return p
	case p.tiles != nil && precision == BFloat16:
		p.makeWords(2, fewPanels*p.tiles.width)
		return p
	case p.tiles != nil:
		p.perWord, p.width = p.tiles.per, p.tiles.width
	default:
		p.perWord = 1
	}
	p.data = Aligned(p.Panels() * p.width * p.depth())
	return p
}

// makeWords allocates words of perWord numbers, in panels width wide.
func (p *Packed) makeWords(perWord, width int) {
	p.perWord, p.width = perWord, width
	p.words = alignedWords(p.Panels() * p.width * p.depth())
}

// Panels returns the number of panels, the unit in which work on columns is split.
func (p *Packed) Panels() int { return (p.N + p.width - 1) / p.width }

// panel returns panel j, depth×width.
func (p *Packed) panel(j int) []float32 {
	n := p.depth() * p.width
	return p.data[j*n : (j+1)*n]
}

// pack fills panels from up to to of p with b (K×N).
func (p *Packed) pack(b Matrix, from, to int) {
	b.check()
	if b.Rows != p.K || b.Cols != p.N {
		panic(fmt.Sprintf("kernel: packing %d×%d into %d×%d", b.Rows, b.Cols, p.K, p.N))
	}
	if p.rounds() {
		p.compress(from, to, func(k, j int) float32 { return b.Data[k*b.Stride+j] })
		return
	}
	if p.tiles == nil || p.K == 0 {
		packGeneric(p, b, from, to)
		return
	}
	for j := from; j < to; j++ {
		left := j * p.width
		p.tiles.copyPanel(&p.panel(j)[0], &b.Data[left], nil, p.K, b.Stride*floatBytes, min(p.width, p.N-left))
	}
}

// packTransposed fills panels from up to to of p with the transpose of b (N×K).
func (p *Packed) packTransposed(b Matrix, from, to int) {
	b.check()
	if b.Rows != p.N || b.Cols != p.K {
		panic(fmt.Sprintf("kernel: packing the transpose of %d×%d into %d×%d", b.Rows, b.Cols, p.K, p.N))
	}
	if p.rounds() {
		p.compress(from, to, func(k, j int) float32 { return b.Data[j*b.Stride+k] })
		return
	}
	if p.tiles == nil || p.K == 0 {
		packTransposedGeneric(p, b, from, to)
		return
	}
	for j := from; j < to; j++ {
		left := j * p.width
		p.transposePanel(p.panel(j), b.RowRange(left, min(p.N, left+p.width)))
	}
}

// rounds reports whether numbers are rounded one by one, by Go.
func (p *Packed) rounds() bool {
	switch p.precision {
	case BFloat16, Int8, Split:
		return true
	}
	return p.precision == Mixed && p.tiles == nil
}

// compress fills panels from up to to with at(k, j).
func (p *Packed) compress(from, to int, at func(k, j int) float32) {
	switch p.precision {
	case Int8:
		p.quantise(from, to, at)
	case Split:
		p.split(from, to, at)
	default:
		p.round(from, to, at)
	}
}

// transposePanel fills a panel with the transpose of b.
func (p *Packed) transposePanel(panel []float32, b Matrix) {
	t := p.tiles
	for col := 0; col < b.Rows; col += t.lanes {
		t.transpose(&panel[col], &b.Data[col*b.Stride], b.Rows-col, p.K, p.width*floatBytes, b.Stride*floatBytes)
	}
}
