package main

import (
	"slices"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// squash is σ or tanh of a vector on its way, as a numerator and a denominator:
//
//	σ(x) = 1/(1+e^−x), tanh x = m/(m+2), m = e^2x − 1
//
// The steps of several of them are generated in turn: each waits for the one before it, and a processor looks ahead over a
// hundred instructions, not over three such chains one after another.
type squash struct {
	x        reg.VecVirtual // the pre-activation
	tanh     bool
	top, den reg.VecVirtual // a nil top is 1
}

// The bounds of pre-activations. Beyond the first, tanh is ±1 in float32. σ(−43) is 2·10⁻¹⁹; the product of two
// denominators, 1+e^43 at most, and its reciprocal are normal numbers, so that two can share a division.
const (
	maxTanh = 10
	maxGate = 43
)

// whole is 1.5·2²³: numbers beside it are whole, and the lower bits of x+whole are those of x, rounded.
const whole = 3 << 22

// exponent returns what e^(x·exponent/log2 e) raises e to, and the bound of x.
func (s *squash) exponent() (factor, limit float64) {
	if s.tanh {
		return 2 * log2EHi, maxTanh
	}
	return -log2EHi, maxGate
}

// hoistSquash hoists what squashes need.
func (g *gen) hoistSquash() {
	g.hoist(1, whole)
}

// squash computes numerators and denominators, and overwrites the pre-activations. The exponent is rounded to n by
// adding whole, and r = exponent − n; 2^n is n in the bits of a number's exponent.
func (g *gen) squash(all ...*squash) {
	ns, ps := g.vecs(len(all)), g.vecs(len(all))
	for _, s := range all {
		_, limit := s.exponent()
		g.clamp(s.x, limit)
	}
	for i, s := range all {
		factor, _ := s.exponent()
		g.VMOVUPS(g.constant(whole), ns[i])
		g.VFMADD231PS(g.constant(factor), s.x, ns[i])
	}
	for i, s := range all {
		factor, _ := s.exponent()
		g.VSUBPS(g.constant(whole), ns[i], ps[i])
		g.VFMSUB132PS(g.constant(factor), ps[i], s.x)
	}
	for i := range all {
		g.VPSLLD(operand.Imm(23), ns[i], ns[i])
		g.VMOVUPS(g.constant(q[len(q)-1]), ps[i])
	}
	for k := len(q) - 2; k >= 0; k-- {
		for i, s := range all {
			g.VFMADD213PS(g.constant(q[k]), s.x, ps[i])
		}
	}
	for i, s := range all {
		if s.tanh {
			s.finishTanh(g, ns[i], ps[i])
		} else {
			s.finishSigmoid(g, ns[i], ps[i])
		}
	}
}

// finishSigmoid computes 1 + 2^n·(1 + r·q(r)). It multiplies by 2^n: n added to the exponent could make a number of a NaN.
func (s *squash) finishSigmoid(g *gen, n, p reg.VecVirtual) {
	g.VFMADD213PS(g.constant(1), s.x, p)
	g.VPADDD(g.constant(1), n, n)
	g.VFMADD213PS(g.constant(1), n, p)
	s.den = p
}

// finishTanh computes m = 2^n·r·q(r) + (2^n − 1), which is accurate near 0, and m+2.
func (s *squash) finishTanh(g *gen, n, p reg.VecVirtual) {
	g.VMULPS(s.x, p, p)
	g.VPADDD(g.constant(1), n, n)
	g.VSUBPS(g.constant(1), n, s.x)
	g.VFMADD213PS(s.x, n, p)
	s.top, s.den = p, n
	g.VADDPS(g.constant(2), p, n)
}

// squashPairs sets all x to their values, where two share a division. With few registers there are two at a time.
func (g *gen) squashPairs(all ...*squash) {
	most := len(all)
	if g.bytes < 64 {
		most = 2
	}
	for some := range slices.Chunk(all, most) {
		g.squash(some...)
		for pair := range slices.Chunk(some, 2) {
			g.divideBoth(pair[0], pair[1])
		}
	}
}

// divide sets x to the value of a tanh.
func (s *squash) divide(g *gen) { g.VDIVPS(s.den, s.top, s.x) }

// tanh replaces x by tanh x.
func (g *gen) tanh(x reg.VecVirtual) {
	s := &squash{x: x, tanh: true}
	g.squash(s)
	s.divide(g)
}

// divideBoth sets the x of two to their values with one division, which takes as long as a dozen other instructions:
// 1/a = b·1/(ab).
func (g *gen) divideBoth(s, t *squash) {
	r := g.value(1)
	g.VMULPS(s.den, t.den, s.x)
	g.VDIVPS(s.x, r, r)
	g.VMULPS(t.den, r, s.x)
	g.VMULPS(s.den, r, t.x)
	for _, u := range []*squash{s, t} {
		if u.top != nil {
			g.VMULPS(u.top, u.x, u.x)
		}
	}
}
