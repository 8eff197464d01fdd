package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// mixed generates products of numbers that are rounded to bfloat16. Both operands are packed in words: a word holds two
// that meet in a sum, the one of the even k in its lower half.
func mixed(g *gen) {
	for rows := range g.tile {
		g.mixedTile(rows+1, 2)
		g.mixedTile(rows+1, 1)
	}
	g.pairRows(g.lanes(), false)
	g.pairRows(2*g.lanes(), false)
	g.pairRows(g.lanes(), true)
	g.transposePairs()
}

func (g *gen) mixedTile(rows, vectors int) {
	width := vectors * g.lanes()
	g.function(fmt.Sprintf("mixed%dx%d", rows, width),
		"func(a, b, c, start *float32, k, rowC, rowStart, cols int)",
		fmt.Sprintf("computes a tile of C: for i < %d and j < cols ≤ %d, strides in bytes,", rows, width), "",
		fmt.Sprintf("\tc[i*rowC+j] = start[i*rowStart+j] + Σ_k a[k*%d+i]·b[k*%d+j]", g.lanes(), 2*g.lanes()), "",
		"where a product of words is the sum of the products of their upper and lower halves, which are bfloat16.",
		"Added in the order of k. A nil start is 0.")
	g.newTile(rows, vectors, g.dotBF16)
}

// pairRows generates the packing of rows into a dense strip of words, width columns wide.
func (g *gen) pairRows(width int, sums bool) {
	name, signature := fmt.Sprintf("pairRows%d", width), "func(dst, src *float32, rows *int32, n, stride, cols int)"
	doc := []string{"packs n > 0 rows of src, rounded: for k < n, j < width, stride in bytes, the half k%2 of the word", "",
		fmt.Sprintf("\tdst[k/2*%d+j] = src[rows[k]*stride+j] if j < cols, else 0", width), "",
		"A nil rows stands for 0, 1, 2 and so on. For an odd n the last words' upper halves are 0."}
	if sums {
		name, signature = fmt.Sprintf("addPairs%d", width), "func(dst, src, sums *float32, n, stride, cols int)"
		doc = []string{"packs n > 0 rows of src, rounded, and adds them up as they are: for k < n, j < cols, stride in bytes,", "",
			fmt.Sprintf("\tdst[k/2*%d+j] = src[k*stride+j], sums[j] += src[k*stride+j]", width), "",
			"the half k%2 of the word, in the order of k."}
	}
	g.function(name, signature, doc...)
	p := &pairing{gen: g, vectors: width / g.lanes()}
	p.begin(sums)
	g.Label("next")
	g.SUBQ(operand.Imm(2), p.n)
	g.JL(operand.LabelRef("last"))
	p.load(p.low)
	p.load(p.high)
	p.store()
	g.JMP(operand.LabelRef("next"))
	g.Label("last")
	g.ADDQ(operand.Imm(2), p.n)
	g.JZ(operand.LabelRef("done"))
	p.load(p.low)
	for _, r := range p.high {
		g.zero(r)
	}
	p.store()
	g.Label("done")
	if sums {
		g.storeMasked(p.sum, p.mask[0], operand.Mem{Base: p.sums})
	}
	g.VZEROUPPER()
	g.RET()
}

// pairing is a pairRows that is being generated.
type pairing struct {
	*gen
	vectors             int
	dst, src, n, stride reg.Register
	rows                reg.Register // nil where rows are added up
	sums                reg.Register
	sum, order          reg.VecVirtual
	mask                masks
	low, high           []reg.VecVirtual
	loads               int
}

func (p *pairing) begin(sums bool) {
	p.mask = p.columnMasks(p.arg("cols"), p.vectors)
	p.dst, p.src, p.n, p.stride = p.arg("dst"), p.arg("src"), p.arg("n"), p.arg("stride")
	p.low, p.high, p.order = p.vecs(p.vectors), p.vecs(p.vectors), p.vec()
	p.VMOVUPS(p.interleaving(), p.order)
	if sums {
		p.sums, p.sum = p.arg("sums"), p.vec()
		p.loadMasked(operand.Mem{Base: p.sums}, p.mask[0], p.sum)
		return
	}
	p.rows = p.arg("rows")
}

