package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The exponential is e^x = 2^n·2^r with n = round(x·log2 e) and |r| ≤ ½, 2^r = 1 + r·q(r) with q of degree 5. log2 e is
// given as the sum of two float32.
var (
	log2E   = 1 / math.Ln2
	log2EHi = float64(float32(log2E))
	log2ELo = log2E - log2EHi
	q       = fit(exp2Ratio, 6)
)

// exp2Ratio is (2^r − 1)/r.
func exp2Ratio(r float64) float64 { return math.Expm1(r*math.Ln2) / r }

// fit interpolates f on [−½, ½] at n Chebyshev nodes and returns the n coefficients, the constant one first.
func fit(f func(float64) float64, n int) []float64 {
	rows := make([][]float64, n)
	for i := range rows {
		x := math.Cos(math.Pi*float64(2*i+1)/float64(2*n)) / 2
		rows[i] = make([]float64, n+1)
		for j := range n {
			rows[i][j] = math.Pow(x, float64(j))
		}
		rows[i][n] = f(x)
	}
	return solve(rows)
}

// solve solves a system of linear equations, its right side in the last column, by elimination.
func solve(rows [][]float64) []float64 {
	n := len(rows)
	for i := range n {
		for k := range n {
			if m := rows[k][i] / rows[i][i]; k != i {
				for j := i; j <= n; j++ {
					rows[k][j] -= m * rows[i][j]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = rows[i][n] / rows[i][i]
	}
	return x
}

// constant returns a vector of v: a register where [gen.hoist] has loaded it, else memory.
func (g *gen) constant(v float64) operand.Op {
	if r, ok := g.hoisted[float32(v)]; ok {
		return r
	}
	return g.broadcast(math.Float32bits(float32(v)))
}

// broadcast returns 64 bytes of memory filled with a number's bits.
func (g *gen) broadcast(bits uint32) operand.Mem {
	name := "all_" + hex(bits)
	m, ok := g.tables[name]
	if !ok {
		m = g.StaticGlobal(name)
		g.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 16 {
			g.AddDatum(4*i, operand.U32(bits))
		}
		g.tables[name] = m
	}
	return m
}

func hex(bits uint32) string {
	const digits = "0123456789abcdef"
	var s [8]byte
	for i := range s {
		s[i] = digits[bits>>(28-4*i)&15]
	}
	return string(s[:])
}

// hoist loads constants into registers for the function that follows, if there are registers enough (AVX-512).
func (g *gen) hoist(values ...float64) {
	clear(g.hoisted)
	if g.bytes < 64 {
		return
	}
	for _, v := range values {
		r := g.vec()
		g.VMOVUPS(g.constant(v), r)
		g.hoisted[float32(v)] = r
	}
}

// hoistExp hoists what sigmoid needs.
func (g *gen) hoistExp() {
	g.hoist(append([]float64{1, -log2EHi, -log2ELo}, q...)...)
}

// value returns a new register that holds v.
func (g *gen) value(v float64) reg.VecVirtual {
	r := g.vec()
	g.VMOVUPS(g.constant(v), r)
	return r
}

// clamp cuts x to ±limit. The operands' order lets NaN through.
func (g *gen) clamp(x reg.VecVirtual, limit float64) {
	g.VMINPS(x, g.value(limit), x)
	g.VMAXPS(x, g.value(-limit), x)
}

// reduce splits x·factor·log2 e into n, a whole number, and r; it returns n, r and q(r).
func (g *gen) reduce(x reg.VecVirtual, factor float64) (n, r, p reg.VecVirtual) {
	n = g.vec()
	g.VMULPS(g.constant(factor*log2EHi), x, n)
	if g.bytes == 64 {
		g.VRNDSCALEPS(operand.Imm(8), n, n)
	} else {
		g.VROUNDPS(operand.Imm(8), n, n)
	}
	r = g.value(factor * log2EHi)
	g.VFMSUB213PS(n, x, r)
	g.VFMADD231PS(g.constant(factor*log2ELo), x, r)
	p = g.value(q[len(q)-1])
	for i := len(q) - 2; i >= 0; i-- {
		g.VFMADD213PS(g.constant(q[i]), r, p)
	}
	return n, r, p
}

// maxExp bounds the exponent: e^104 is beyond the largest float32 and e^−104 below half the smallest.
const maxExp = 104

// exp returns e^(x·factor), factor being 1 or −1; x is clamped in place.
func (g *gen) exp(x reg.VecVirtual, factor float64) reg.VecVirtual {
	g.clamp(x, maxExp)
	n, r, p := g.reduce(x, factor)
	g.VFMADD213PS(g.constant(1), r, p)
	g.scale(p, n)
	return p
}

// scale multiplies p by 2^n, in AVX2 by two powers because one could not reach the denormal numbers.
func (g *gen) scale(p, n reg.VecVirtual) {
	if g.bytes == 64 {
		g.VSCALEFPS(n, p, p)
		return
	}
	all, half := g.vec(), g.vec()
	g.VCVTPS2DQ(n, all)
	g.VPSRAD(operand.Imm(1), all, half)
	g.VPSUBD(half, all, all)
	for _, e := range []reg.VecVirtual{half, all} {
		g.powerOf2(e)
		g.VMULPS(e, p, p)
	}
}

// powerOf2 turns whole numbers into powers of two.
func (g *gen) powerOf2(e reg.VecVirtual) {
	g.VPSLLD(operand.Imm(23), e, e)
	g.VPADDD(g.broadcast(math.Float32bits(1)), e, e)
}

// sigmoid replaces x by 1/(1+e^−x).
func (g *gen) sigmoid(x reg.VecVirtual) {
	e := g.exp(x, -1)
	g.VADDPS(g.constant(1), e, e)
	g.VMOVUPS(g.constant(1), x)
	g.VDIVPS(e, x, x)
}
