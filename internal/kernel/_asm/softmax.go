package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softmax generates the maximum of a vector and its exponentials with their sum.
func softmax(g *gen) {
	g.maximum()
	g.expSum("expSum", false)
	g.expSum("expSumStore", true)
}

// maximum loses NaN on the way: the exponentials after it do not.
func (g *gen) maximum() {
	g.function("maximum", "func(x []float32) float32", "is maximumGeneric, but a NaN may get lost.")
	top := g.value(minusInf)
	g.overSlices([]string{"x"}, func(l *loop) {
		x := l.load("x", 0)
		if l.mask != nil {
			l.padMasked(x, top)
		}
		l.VMAXPS(x, top, top)
	})
	g.returnMax(top)
}

// padMasked replaces the masked-out elements of x by those of y.
func (l *loop) padMasked(x, y reg.VecVirtual) {
	if l.bytes == 64 {
		t := l.vec()
		l.VMOVAPS(y, t)
		l.VMOVAPS(x, l.mask, t)
		l.VMOVAPS(t, x)
	} else {
		l.VBLENDVPS(l.mask, x, y, x)
	}
}

func (g *gen) returnMax(top reg.VecVirtual) {
	t := g.vec()
	if g.bytes == 64 {
		g.VEXTRACTF32X8(operand.Imm(1), top, t.AsY())
		g.VMAXPS(t.AsY(), top.AsY(), top.AsY())
	}
	g.VEXTRACTF128(operand.Imm(1), top.AsY(), t.AsX())
	g.VMAXPS(t.AsX(), top.AsX(), top.AsX())
	for _, swap := range []uint64{0x4e, 0xb1} {
		g.VPERMILPS(operand.Imm(swap), top.AsX(), t.AsX())
		g.VMAXPS(t.AsX(), top.AsX(), top.AsX())
	}
	g.Store(top.AsX(), g.ReturnIndex(0))
	g.end()
}

// expSum generates Σ e^(x−top), with or without replacing x by its terms.
func (g *gen) expSum(name string, store bool) {
	doc := "returns Σ e^(x[i]−top), added up in float64."
	if store {
		doc = "replaces x[i] by e^(x[i]−top) and returns their sum, added up in float64."
	}
	g.function(name, "func(x []float32, top float32) float64", doc)
	g.hoist(append([]float64{1, log2EHi, log2ELo}, q...)...)
	top, sum := g.scalar("top"), g.vecs(2)
	g.zero(sum[0])
	g.zero(sum[1])
	g.overSlices([]string{"x"}, func(l *loop) {
		x := l.load("x", 0)
		l.VSUBPS(top, x, x)
		e := l.exp(x, 1)
		if store {
			l.store(e, "x", 0)
		}
		if l.mask != nil {
			l.dropMasked(e)
		}
		for i, half := range l.widen(e) {
			l.VADDPD(half, sum[i], sum[i])
		}
	})
	g.returnSums(sum)
}

// dropMasked sets the masked-out elements to zero.
func (l *loop) dropMasked(x reg.VecVirtual) {
	if l.bytes == 64 {
		l.VMOVUPS_Z(x, l.mask, x)
	} else {
		l.VANDPS(l.mask, x, x)
	}
}
