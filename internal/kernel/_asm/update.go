package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// updates generates the optimisers' steps. Their numbers come as an array, in the order in which they are listed.
func updates(g *gen) {
	g.adam()
	g.sgd()
	g.momentum()
	g.rmsProp()
}

// numbers returns what gives a step's number in all lanes: from a register, or from memory where registers are few.
func (g *gen) numbers(names ...string) func(string) reg.VecVirtual {
	from := g.arg("step")
	held := map[string]reg.VecVirtual{}
	load := func(name string) reg.VecVirtual {
		r := g.vec()
		g.VBROADCASTSS(operand.Mem{Base: from, Disp: 4 * slices.Index(names, name)}, r)
		return r
	}
	if g.bytes < 64 {
		return load
	}
	for _, name := range names {
		held[name] = load(name)
	}
	return func(name string) reg.VecVirtual { return held[name] }
}

// update generates an optimiser's step over the weights w, their gradient and the optimiser's moments.
func (g *gen) update(name string, operands, numbers []string, body func(l *loop, number func(string) reg.VecVirtual)) {
	g.function(name, fmt.Sprintf("func(%s []float32, step *[%d]float32)", strings.Join(operands, ", "), len(numbers)),
		"is "+name+"Generic; step holds "+strings.Join(numbers, ", ")+".")
	number := g.numbers(numbers...)
	g.overSlices(operands, func(l *loop) { body(l, number) })
	g.end()
}

// gradient returns scale·grad + l2·w.
func (l *loop) gradient(number func(string) reg.VecVirtual) (w, grad reg.VecVirtual) {
	w, grad = l.load("w", 0), l.load("grad", 0)
	l.VMULPS(number("scale"), grad, grad)
	l.VFMADD231PS(number("l2"), w, grad)
	return w, grad
}

func (g *gen) adam() {
	g.update("adam", []string{"w", "grad", "m", "v"},
		[]string{"rate", "beta1", "1−beta1", "beta2", "1−beta2", "correction", "epsilon", "scale", "l2", "1−decay"},
		func(l *loop, number func(string) reg.VecVirtual) {
			w, grad := l.gradient(number)
			m, v := l.load("m", 0), l.load("v", 0)
			l.VMULPS(number("beta1"), m, m)
			l.VFMADD231PS(number("1−beta1"), grad, m)
			l.store(m, "m", 0)
			l.VMULPS(grad, grad, grad)
			l.VMULPS(number("beta2"), v, v)
			l.VFMADD231PS(number("1−beta2"), grad, v)
			l.store(v, "v", 0)
			l.VSQRTPS(v, v)
			l.VFMADD213PS(number("epsilon"), number("correction"), v)
			l.VMULPS(number("rate"), m, m)
			l.VDIVPS(v, m, m)
			l.VFMSUB231PS(number("1−decay"), w, m) // decayed w minus the step
			l.store(m, "w", 0)
		})
}

func (g *gen) sgd() {
	g.update("sgd", []string{"w", "grad"}, []string{"rate", "scale", "l2"},
		func(l *loop, number func(string) reg.VecVirtual) {
			w, grad := l.gradient(number)
			l.VFNMADD231PS(number("rate"), grad, w)
			l.store(w, "w", 0)
		})
}

func (g *gen) momentum() {
	g.update("momentum", []string{"w", "grad", "m"}, []string{"rate", "scale", "l2", "momentum"},
		func(l *loop, number func(string) reg.VecVirtual) {
			w, grad := l.gradient(number)
			l.VFMADD231PS(l.load("m", 0), number("momentum"), grad)
			l.store(grad, "m", 0)
			l.VFNMADD231PS(number("rate"), grad, w)
			l.store(w, "w", 0)
		})
}

func (g *gen) rmsProp() {
	g.update("rmsProp", []string{"w", "grad", "v"}, []string{"rate", "alpha", "1−alpha", "epsilon", "scale", "l2"},
		func(l *loop, number func(string) reg.VecVirtual) {
			w, grad := l.gradient(number)
			v, square := l.load("v", 0), l.vec()
			l.VMULPS(grad, grad, square)
			l.VMULPS(number("alpha"), v, v)
			l.VFMADD231PS(number("1−alpha"), square, v)
			l.store(v, "v", 0)
			l.VSQRTPS(v, v)
			l.VADDPS(number("epsilon"), v, v)
			l.VMULPS(number("rate"), grad, grad)
			l.VDIVPS(v, grad, grad)
			l.VSUBPS(grad, w, w)
			l.store(w, "w", 0)
		})
}
