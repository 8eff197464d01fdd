package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many bytes of a panel of B are fetched before they are needed.
const ahead = 4096

// gemm generates tiles of 1 to g.tile rows, of a whole panel and of the half that may be left over in the last one, and
// the products of few rows.
func gemm(g *gen) {
	for rows := range g.tile {
		g.gemmTile(rows+1, 2)
		g.gemmTile(rows+1, 1)
	}
	for rows := 1; rows <= g.few; rows++ {
		g.gemv(rows)
	}
}

// gemmTile generates the product of rows rows of A with the first vectors of a panel of B, all sums in registers.
func (g *gen) gemmTile(rows, vectors int) {
	width := vectors * g.lanes()
	g.function(fmt.Sprintf("gemm%dx%d", rows, width),
		"func(a, b, c, start *float32, k, rowC, rowStart, cols int)",
		fmt.Sprintf("computes a tile of C: for i < %d and j < cols ≤ %d, strides in bytes,", rows, width), "",
		fmt.Sprintf("\tc[i*rowC+j] = start[i*rowStart+j] + Σ_k a[k*%d+i]·b[k*%d+j]", g.lanes(), 2*g.lanes()), "",
		"added in the order of k with one rounding a term. A nil start is 0.")
	g.newTile(rows, vectors, func(panel, factor, sum reg.VecVirtual) { g.VFMADD231PS(panel, factor, sum) })
}

// tile is a GEMM tile that is being generated; sum j of row i is acc[i*vectors+j].
type tile struct {
	*gen
	rows, vectors int
	acc           []reg.VecVirtual
	add           func(panel, factor, sum reg.VecVirtual) // adds the product of two words to the sum
}

// newTile generates the body of a tile.
func (g *gen) newTile(rows, vectors int, add func(panel, factor, sum reg.VecVirtual)) {
	t := &tile{gen: g, rows: rows, vectors: vectors, acc: g.vecs(vectors * rows), add: add}
	t.begin()
	t.multiply()
	t.end()
}

// begin loads the sums' first values and calls the rows of C into the cache.
func (t *tile) begin() {
	c, rowC := t.arg("c"), t.arg("rowC")
	for i := range t.rows {
		for j := 0; j < t.vectors*t.bytes; j += 64 {
			t.PREFETCHT0(operand.Mem{Base: c, Disp: j})
		}
		if i < t.rows-1 {
			t.ADDQ(rowC, c)
		}
	}
	start := t.arg("start")
	t.TESTQ(start, start)
	t.JZ(operand.LabelRef("zero"))
	cols := t.arg("cols")
	t.CMPQ(cols, operand.Imm(uint64(t.vectors*t.lanes())))
	t.JL(operand.LabelRef("partStart"))
	t.each("start", "rowStart", func(r reg.VecVirtual, _ int, m operand.Mem) { t.VMOVUPS(m, r) })
	t.JMP(operand.LabelRef("multiply"))
	t.Label("partStart")
	mask := t.columnMasks(cols, t.vectors)
	t.each("start", "rowStart", func(r reg.VecVirtual, j int, m operand.Mem) { t.loadMasked(m, mask[j], r) })
	t.JMP(operand.LabelRef("multiply"))
	t.Label("zero")
	for _, r := range t.acc {
		t.zero(r)
	}
	t.Label("multiply")
}

// multiply adds up the products, one k a turn.
func (t *tile) multiply() {
	a, b, k := t.arg("a"), t.arg("b"), t.arg("k")
	panel, factor := t.vecs(t.vectors), t.vecs(2)
	t.align()
	t.Label("next")
	for j, r := range panel {
		t.VMOVUPS(operand.Mem{Base: b, Disp: j * t.bytes}, r)
	}
	for j := 0; j < 2*t.bytes; j += 64 {
		t.PREFETCHT0(operand.Mem{Base: b, Disp: ahead + j})
	}
	for i := range t.rows {
		t.VBROADCASTSS(operand.Mem{Base: a, Disp: 4 * i}, factor[i%2])
		for j := range t.vectors {
			t.add(panel[j], factor[i%2], t.acc[i*t.vectors+j])
		}
	}
	t.ADDQ(operand.Imm(uint64(t.bytes)), a)
	t.ADDQ(operand.Imm(uint64(2*t.bytes)), b)
	t.DECQ(k)
	t.JNZ(operand.LabelRef("next"))
}

// end stores the sums; a full tile is spared the masks, which cost dear in a store.
func (t *tile) end() {
	cols := t.arg("cols")
	t.CMPQ(cols, operand.Imm(uint64(t.vectors*t.lanes())))
	t.JL(operand.LabelRef("partEnd"))
	t.each("c", "rowC", func(r reg.VecVirtual, _ int, m operand.Mem) { t.VMOVUPS(r, m) })
	t.gen.end()
	t.Label("partEnd")
	mask := t.columnMasks(cols, t.vectors)
	t.each("c", "rowC", func(r reg.VecVirtual, j int, m operand.Mem) { t.storeMasked(r, mask[j], m) })
	t.gen.end()
}