// load reads the next row.
func (p *pairing) load(to []reg.VecVirtual) {
	at, row := p.src, p.GP64()
	if p.rows != nil {
		p.loads++
		plain, read := fmt.Sprintf("plain%d", p.loads), fmt.Sprintf("read%d", p.loads)
		p.MOVQ(p.src, row)
		p.TESTQ(p.rows, p.rows)
		p.JZ(operand.LabelRef(plain))
		p.MOVLQSX(operand.Mem{Base: p.rows}, row)
		p.IMULQ(p.stride, row)
		p.ADDQ(p.src, row)
		p.ADDQ(operand.Imm(4), p.rows)
		p.JMP(operand.LabelRef(read))
		p.Label(plain)
		p.ADDQ(p.stride, p.src)
		p.Label(read)
		at = row
	}
	for j, r := range to {
		p.loadMasked(operand.Mem{Base: at, Disp: j * p.bytes}, p.mask[j], r)
	}
	if p.rows == nil {
		p.VADDPS(to[0], p.sum, p.sum)
		p.ADDQ(p.stride, p.src)
	}
}

// store rounds a pair of rows and writes it.
func (p *pairing) store() {
	for j := range p.vectors {
		words := p.vec()
		p.roundBF16(p.low[j], p.high[j], words)
		p.VPERMW(words, p.order, words)
		p.VMOVUPS(words, operand.Mem{Base: p.dst, Disp: j * p.bytes})
	}
	p.ADDQ(operand.Imm(uint64(p.vectors*p.bytes)), p.dst)
}

// interleaving is the order 0, 16, 1, 17 and so on, which puts two halves of a vector in turns.
func (g *gen) interleaving() operand.Mem {
	const name = "interleaving"
	if m, ok := g.tables[name]; ok {
		return m
	}
	m := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		g.AddDatum(4*i, operand.U32(i|(16+i)<<16))
	}
	g.tables[name] = m
	return m
}

// transposePairs generates the packing of rows as columns of words, by blocks of 16 rows and 32 columns.
func (g *gen) transposePairs() {
	g.function("transposePairs", "func(dst, src *float32, rows, cols, strideDst, strideSrc int)",
		"packs rows of src as columns, rounded: for j < cols, i < 16, strides in bytes, the half j%2 of the word", "",
		"\tdst[j/2*strideDst+i] = src[i*strideSrc+j] if i < rows, else 0", "",
		"There is at least one row and one column. For an odd cols the last words' upper halves are 0.")
	dst, src, cols, words := g.arg("dst"), g.arg("src"), g.arg("cols"), g.arg("cols")
	g.INCQ(words)
	g.SHRQ(operand.Imm(1), words)
	g.Label("next")
	out := g.mix16(g.loadPairs(src, cols))
	g.storeBlock(dst, words, out)
	g.ADDQ(operand.Imm(uint64(2*g.bytes)), src)
	g.SUBQ(operand.Imm(uint64(2*g.lanes())), cols)
	g.JMP(operand.LabelRef("next"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

// loadPairs reads up to 32 columns of 16 rows and rounds them, as loadBlock reads 16.
func (g *gen) loadPairs(src, cols reg.Register) []reg.VecVirtual {
	rows, stride, at := g.arg("rows"), g.arg("strideSrc"), g.GP64()
	none, mask, upper, n := g.GP64(), g.GP64(), g.GP64(), g.GP64()
	g.MOVQ(src, at)
	g.XORQ(none, none)
	g.MOVQ(operand.U32(2*g.lanes()), n)
	g.CMPQ(cols, n)
	g.CMOVQLT(cols, n)
	g.MOVQ(operand.I32(-1), mask)
	g.BZHIQ(n, mask, mask)
	r := g.vecs(g.lanes())
	for i := range r {
		if i > 0 {
			g.CMPQ(rows, operand.Imm(uint64(i)))
			g.CMOVQLE(none, stride)
			g.CMOVQLE(none, mask)
			g.ADDQ(stride, at)
		}
		low, high := g.K(), g.K()
		g.KMOVW(mask.As32(), low)
		g.MOVQ(mask, upper)
		g.SHRQ(operand.Imm(16), upper)
		g.KMOVW(upper.As32(), high)
		x, y := g.vec(), g.vec()
		g.loadMasked(operand.Mem{Base: at}, low, x)
		g.loadMasked(operand.Mem{Base: at, Disp: g.bytes}, high, y)
		g.roundBF16(x, y, r[i])
	}
	return r
}
