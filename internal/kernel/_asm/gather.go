package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// gather generates the copying of rows that lie scattered in a large table: while one is copied, the next is fetched.
func gather(g *gen) {
	const step = 64
	g.function("gather", "func(dst, src *float32, rows *int32, n, cols, strideDst, strideSrc int)",
		"is gatherGeneric for n rows, at least one, of cols·16 numbers; strides are in bytes.")
	dst, rows, n := g.arg("dst"), g.arg("rows"), g.arg("n")
	from, to, next, at, left := g.GP64(), g.GP64(), g.GP64(), g.GP64(), g.GP64()
	g.Label("row")
	g.MOVLQSX(operand.Mem{Base: rows}, from)
	// The row after the last one is the last one.
	g.XORQ(at, at)
	g.CMPQ(n, operand.Imm(1))
	g.JE(operand.LabelRef("same"))
	g.MOVQ(operand.U32(4), at)
	g.Label("same")
	g.MOVLQSX(operand.Mem{Base: rows, Index: at, Scale: 1}, next)
	src, stride := g.arg("src"), g.arg("strideSrc")
	g.TESTQ(from, from)
	g.JL(operand.LabelRef("skip"))
	g.IMULQ(stride, from)
	g.ADDQ(src, from)
	g.IMULQ(stride, next)
	g.ADDQ(src, next)
	g.MOVQ(dst, to)
	g.MOVQ(g.arg("cols"), left)
	g.Label("copy")
	g.PREFETCHT0(operand.Mem{Base: next})
	for i := 0; i < step; i += g.bytes {
		x := g.vec()
		g.VMOVUPS(operand.Mem{Base: from, Disp: i}, x)
		g.VMOVUPS(x, operand.Mem{Base: to, Disp: i})
	}
	for _, p := range []operand.Op{from, to, next} {
		g.ADDQ(operand.U32(step), p)
	}
	g.DECQ(left)
	g.JNZ(operand.LabelRef("copy"))
	g.Label("skip")
	g.ADDQ(operand.Imm(4), rows)
	g.ADDQ(g.arg("strideDst"), dst)
	g.DECQ(n)
	g.JNZ(operand.LabelRef("row"))
	g.end()
}
