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
	g.overRowsBy(g.cellsAtOnce(), "lstmForward", operands, g.hoistSquash, func(at ...*loop) {
		var cells []*lstmCell
		for _, l := range at {
			cells = append(cells, &lstmCell{gate: l.loadAll("gates", 4), c: l.load("cPrev", 0)})
		}
		g.lstmGates(cells...)
		for i, l := range at {
			l.storeAll(cells[i].gate, "gates")
			l.store(cells[i].c, "c", 0)
		}
		g.lstmOutputs(cells...)
		for i, l := range at {
			l.store(cells[i].c, "tanhC", 0)
			l.store(cells[i].gate[3], "h", 0)
		}
	})
}

// cellsAtOnce is the number of vectors of cells that are computed side by side: as many as there are registers for.
func (g *gen) cellsAtOnce() int {
	if g.bytes == 64 {
		return 2
	}
	return 1
}

// lstmCell is a vector of cells.
type lstmCell struct {
	gate []reg.VecVirtual // i, f, g, o
	c    reg.VecVirtual
}

// lstmGates replaces pre-activations by the gates and the cells' states by their next.
func (g *gen) lstmGates(cells ...*lstmCell) {
	var all []*squash
	for _, cell := range cells {
		x := cell.gate
		all = append(all, &squash{x: x[0]}, &squash{x: x[1]}, &squash{x: x[3]}, &squash{x: x[2], tanh: true})
	}
	g.squashPairs(all...)
	for _, cell := range cells {
		g.VMULPS(cell.gate[1], cell.c, cell.c)
		g.VFMADD231PS(cell.gate[0], cell.gate[2], cell.c)
	}
}

// lstmOutputs replaces the cells' states by their tanh and the gates o by the outputs.
func (g *gen) lstmOutputs(cells ...*lstmCell) {
	var all []*squash
	for _, cell := range cells {
		all = append(all, &squash{x: cell.c, tanh: true})
	}
	g.squash(all...)
	for i, cell := range cells {
		all[i].divide(g)
		g.VMULPS(cell.c, cell.gate[3], cell.gate[3])
	}
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
	g.overRowsBy(g.cellsAtOnce(), "gruForward", operands, g.hoistSquash, func(at ...*loop) {
		var gates, carry [][]reg.VecVirtual
		var h []reg.VecVirtual
		var reset, candidate []*squash
		for i, l := range at {
			gates, carry, h = append(gates, l.loadAll("gates", 3)), append(carry, l.loadAll("hidden", 3)), append(h, l.load("hPrev", 0))
			for j := range 2 {
				l.VADDPS(carry[i][j], gates[i][j], gates[i][j])
				reset = append(reset, &squash{x: gates[i][j]})
			}
			candidate = append(candidate, &squash{x: gates[i][2], tanh: true})
		}
		g.squashPairs(reset...)
		for i := range at {
			g.VFMADD231PS(carry[i][2], gates[i][0], gates[i][2])
		}
		g.squash(candidate...)
		for i, l := range at {
			candidate[i].divide(g)
			l.storeAll(gates[i], "gates")
			z, n, rest := gates[i][1], gates[i][2], l.value(1)
			l.VSUBPS(z, rest, rest)
			l.VMULPS(z, h[i], h[i])
			l.VFMADD231PS(rest, n, h[i])
			l.store(h[i], "h", 0)
		}
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
	g.overRowsBy(2*g.cellsAtOnce(), "tanhForward", []matrix{{"h", 1}, {"gates", 1}}, g.hoistSquash, func(at ...*loop) {
		var all []*squash
		for _, l := range at {
			all = append(all, &squash{x: l.load("gates", 0), tanh: true})
		}
		g.squash(all...)
		for i, l := range at {
			all[i].divide(g)
			l.store(all[i].x, "h", 0)
		}
	})
}

func (g *gen) tanhBackward() {
	g.overRows("tanhBackward", []matrix{{"gates", 1}, {"dh", 1}, {"h", 1}}, nil, func(l *loop) {
		d := l.oneMinusSquare(l.load("h", 0))
		l.VMULPS(l.load("dh", 0), d, d)
		l.store(d, "gates", 0)
	})
}
