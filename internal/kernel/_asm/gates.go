package main

import "github.com/mmcloughlin/avo/reg"

// gates generates the activations of recurrent cells, forward and backward. The formulas stand at the Go functions.
//
// All loads of a turn come before its stores: the gates of a cell are often a multiple of 4 KB apart, and a load then has
// to wait for an unfinished store whose address has the same lower 12 bits.
func gates(g *gen) {
	g.lstmForward()
	g.lstmBackward()
	g.gruForward()
	g.gruBackward()
	g.tanhForward()
	g.tanhBackward()
}

func (g *gen) lstmForward() {
	operands := []matrix{{"h", 1}, {"c", 1}, {"tanhC", 1}, {"gates", 4}, {"cPrev", 1}}
	g.overRows("lstmForward", operands, g.hoistExp, func(l *loop) {
		gate, c := l.loadAll("gates", 4), l.load("cPrev", 0)
		l.lstmCell(gate, c)
		l.storeAll(gate, "gates")
		l.store(c, "c", 0)
		l.tanh(c)
		l.store(c, "tanhC", 0)
		l.VMULPS(gate[3], c, c)
		l.store(c, "h", 0)
	})
}

// lstmCell replaces the pre-activations i, f, g, o by the gates and the cell's state by its next.
func (g *gen) lstmCell(gate []reg.VecVirtual, c reg.VecVirtual) {
	g.sigmoid(gate[0])
	g.sigmoid(gate[1])
	g.tanh(gate[2])
	g.sigmoid(gate[3])
	g.VMULPS(gate[1], c, c)
	g.VFMADD231PS(gate[0], gate[2], c)
}

func (g *gen) lstmBackward() {
	operands := []matrix{{"gates", 4}, {"dc", 1}, {"dh", 1}, {"cPrev", 1}, {"tanhC", 1}}
	g.overRows("lstmBackward", operands, nil, func(l *loop) {
		gate := l.loadAll("gates", 4)
		i, f, gg, o := gate[0], gate[1], gate[2], gate[3]
		dh, t, d, prev := l.load("dh", 0), l.load("tanhC", 0), l.load("dc", 0), l.load("cPrev", 0)
		dho, tSlope := l.vec(), l.oneMinusSquare(t)
		l.VMULPS(o, dh, dho)
		l.VFMADD231PS(tSlope, dho, d) // dc += dh⊙o⊙(1−tanhC²)
		l.VMULPS(t, dh, t)
		l.VMULPS(l.sigmoidSlope(o), t, t)
		l.store(t, "gates", 3)
		l.VMULPS(l.oneMinusSquare(gg), d, dho)
		l.VMULPS(i, dho, dho)
		l.store(dho, "gates", 2)
		l.VMULPS(gg, d, gg)
		l.VMULPS(l.sigmoidSlope(i), gg, gg)
		l.store(gg, "gates", 0)
		slope := l.sigmoidSlope(f)
		l.VMULPS(d, prev, prev)
		l.VMULPS(slope, prev, prev)
		l.store(prev, "gates", 1)
		l.VMULPS(f, d, d)
		l.store(d, "dc", 0)
	})
}

// sigmoidSlope returns y(1−y), the slope of σ where it is y.
func (g *gen) sigmoidSlope(y reg.VecVirtual) reg.VecVirtual {
	s := g.value(1)
	g.VSUBPS(y, s, s)
	g.VMULPS(y, s, s)
	return s
}

// oneMinusSquare returns 1−y², the slope of tanh where it is y.
func (g *gen) oneMinusSquare(y reg.VecVirtual) reg.VecVirtual {
	s := g.value(1)
	g.VFNMADD231PS(y, y, s)
	return s
}

func (g *gen) gruForward() {
	operands := []matrix{{"h", 1}, {"gates", 3}, {"hidden", 3}, {"hPrev", 1}}
	g.overRows("gruForward", operands, g.hoistExp, func(l *loop) {
		gate, hidden, h := l.loadAll("gates", 3), l.loadAll("hidden", 3), l.load("hPrev", 0)
		r, z, n := gate[0], gate[1], gate[2]
		l.VADDPS(hidden[0], r, r)
		l.sigmoid(r)
		l.VADDPS(hidden[1], z, z)
		l.sigmoid(z)
		l.VFMADD231PS(hidden[2], r, n)
		l.tanh(n)
		l.storeAll(gate, "gates")
		rest := l.value(1)
		l.VSUBPS(z, rest, rest)
		l.VMULPS(z, h, h)
		l.VFMADD231PS(rest, n, h)
		l.store(h, "h", 0)
	})
}

func (g *gen) gruBackward() {
	operands := []matrix{{"gates", 3}, {"hidden", 3}, {"dhPrev", 1}, {"dh", 1}, {"hPrev", 1}}
	g.overRows("gruBackward", operands, nil, func(l *loop) {
		gate, dh, dz, dr := l.loadAll("gates", 3), l.load("dh", 0), l.load("hPrev", 0), l.load("hidden", 2)
		r, z, n, dhPrev := gate[0], gate[1], gate[2], l.load("dhPrev", 0)
		l.VSUBPS(n, dz, dz)
		l.VMULPS(dh, dz, dz)
		l.VMULPS(l.sigmoidSlope(z), dz, dz)
		l.store(dz, "gates", 1)
		l.store(dz, "hidden", 1)
		dn := l.value(1)
		l.VSUBPS(z, dn, dn)
		l.VMULPS(dh, dn, dn)
		l.VMULPS(l.oneMinusSquare(n), dn, dn)
		l.store(dn, "gates", 2)
		l.VFMADD231PS(z, dh, dhPrev)
		l.store(dhPrev, "dhPrev", 0)
		l.VMULPS(dn, dr, dr)
		l.VMULPS(l.sigmoidSlope(r), dr, dr)
		l.store(dr, "gates", 0)
		l.store(dr, "hidden", 0)
		l.VMULPS(r, dn, dn)
		l.store(dn, "hidden", 2)
	})
}

func (g *gen) tanhForward() {
	g.overRows("tanhForward", []matrix{{"h", 1}, {"gates", 1}}, g.hoistExp, func(l *loop) {
		x := l.load("gates", 0)
		l.tanh(x)
		l.store(x, "h", 0)
	})
}

func (g *gen) tanhBackward() {
	g.overRows("tanhBackward", []matrix{{"gates", 1}, {"dh", 1}, {"h", 1}}, nil, func(l *loop) {
		d := l.oneMinusSquare(l.load("h", 0))
		l.VMULPS(l.load("dh", 0), d, d)
		l.store(d, "gates", 0)
	})
}
