package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
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

// read generates the reading of memory in four places at once, as products of few rows read their panels: that gets more
// out of it than going from one end to the other.
func (g *gen) read() {
	const places, step = 4, 128
	g.function("read", "func(x []float32)", "reads as much of x as is a multiple of 512 bytes.")
	at, left := []reg.Register{g.Load(g.Param("x").Base(), g.GP64())}, g.Load(g.Param("x").Len(), g.GP64())
	g.SHRQ(operand.Imm(7), left)
	part := g.GP64()
	g.MOVQ(left, part)
	g.SHLQ(operand.Imm(7), part)
	for len(at) < places {
		next := g.GP64()
		g.LEAQ(operand.Mem{Base: at[len(at)-1], Index: part, Scale: 1}, next)
		at = append(at, next)
	}
	sum := g.vecs(2 * places)
	for _, r := range sum {
		g.zero(r)
	}
	g.TESTQ(left, left)
	g.JZ(operand.LabelRef("done"))
	g.align()
	g.Label("next")
	for p, from := range at {
		for i := range step / g.bytes {
			r := sum[2*p+i%2]
			g.VADDPS(operand.Mem{Base: from, Disp: i * g.bytes}, r, r)
		}
		g.ADDQ(operand.U32(step), from)
	}
	g.DECQ(left)
	g.JNZ(operand.LabelRef("next"))
	g.Label("done")
	g.end()
}
