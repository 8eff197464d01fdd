package main

// norms generates what layer normalisation is made of. The formulas stand at the Go functions.
func norms(g *gen) {
	g.moments()
	g.weigh()
	g.hadamard()
	g.hadamardAdd()
	g.normalise()
	g.normaliseBack()
}

// moments adds up in float64.
func (g *gen) moments() {
	g.slices("moments", "func(x []float32) (sum, squares float64)")
	sum, squares := g.zeros(2), g.zeros(2)
	g.overSlices([]string{"x"}, func(l *loop) {
		for i, half := range l.widen(l.load("x", 0)) {
			l.VADDPD(half, sum[i], sum[i])
			l.VFMADD231PD(half, half, squares[i])
		}
	})
	g.returnSums(sum, squares)
}

// weigh adds up in float64.
func (g *gen) weigh() {
	g.slices("weigh", "func(dx, dy, gain, x []float32) (sum, slope float64)")
	sum, slope := g.zeros(2), g.zeros(2)
	g.overSlices([]string{"dx", "dy", "gain", "x"}, func(l *loop) {
		d := l.load("dy", 0)
		l.VMULPS(l.load("gain", 0), d, d)
		x := l.widen(l.load("x", 0))
		l.store(d, "dx", 0)
		for i, half := range l.widen(d) {
			l.VADDPD(half, sum[i], sum[i])
			l.VFMADD231PD(half, x[i], slope[i])
		}
	})
	g.returnSums(sum, slope)
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
