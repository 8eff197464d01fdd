package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// chains is the number of independent sums: more than the latency of an FMA times the FMAs a cycle of any processor.
const chains = 12

// measuring generates what finds out the machine's limits.
func measuring(g *gen) {
	g.function("multiplyAdd", "func(n int)", "does n turns of independent multiplications and additions.")
	n := g.arg("n")
	x, sum := g.vec(), g.vecs(chains)
	g.zero(x)
	for _, r := range sum {
		g.zero(r)
	}
	g.align()
	g.Label("next")
	for _, r := range sum {
		g.VFMADD231PS(x, x, r)
	}
	g.DECQ(n)
	g.JNZ(operand.LabelRef("next"))
	g.end()
	g.read()
}

// read generates the reading of memory in steps of 256 bytes.
func (g *gen) read() {
	const step = 256
	g.function("read", "func(x []float32)", "reads as much of x as is a multiple of 256 bytes.")
	at, left := g.Load(g.Param("x").Base(), g.GP64()), g.Load(g.Param("x").Len(), g.GP64())
	sum := g.vecs(4)
	for _, r := range sum {
		g.zero(r)
	}
	g.SHRQ(operand.Imm(6), left)
	g.JZ(operand.LabelRef("done"))
	g.align()
	g.Label("next")
	g.PREFETCHT0(operand.Mem{Base: at, Disp: ahead})
	for i := 0; i < step/g.bytes; i++ {
		r := sum[i%len(sum)]
		g.VADDPS(operand.Mem{Base: at, Disp: i * g.bytes}, r, r)
	}
	g.ADDQ(operand.U32(step), at)
	g.DECQ(left)
	g.JNZ(operand.LabelRef("next"))
	g.Label("done")
	g.end()
}
