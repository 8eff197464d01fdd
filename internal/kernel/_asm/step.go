package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// steps generates a time step of an LSTM for one row: the product of few rows on panels that hold the gates of the same
// cells, and the cell on their sums while these are in registers.
func steps(g *gen) {
	g.step("", "a, b, start, gates, c, h *float32", func(v *gemvTile) { v.multiply() })
	g.step("BF16", "a *float32, b *uint32, start, gates, c, h *float32", func(v *gemvTile) { (&bf16Tile{*v}).multiply() })
	g.step("Int8", "a *int8, b *uint32, start, gates, c, h, factors, scales *float32, offsets *int32", nil)
}

// step generates a step by weights of a kind; nil stands for int8, whose sums begin and end in a way of their own.
func (g *gen) step(kind, operands string, multiply func(*gemvTile)) {
	width := 2 * g.lanes()
	g.function(fmt.Sprintf("lstmStep%s", kind), "func("+operands+", k, panel, gap, blocks int)",
		"is a stepTile for blocks of cells.")
	v := &stepTile{gemvTile: gemvTile{gen: g, rows: 1, acc: g.vecs(width / g.lanes() * gemvPanels)}}
	v.b = v.panels()
	v.at, v.blocks = g.GP64(), v.arg("blocks")
	g.XORQ(v.at, v.at)
	g.Label("block")
	v.a, v.k = v.arg("a"), v.arg("k")
	if multiply == nil {
		v.multiplyInt8()
	} else {
		v.each("start", func(r reg.VecVirtual, m operand.Mem) { g.VMOVUPS(m, r) })
		multiply(&v.gemvTile)
	}
	v.finish()
}

// stepTile computes blocks of two vectors of cells; sum 2p+j is that of vector j of gate p.
type stepTile struct {
	gemvTile
	at, blocks reg.Register // the offset of the block, and how many there are left
}

// each visits the sums and their places in an operand.
func (v *stepTile) each(name string, visit func(reg.VecVirtual, operand.Mem)) {
	base, gap := v.arg(name), v.arg("gap")
	v.ADDQ(v.at, base)
	for p := range gemvPanels {
		for j := range 2 {
			visit(v.acc[2*p+j], operand.Mem{Base: base, Disp: j * v.bytes})
		}
		if p < gemvPanels-1 {
			v.ADDQ(gap, base)
		}
	}
}

// multiplyInt8 adds the scaled products to start.
func (v *stepTile) multiplyInt8() {
	v.each("offsets", func(r reg.VecVirtual, m operand.Mem) {
		if v.bytes == 64 {
			v.VMOVUPS(m, r)
		} else {
			v.zero(r)
		}
	})
	(&int8Tile{v.gemvTile}).multiply()
	factor, both := v.vec(), v.vec()
	v.VBROADCASTSS(operand.Mem{Base: v.arg("factors")}, factor)
	v.each("scales", func(r reg.VecVirtual, m operand.Mem) {
		v.VMULPS(m, factor, both)
		v.VCVTDQ2PS(r, r)
		v.VMULPS(both, r, r)
	})
	v.each("start", func(r reg.VecVirtual, m operand.Mem) { v.VADDPS(m, r, r) })
}

// finish stores the sums as gates if there is no h, else computes the cells, and goes on to the next block.
func (v *stepTile) finish() {
	h := v.arg("h")
	v.TESTQ(h, h)
	v.JNZ(operand.LabelRef("cells"))
	v.each("gates", func(r reg.VecVirtual, m operand.Mem) { v.VMOVUPS(r, m) })
	v.JMP(operand.LabelRef("end"))
	v.Label("cells")
	c := v.arg("c")
	v.hoistSquash()
	here := func(base reg.Register, j int) operand.Mem {
		return operand.Mem{Base: base, Index: v.at, Scale: 1, Disp: j * v.bytes}
	}
	cells := make([]*lstmCell, 2)
	for j := range cells {
		cells[j] = &lstmCell{gate: []reg.VecVirtual{v.acc[j], v.acc[2+j], v.acc[4+j], v.acc[6+j]}, c: v.vec()}
	}
	for first := 0; first < len(cells); first += v.cellsAtOnce() {
		some := cells[first : first+v.cellsAtOnce()]
		for j, cell := range some {
			v.VMOVUPS(here(c, first+j), cell.c)
		}
		v.lstmGates(some...)
		for j, cell := range some {
			v.VMOVUPS(cell.c, here(c, first+j))
		}
		v.lstmOutputs(some...)
		for j, cell := range some {
			v.VMOVUPS(cell.gate[3], here(h, first+j))
		}
	}
	v.Label("end")
	v.ADDQ(operand.U32(2*v.bytes), v.at)
	v.DECQ(v.blocks)
	v.JNZ(operand.LabelRef("block"))
	v.gen.end()
}