// each visits the sums and their places in a matrix; j is the number of the vector in its row.
func (t *tile) each(base, stride string, visit func(r reg.VecVirtual, j int, m operand.Mem)) {
	at, row := t.arg(base), t.arg(stride)
	for i := range t.rows {
		for j := range t.vectors {
			visit(t.acc[i*t.vectors+j], j, operand.Mem{Base: at, Disp: j * t.bytes})
		}
		if i < t.rows-1 {
			t.ADDQ(row, at)
		}
	}
}

// gemvPanels is how many panels a product of few rows takes at once: their sums hide the latency of the additions.
const gemvPanels = 4

// gemv generates the product of few rows with some panels of B, which is bound by the reading of B.
func (g *gen) gemv(rows int) {
	width := 2 * g.lanes()
	g.function(fmt.Sprintf("gemv%dx%d", rows, gemvPanels*width),
		"func(a, b, c, start *float32, k, rowA, panel, rowC, rowStart int)",
		fmt.Sprintf("computes for i < %d, j < %d and p < %d, strides in bytes,", rows, width, gemvPanels), "",
		fmt.Sprintf("\tc[i*rowC+p*%d+j] = start[i*rowStart+p*%d+j] + Σ_k a[i*rowA+k]·b[p*panel+k*%d+j]", width, width, width), "",
		"with the same roundings as the tiles. A nil start is 0.")
	v := &gemvTile{gen: g, rows: rows, acc: g.vecs(rows * 2 * gemvPanels)}
	v.operands()
	v.begin()
	v.multiply()
	v.each("c", "rowC", func(r reg.VecVirtual, m operand.Mem) { g.VMOVUPS(r, m) })
	g.end()
}

// gemvTile is a product of few rows that is being generated; sum j of row i is acc[i*2*gemvPanels+j].
type gemvTile struct {
	*gen
	rows       int
	acc        []reg.VecVirtual
	a, rowA, k reg.Register
	b          []reg.Register // of the panels
}

// operands loads what is multiplied.
func (v *gemvTile) operands() {
	v.a, v.rowA, v.k, v.b = v.arg("a"), v.arg("rowA"), v.arg("k"), v.panels()
}

// each visits the sums and their places in a matrix.
func (v *gemvTile) each(base, stride string, visit func(reg.VecVirtual, operand.Mem)) {
	at, row := v.arg(base), v.arg(stride)
	n := 2 * gemvPanels
	for i, r := range v.acc {
		visit(r, operand.Mem{Base: at, Disp: i % n * v.bytes})
		if i%n == n-1 && i < len(v.acc)-1 {
			v.ADDQ(row, at)
		}
	}
}

func (v *gemvTile) begin() {
	start := v.arg("start")
	v.TESTQ(start, start)
	v.JZ(operand.LabelRef("zero"))
	v.each("start", "rowStart", func(r reg.VecVirtual, m operand.Mem) { v.VMOVUPS(m, r) })
	v.JMP(operand.LabelRef("multiply"))
	v.Label("zero")
	for _, r := range v.acc {
		v.zero(r)
	}
	v.Label("multiply")
}

// multiply reads the panels side by side, every number of B once.
func (v *gemvTile) multiply() {
	factor, panel := v.vecs(v.rows), v.vec()
	v.Label("next")
	for i, r := range factor {
		v.VBROADCASTSS(v.rowOf(i), r)
	}
	for p, from := range v.b {
		for j := range 2 {
			v.VMOVUPS(operand.Mem{Base: from, Disp: j * v.bytes}, panel)
			for i, r := range factor {
				v.VFMADD231PS(panel, r, v.acc[(i*gemvPanels+p)*2+j])
			}
		}
		v.ADDQ(operand.Imm(uint64(2*v.bytes)), from)
	}
	v.ADDQ(operand.Imm(4), v.a)
	v.DECQ(v.k)
	v.JNZ(operand.LabelRef("next"))
}

// panels loads pointers to the panels: reading in several places at once gets more out of the memory than in one.
func (v *gemvTile) panels() []reg.Register {
	b := []reg.Register{v.arg("b")}
	for panel := v.arg("panel"); len(b) < gemvPanels; {
		next := v.GP64()
		v.LEAQ(operand.Mem{Base: b[len(b)-1], Index: panel, Scale: 1}, next)
		b = append(b, next)
	}
	return b
}

// rowOf is where row i of A, at most 2, is read.
func (v *gemvTile) rowOf(i int) operand.Mem {
	m := operand.Mem{Base: v.a}
	if i > 0 {
		m.Index, m.Scale = v.rowA, uint8(i)
	}
	return m
}
