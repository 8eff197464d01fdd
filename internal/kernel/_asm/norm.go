package main

// norms generates what layer normalisation is made of. The formulas stand at the Go functions.
func norms(g *gen) {
	g.sum()
	g.dot()
	g.hadamard()
	g.hadamardAdd()
	g.normalise()
	g.normaliseBack()
}

// sum adds up in float64.
func (g *gen) sum() {
	g.slices("sum", "func(x []float32) float64")
	total := g.vecs(2)
	g.zero(total[0])
	g.zero(total[1])
	g.overSlices([]string{"x"}, func(l *loop) {
		for i, half := range l.widen(l.load("x", 0)) {
			l.VADDPD(half, total[i], total[i])
		}
	})
	g.returnSum(total)
}

// dot adds up in float64.
func (g *gen) dot() {
	g.slices("dot", "func(x, y []float32) float64")
	total := g.vecs(2)
	g.zero(total[0])
	g.zero(total[1])
	g.overSlices([]string{"x", "y"}, func(l *loop) {
		x, y := l.widen(l.load("x", 0)), l.widen(l.load("y", 0))
		for i := range x {
			l.VFMADD231PD(x[i], y[i], total[i])
		}
	})
	g.returnSum(total)
}

func (g *gen) hadamard() {
	g.slices("hadamard", "func(dst, x, y []float32)")
	g.overSlices([]string{"dst", "x", "y"}, func(l *loop) {
		x := l.load("x", 0)
		l.VMULPS(l.load("y", 0), x, x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) hadamardAdd() {
	g.slices("hadamardAdd", "func(dst, x, y []float32)")
	g.overSlices([]string{"dst", "x", "y"}, func(l *loop) {
		x := l.load("dst", 0)
		l.VFMADD231PS(l.load("x", 0), l.load("y", 0), x)
		l.store(x, "dst", 0)
	})
	g.end()
}

func (g *gen) normalise() {
	g.slices("normalise", "func(x, dst, gain, bias []float32, mean, scale float32)")
	mean, scale := g.scalar("mean"), g.scalar("scale")
	g.overSlices([]string{"x", "dst", "gain", "bias"}, func(l *loop) {
		x, y := l.load("x", 0), l.load("bias", 0)
		l.VSUBPS(mean, x, x)
		l.VMULPS(scale, x, x)
		l.store(x, "x", 0)
		l.VFMADD231PS(l.load("gain", 0), x, y)
		l.VADDPS(l.load("dst", 0), y, y)
		l.store(y, "dst", 0)
	})
	g.end()
}

func (g *gen) normaliseBack() {
	g.slices("normaliseBack", "func(dx, x []float32, mean, slope, scale float32)")
	mean, slope, scale := g.scalar("mean"), g.scalar("slope"), g.scalar("scale")
	g.overSlices([]string{"dx", "x"}, func(l *loop) {
		d := l.load("dx", 0)
		l.VSUBPS(mean, d, d)
		l.VFNMADD231PS(l.load("x", 0), slope, d)
		l.VMULPS(scale, d, d)
		l.store(d, "dx", 0)
	})
	g.end()
}
