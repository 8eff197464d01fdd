package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bf16Vectors is the number of vectors of columns that a product by bfloat16 weights takes at once.
const bf16Vectors = 8

// bf16 generates the products of few rows by weights in bfloat16, which are the upper halves of float32: a word of the
// panel holds rows k (lower half) and k+1 of a column.
func bf16(g *gen) {
	for rows := 1; rows <= (g.few+1)/2; rows++ {
		g.gemvBF16(rows)
	}
}

func (g *gen) gemvBF16(rows int) {
	width := bf16Vectors * g.lanes()
	g.function(fmt.Sprintf("gemvBF16x%d", rows), "func(a *float32, b *uint32, c, start *float32, k, rowA, rowC, rowStart int)",
		fmt.Sprintf("computes for i < %d, j < %d, strides in bytes,", rows, width), "",
		"\tc[i*rowC+j] = start[i*rowStart+j] + Σ_k a[i*rowA+k]·float32(b[k][j])",
		"", "with the roundings of the float32 tiles. A nil start is 0.")
	v := &bf16Tile{gemvTile{gen: g, rows: rows, acc: g.vecs(rows * bf16Vectors)}}
	v.begin()
	v.multiply()
	v.each("c", "rowC", func(r reg.VecVirtual, m operand.Mem) { g.VMOVUPS(r, m) })
	g.end()
}

type bf16Tile struct{ gemvTile }

// multiply takes two k a turn, and a last one if k is odd.
func (v *bf16Tile) multiply() {
	a, b, rowA, pairs := v.arg("a"), v.arg("b"), v.arg("rowA"), v.arg("k")
	upper := v.vec()
	v.VMOVUPS(v.broadcast(0xffff0000), upper)
	v.SHRQ(operand.Imm(1), pairs)
	v.JZ(operand.LabelRef("last"))
	v.align()
	v.Label("next")
	even, odd := v.factors(a, rowA, 0), v.factors(a, rowA, 4)
	for j := range bf16Vectors {
		at := operand.Mem{Base: b, Disp: j * v.bytes}
		if j*v.bytes%64 == 0 {
			v.PREFETCHT0(operand.Mem{Base: b, Disp: ahead + j*v.bytes})
		}
		word, low := v.vec(), v.vec()
		v.VMOVUPS(at, word)
		v.VPSLLD(operand.Imm(16), word, low)
		v.and(upper, word, word)
		v.addProducts(j, even, low)
		v.addProducts(j, odd, word)
	}
	v.ADDQ(operand.Imm(8), a)
	v.ADDQ(operand.U32(bf16Vectors*v.bytes), b)
	v.DECQ(pairs)
	v.JNZ(operand.LabelRef("next"))
	v.Label("last")
	k := v.arg("k")
	v.TESTQ(operand.U32(1), k)
	v.JZ(operand.LabelRef("store"))
	even = v.factors(a, rowA, 0)
	for j := range bf16Vectors {
		low := v.vec()
		v.VMOVUPS(operand.Mem{Base: b, Disp: j * v.bytes}, low)
		v.VPSLLD(operand.Imm(16), low, low)
		v.addProducts(j, even, low)
	}
	v.Label("store")
}

// factors loads a number of each row of A into all lanes.
func (v *bf16Tile) factors(a, rowA reg.Register, disp int) []reg.VecVirtual {
	f := v.vecs(v.rows)
	for i, r := range f {
		from := operand.Mem{Base: a, Disp: disp}
		if i > 0 {
			from.Index, from.Scale = rowA, uint8(i)
		}
		v.VBROADCASTSS(from, r)
	}
	return f
}

func (v *bf16Tile) addProducts(j int, factors []reg.VecVirtual, x reg.VecVirtual) {
	for i, f := range factors {
		v.VFMADD231PS(x, f, v.acc[i*bf16Vectors+j])
	}
}

func (g *gen) and(a, b, dst reg.VecVirtual) {
	if g.bytes == 64 {
		g.VPANDD(a, b, dst)
	} else {
		g.VPAND(a, b, dst)
	}
}
