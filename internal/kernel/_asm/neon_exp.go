package main

import (
	"fmt"
	"math"
)

// The instructions on four float32 that Go's assembler has no names for (Arm Architecture Reference Manual, C7.2).
var opsNEON = map[string]int{
	"FADD": 0x4e20d400, "FSUB": 0x4ea0d400, "FMUL": 0x6e20dc00, "FDIV": 0x6e20fc00,
	"FMIN": 0x4ea0f400, "FMAX": 0x4e20f400, // a NaN wins
	"FNEG": 0x6ea0f800, "FRINTN": 0x4e218800, "FCVTNS": 0x4e21a800, // to the nearest, ties to even
	"SCVTF": 0x4e21d800, "SSHR1": 0x4f3f0400, "SHL23": 0x4f375400,
}

// op writes dst = x op y; without y, dst = op x.
func (n *neon) op(name string, dst, x int, y ...int) {
	code, text := opsNEON[name]|x<<5|dst, fmt.Sprintf("V%d.S4, V%d.S4", x, dst)
	if len(y) > 0 {
		code, text = code|y[0]<<16, fmt.Sprintf("V%d.S4, %s", y[0], text)
	}
	n.emit("WORD $%#08x // %s %s", code, name, text)
}

func (n *neon) move(dst, src int) { n.emit("VMOV V%d.B16, V%d.B16", src, dst) }

// fma writes sum += x·y.
func (n *neon) fma(sum, x, y int) { n.emit("VFMLA V%d.S4, V%d.S4, V%d.S4", y, x, sum) }

// Registers of constants. The coefficients of q are in V16 and on.
const (
	qNEON     = 16
	hiNEON    = 22 // of factor·log2 e
	loNEON    = 23
	oneNEON   = 24
	twoNEON   = 25
	leastNEON = 26
	mostNEON  = 27
)

// constants loads what e^(x·factor) needs; x will be clamped to ±limit.
func (n *neon) constants(factor, limit float64) {
	for i, v := range q {
		n.fill(qNEON+i, v)
	}
	n.fill(hiNEON, factor*log2EHi)
	n.fill(loNEON, factor*log2ELo)
	n.fill(oneNEON, 1)
	n.fill(twoNEON, 2)
	n.fill(leastNEON, -limit)
	n.fill(mostNEON, limit)
}

// fill sets all four numbers of a register.
func (n *neon) fill(v int, value float64) {
	n.emit("MOVW $%#08x, R9", math.Float32bits(float32(value)))
	n.emit("VDUP R9, V%d.S4", v)
}

// reduce is [gen.reduce] of V0: n comes into V1, r into V2, q(r) into V3. It overwrites V4.
func (n *neon) reduce() {
	n.op("FMIN", 0, 0, mostNEON)
	n.op("FMAX", 0, 0, leastNEON)
	n.op("FMUL", 1, 0, hiNEON)
	n.op("FRINTN", 1, 1)
	n.op("FNEG", 2, 1)
	n.fma(2, 0, hiNEON)
	n.fma(2, 0, loNEON)
	last := len(q) - 1
	n.move(3, qNEON+last)
	for i := last - 1; i >= 0; i-- {
		n.move(4, qNEON+i)
		n.fma(4, 3, 2)
		n.move(3, 4)
	}
}

// powerOf2 turns whole numbers into powers of two.
func (n *neon) powerOf2(v int) {
	n.op("SHL23", v, v)
	n.emit("VADD V%d.S4, V%d.S4, V%d.S4", oneNEON, v, v)
}

// exp replaces V0 by e^(V0·factor). It overwrites V1 to V4.
func (n *neon) exp() {
	n.reduce()
	n.move(0, oneNEON)
	n.fma(0, 3, 2)
	n.op("FCVTNS", 1, 1)
	n.op("SSHR1", 2, 1)
	n.emit("VSUB V2.S4, V1.S4, V1.S4")
	for _, v := range []int{2, 1} { // one power of two could not reach the denormal numbers
		n.powerOf2(v)
		n.op("FMUL", 0, 0, v)
	}
}

// tanh replaces V0 by m/(m+2) with m = e^2x − 1 = 2^n·(2^r − 1) + (2^n − 1), as [squash.finishTanh] has it. It overwrites
// V1 to V4.
func (n *neon) tanh() {
	n.reduce()
	n.op("FMUL", 3, 3, 2)
	n.op("FCVTNS", 1, 1)
	n.powerOf2(1)
	n.op("FSUB", 4, 1, oneNEON)
	n.fma(4, 3, 1)
	n.op("FADD", 2, 4, twoNEON)
	n.op("FDIV", 0, 4, 2)
}

// each writes a loop over a slice that goes through V0, four numbers at a time and at last one by one.
func (n *neon) each(body func()) {
	n.label("loop")
	n.emit("CMP $4, R1")
	n.emit("BLT rest")
	n.emit("VLD1 (R0), [V0.S4]")
	body()
	n.emit("VST1.P [V0.S4], 16(R0)")
	n.emit("SUB $4, R1")
	n.emit("B loop")
	n.label("rest")
	n.emit("CBZ R1, done")
	n.emit("FMOVS (R0), F0")
	body()
	n.emit("FMOVS.P F0, 4(R0)")
	n.emit("SUB $1, R1")
	n.emit("B rest")
	n.label("done")
	n.emit("RET")
}

// activationsNEON writes the functions of vectors.
func activationsNEON(n *neon) {
	n.function("sigmoidNEON", "x []float32", "sigmoidNEON is sigmoidGeneric.")
	n.constants(-1, maxExp)
	n.each(func() {
		n.exp()
		n.op("FADD", 0, 0, oneNEON)
		n.op("FDIV", 0, oneNEON, 0)
	})
	n.function("tanhNEON", "x []float32", "tanhNEON is tanhGeneric.")
	n.constants(2, maxTanh)
	n.each(n.tanh)
	n.function("expNEON", "x []float32, top float32", "expNEON replaces every x by e^(x−top).")
	n.constants(1, maxExp)
	n.emit("VDUP R3, V5.S4")
	n.each(func() {
		n.op("FSUB", 0, 0, 5)
		n.exp()
	})
}
