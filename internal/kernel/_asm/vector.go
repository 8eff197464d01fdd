package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors generates element-wise functions of slices.
func vectors(g *gen) {
	g.inPlace("sigmoid", g.hoistExp, g.sigmoid)
	g.inPlace("tanh", g.hoistSquash, g.tanh)
	g.add()
	g.axpy()
	g.scaleBy()
	g.clampTo()
	g.raiseTo()
	g.sumSquares()
	g.dropout()
}

// slices begins a function of slices, all as long as the first.
func (g *gen) slices(name, signature string) {
	g.function(name, signature, "is "+name+"Generic.")
}

// scalar loads a float32 argument into all lanes.
func (g *gen) scalar(name string) reg.VecVirtual {
	r := g.vec()
	a, err := g.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	g.VBROADCASTSS(a.Addr, r)
	return r
}

func (g *gen) inPlace(name string, hoist func(), f func(reg.VecVirtual)) {
	g.slices(name, "func(x []float32)")
	hoist()
	g.overSlices([]string{"x"}, func(l *loop) { l.activate("x", f) })
	g.end()
}

func (g *gen) add() {
	g.slices("add", "func(dst, src []float32)")
	g.overSlices([]string{"dst", "src"}, func(l *loop) {
		x := l.load("dst", 0)
		l.VADDPS(l.load("src", 0), x, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) axpy() {
	g.slices("axpy", "func(dst []float32, a float32, src []float32)")
	a := g.scalar("a")
	g.overSlices([]string{"dst", "src"}, func(l *loop) {
		x := l.load("dst", 0)
		l.VFMADD231PS(l.load("src", 0), a, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) scaleBy() {
	g.slices("scale", "func(dst []float32, a float32)")
	a := g.scalar("a")
	g.overSlices([]string{"dst"}, func(l *loop) {
		x := l.load("dst", 0)
		l.VMULPS(a, x, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) clampTo() {
	g.slices("clamp", "func(dst []float32, limit float32)")
	limit, minus := g.scalar("limit"), g.vec()
	g.zero(minus)
	g.VSUBPS(limit, minus, minus)
	g.overSlices([]string{"dst"}, func(l *loop) {
		x := l.load("dst", 0)
		l.VMINPS(x, limit, x)
		l.VMAXPS(x, minus, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) raiseTo() {
	g.slices("raise", "func(dst, src []float32)")
	g.overSlices([]string{"dst", "src"}, func(l *loop) {
		x, y := l.load("dst", 0), l.load("src", 0)
		l.VMAXPS(x, y, x) // x where there is a NaN
		l.store(x, "dst", 0)
	})
	g.end()
}

// sumSquares adds up in as many float64 as a vector has lanes of float32.
func (g *gen) sumSquares() {
	g.slices("sumSquares", "func(x []float32) float64")
	sum := g.vecs(2)
	g.zero(sum[0])
	g.zero(sum[1])
	g.overSlices([]string{"x"}, func(l *loop) {
		for i, half := range l.widen(l.load("x", 0)) {
			l.VFMADD231PD(half, half, sum[i])
		}
	})
	g.returnSums(sum)
}

// widen turns a vector of float32 into two of float64.
func (g *gen) widen(x reg.VecVirtual) []reg.VecVirtual {
	lo, hi := g.vec(), g.vec()
	if g.bytes == 64 {
		g.VEXTRACTF32X8(operand.Imm(1), x, hi.AsY())
		g.VCVTPS2PD(x.AsY(), lo)
		g.VCVTPS2PD(hi.AsY(), hi)
	} else {
		g.VEXTRACTF128(operand.Imm(1), x, hi.AsX())
		g.VCVTPS2PD(x.AsX(), lo)
		g.VCVTPS2PD(hi.AsX(), hi)
	}
	return []reg.VecVirtual{lo, hi}
}

// zeros returns n vectors of zeros.
func (g *gen) zeros(n int) []reg.VecVirtual {
	r := g.vecs(n)
	for _, v := range r {
		g.zero(v)
	}
	return r
}

// returnSums adds the lanes of each pair of vectors of float64 and returns the sums.
func (g *gen) returnSums(sums ...[]reg.VecVirtual) {
	for i, sum := range sums {
		s, t := sum[0], g.vec()
		g.VADDPD(sum[1], s, s)
		if g.bytes == 64 {
			g.VEXTRACTF64X4(operand.Imm(1), s, t.AsY())
			g.VADDPD(t.AsY(), s.AsY(), s.AsY())
		}
		g.VEXTRACTF128(operand.Imm(1), s.AsY(), t.AsX())
		g.VADDPD(t.AsX(), s.AsX(), s.AsX())
		g.VPERMILPD(operand.Imm(1), s.AsX(), t.AsX())
		g.VADDSD(t.AsX(), s.AsX(), s.AsX())
		g.Store(s.AsX(), g.ReturnIndex(i))
	}
	g.end()
}

// dropout hashes the elements' numbers; the arguments are what dropoutGeneric makes of its own.
func (g *gen) dropout() {
	g.function("dropout", "func(dst, src []float32, at, lo, hi, limit uint32, scale float32)",
		"is dropoutGeneric: dst[i] = 0 where mix((at+i)^lo, hi) < limit, else src[i]·scale.")
	index := g.scalar("at")
	g.VPADDD(g.counting(), index, index)
	lo, hi, limit, scale := g.scalar("lo"), g.scalar("hi"), g.scalar("limit"), g.scalar("scale")
	g.overSlices([]string{"dst", "src"}, func(l *loop) {
		hash := l.vec()
		l.xor(lo, index, hash)
		l.finalise(hash)
		l.xor(hi, hash, hash)
		l.finalise(hash)
		l.VPADDD(l.broadcast(uint32(l.lanes())), index, index)
		x := l.load("src", 0)
		l.VMULPS(scale, x, x)
		l.keep(hash, limit, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

// keep sets x to zero where hash < limit.
func (g *gen) keep(hash, limit, x reg.VecVirtual) {
	if g.bytes == 64 {
		const notLess = 5
		k := g.K()
		g.VPCMPUD(operand.Imm(notLess), limit, hash, k)
		g.VMOVUPS_Z(x, k, x)
		return
	}
	most := g.vec()
	g.VPMAXUD(limit, hash, most)
	g.VPCMPEQD(most, hash, most)
	g.VPAND(most, x, x)
}

// finalise is the Go function of that name.
func (g *gen) finalise(x reg.VecVirtual) {
	t := g.vec()
	for _, s := range []struct {
		shift  uint64
		factor uint32
	}{{16, 0x85ebca6b}, {13, 0xc2b2ae35}, {16, 0}} {
		g.VPSRLD(operand.Imm(s.shift), x, t)
		g.xor(t, x, x)
		if s.factor != 0 {
			g.VPMULLD(g.broadcast(s.factor), x, x)
		}
	}
}

func (g *gen) xor(a, b, dst reg.VecVirtual) {
	if g.bytes == 64 {
		g.VPXORD(a, b, dst)
	} else {
		g.VPXOR(a, b, dst)
	}
}

// counting returns memory that holds 0, 1, 2 and so on.
func (g *gen) counting() operand.Mem {
	m, ok := g.tables["counting"]
	if !ok {
		m = g.StaticGlobal("counting")
		g.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range g.lanes() {
			g.AddDatum(4*i, operand.U32(i))
		}
		g.tables["counting"] = m
	}
	return m
}

// minusInf is the maximum of nothing.
var minusInf = math.Inf(-1)
