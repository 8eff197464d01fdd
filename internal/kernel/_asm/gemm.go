package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many bytes of a panel of B are fetched before they are needed.
const ahead = 4096

// gemm generates tiles of 1 to g.tile rows.
func gemm(g *gen) {
	for rows := range g.tile {
		g.gemmTile(rows + 1)
	}
}

// gemmTile generates the product of rows rows of A with a panel of B that is two vectors wide, all sums in registers.
func (g *gen) gemmTile(rows int) {
	width := 2 * g.lanes()
	g.function(fmt.Sprintf("gemm%dx%d", rows, width),
		"func(a, b, c, start *float32, k, rowC, rowStart, cols int)",
		fmt.Sprintf("computes a tile of C: for i < %d and j < cols ≤ %d, strides in bytes,", rows, width), "",
		fmt.Sprintf("\tc[i*rowC+j] = start[i*rowStart+j] + Σ_k a[k*%d+i]·b[k*%d+j]", g.lanes(), width), "",
		"added in the order of k with one rounding a term. A nil start is 0.")
	t := &tile{gen: g, rows: rows, acc: g.vecs(2 * rows)}
	t.begin()
	t.multiply()
	t.end()
}

// tile is a GEMM tile that is being generated; sum j of row i is acc[2*i+j].
type tile struct {
	*gen
	rows int
	acc  []reg.VecVirtual
}

// begin loads the sums' first values and calls the rows of C into the cache.
func (t *tile) begin() {
	c, rowC := t.arg("c"), t.arg("rowC")
	for i := range t.rows {
		for j := 0; j < 2*t.bytes; j += 64 {
			t.PREFETCHT0(operand.Mem{Base: c, Disp: j})
		}
		if i < t.rows-1 {
			t.ADDQ(rowC, c)
		}
	}
	start, rowStart := t.arg("start"), t.arg("rowStart")
	m := t.columnMasks(t.arg("cols"), 2)
	t.TESTQ(start, start)
	t.JZ(operand.LabelRef("zero"))
	for i := range t.rows {
		for j := range 2 {
			t.loadMasked(operand.Mem{Base: start, Disp: j * t.bytes}, m[j], t.acc[2*i+j])
		}
		if i < t.rows-1 {
			t.ADDQ(rowStart, start)
		}
	}
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
	panel, factor := t.vecs(2), t.vecs(2)
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
		for j := range 2 {
			t.VFMADD231PS(panel[j], factor[i%2], t.acc[2*i+j])
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
	t.CMPQ(cols, operand.Imm(uint64(2*t.lanes())))
	t.JL(operand.LabelRef("part"))
	t.store(func(from reg.VecVirtual, _ int, to operand.Mem) { t.VMOVUPS(from, to) })
	t.Label("part")
	m := t.columnMasks(cols, 2)
	t.store(func(from reg.VecVirtual, j int, to operand.Mem) { t.storeMasked(from, m[j], to) })
}

func (t *tile) store(move func(from reg.VecVirtual, j int, to operand.Mem)) {
	c, rowC := t.arg("c"), t.arg("rowC")
	for i := range t.rows {
		for j := range 2 {
			move(t.acc[2*i+j], j, operand.Mem{Base: c, Disp: j * t.bytes})
		}
		if i < t.rows-1 {
			t.ADDQ(rowC, c)
		}
	}
	t.VZEROUPPER()
	t.RET()
}
