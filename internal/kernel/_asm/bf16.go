package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bf16 generates the products of few rows by weights in bfloat16, which are the upper halves of float32: a word of the
// panels holds rows k (lower half) and k+1 of a column.
func bf16(g *gen) {
	for rows := 1; rows <= (g.few+1)/2; rows++ {
		g.gemvBF16(rows)
	}
}

func (g *gen) gemvBF16(rows int) {
	width := 2 * g.lanes()
	g.function(fmt.Sprintf("gemvBF16x%d", rows), "func(a *float32, b *uint32, c, start *float32, k, rowA, panel, rowC, rowStart int)",
		fmt.Sprintf("computes for i < %d, j < %d and p < %d, strides in bytes,", rows, width, gemvPanels), "",
		fmt.Sprintf("\tc[i*rowC+p*%d+j] = start[i*rowStart+p*%d+j] + Σ_k a[i*rowA+k]·float32(b[p*panel][k][j])", width, width),
		"", "with the roundings of the float32 tiles. A nil start is 0.")
	v := &bf16Tile{gemvTile{gen: g, rows: rows, acc: g.vecs(rows * 2 * gemvPanels)}}
	v.operands()
	v.begin()
	v.multiply()
	v.each("c", "rowC", func(r reg.VecVirtual, m operand.Mem) { g.VMOVUPS(r, m) })
	g.end()
}

type bf16Tile struct{ gemvTile }

// multiply takes two k a turn, and a last one if k is odd.
func (v *bf16Tile) multiply() {
	pairs, upper := v.k, v.vec()
	v.VMOVUPS(v.broadcast(0xffff0000), upper)
	v.SHRQ(operand.Imm(1), pairs)
	v.JZ(operand.LabelRef("last"))
	v.align()
	v.Label("next")
	even, odd := v.factors(0), v.factors(4)
	for p, from := range v.b {
		for j := range 2 {
			word, low := v.vec(), v.vec()
			v.VMOVUPS(operand.Mem{Base: from, Disp: j * v.bytes}, word)
			v.VPSLLD(operand.Imm(16), word, low)
			v.and(upper, word, word)
			v.addProducts(2*p+j, even, low)
			v.addProducts(2*p+j, odd, word)
		}
		v.ADDQ(operand.Imm(uint64(2*v.bytes)), from)
	}
	v.ADDQ(operand.Imm(8), v.a)
	v.DECQ(pairs)
	v.JNZ(operand.LabelRef("next"))
	v.Label("last")
	k := v.arg("k")
	v.TESTQ(operand.U32(1), k)
	v.JZ(operand.LabelRef("store"))
	even = v.factors(0)
	for p, from := range v.b {
		for j := range 2 {
			low := v.vec()
			v.VMOVUPS(operand.Mem{Base: from, Disp: j * v.bytes}, low)
			v.VPSLLD(operand.Imm(16), low, low)
			v.addProducts(2*p+j, even, low)
		}
		v.ADDQ(operand.Imm(uint64(2*v.bytes)), from)
	}
	v.Label("store")
}

// factors loads a number of each row of A into all lanes.
func (v *bf16Tile) factors(disp int) []reg.VecVirtual {
	f := v.vecs(v.rows)
	for i, r := range f {
		v.VBROADCASTSS(v.rowOf(i).Offset(disp), r)
	}
	return f
}

func (v *bf16Tile) addProducts(j int, factors []reg.VecVirtual, x reg.VecVirtual) {
	for i, f := range factors {
		v.VFMADD231PS(x, f, v.acc[i*2*gemvPanels+j])
	}
}

func (g *gen) and(a, b, dst reg.VecVirtual) {
	if g.bytes == 64 {
		g.VPANDD(a, b, dst)
	} else {
		g.VPAND(a, b, dst)
	}
}
