package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// int8s generates the products of few rows by weights in int8, and the rounding of a row to int8.
func int8s(g *gen) {
	for rows := 1; rows <= g.few; rows++ {
		g.gemvInt8(rows)
	}
	g.largest()
	g.multiples()
}

func (g *gen) gemvInt8(rows int) {
	width := 2 * g.lanes()
	g.function(fmt.Sprintf("gemvInt8x%d", rows),
		"func(a *int8, b *uint32, c, start, factors, scales *float32, offsets *int32, k, rowA, panel, rowC, rowStart int)",
		fmt.Sprintf("computes for i < %d, j < %d and p < %d, strides in bytes,", rows, width, gemvPanels), "",
		fmt.Sprintf("\tc[i*rowC+p*%d+j] = start[i*rowStart+p*%d+j] +", width, width),
		fmt.Sprintf("\t\tfloat32(Σ_k a[i*rowA+k]·b[p*panel][k][j]) · (factors[i]·scales[p*%d+j])", width), "",
		"k counting words of four. A nil start is 0.")
	v := &int8Tile{gemvTile{gen: g, rows: rows, acc: g.vecs(rows * 2 * gemvPanels)}}
	v.operands()
	v.begin()
	v.multiply()
	v.end()
}

type int8Tile struct{ gemvTile }

// begin loads what the sums start from: VPDPBUSD takes the multiples of A as unsigned, 128 too large, so that a column's
// sum ends 128 times the sum of its weights too high. AVX2 does without.
func (v *int8Tile) begin() {
	offsets := v.arg("offsets")
	for i, r := range v.acc {
		if v.bytes == 64 {
			v.VMOVUPS(operand.Mem{Base: offsets, Disp: i % (2 * gemvPanels) * v.bytes}, r)
		} else {
			v.zero(r)
		}
	}
}

// multiply takes a word, four k, a turn.
func (v *int8Tile) multiply() {
	add := v.adder()
	x := v.vecs(v.rows)
	v.align()
	v.Label("next")
	for i, r := range x {
		v.VPBROADCASTD(v.rowOf(i), r)
	}
	addWord := add(x)
	for p, from := range v.b {
		for j := range 2 {
			word := v.vec()
			v.VMOVUPS(operand.Mem{Base: from, Disp: j * v.bytes}, word)
			for i := range x {
				addWord(i, word, v.acc[(i*gemvPanels+p)*2+j])
			}
		}
		v.ADDQ(operand.Imm(uint64(2*v.bytes)), from)
	}
	v.ADDQ(operand.Imm(4), v.a)
	v.DECQ(v.k)
	v.JNZ(operand.LabelRef("next"))
}

// adder loads constants; what it returns prepares the rows' multiples and returns what adds the products of row i's with
// those of a word to a sum.
func (v *int8Tile) adder() func(x []reg.VecVirtual) func(i int, word, sum reg.VecVirtual) {
	if v.bytes == 64 {
		return v.adderVNNI()
	}
	ones := v.vec()
	v.VMOVUPS(v.broadcast(0x00010001), ones)
	return func(x []reg.VecVirtual) func(int, reg.VecVirtual, reg.VecVirtual) {
		magnitude := v.vecs(len(x))
		for i, r := range x {
			v.VPABSB(r, magnitude[i])
		}
		// A sum of two products of at most 127·127 cannot overflow 16 bits.
		return func(i int, word, sum reg.VecVirtual) {
			signed := v.vec()
			v.VPSIGNB(x[i], word, signed)
			v.VPMADDUBSW(signed, magnitude[i], signed)
			v.VPMADDWD(ones, signed, signed)
			v.VPADDD(signed, sum, sum)
		}
	}
}

func (v *int8Tile) adderVNNI() func(x []reg.VecVirtual) func(i int, word, sum reg.VecVirtual) {
	flip := v.vec()
	v.VMOVUPS(v.broadcast(0x80808080), flip)
	return func(x []reg.VecVirtual) func(int, reg.VecVirtual, reg.VecVirtual) {
		for _, r := range x {
			v.VPXORD(flip, r, r) // adds 128
		}
		return func(i int, word, sum reg.VecVirtual) { v.VPDPBUSD(word, x[i], sum) }
	}
}

// end scales the sums, adds the start and stores.
func (v *int8Tile) end() {
	v.scaleSums()
	start := v.arg("start")
	v.TESTQ(start, start)
	v.JZ(operand.LabelRef("store"))
	v.each("start", "rowStart", func(r reg.VecVirtual, m operand.Mem) { v.VADDPS(m, r, r) })
	v.Label("store")
	v.each("c", "rowC", func(r reg.VecVirtual, m operand.Mem) { v.VMOVUPS(r, m) })
	v.gen.end()
}

func (v *int8Tile) scaleSums() {
	factors, scales := v.arg("factors"), v.arg("scales")
	n := 2 * gemvPanels
	factor, both := v.vec(), v.vec()
	for i, r := range v.acc {
		if i%n == 0 {
			v.VBROADCASTSS(operand.Mem{Base: factors, Disp: i / n * 4}, factor)
		}
		v.VMULPS(operand.Mem{Base: scales, Disp: i % n * v.bytes}, factor, both)
		v.VCVTDQ2PS(r, r)
		v.VMULPS(both, r, r)
	}
}

// largest compares magnitudes as integers, in which a NaN is above infinity.
func (g *gen) largest() {
	g.slices("largest", "func(x []float32) float32")
	top, mask := g.vec(), g.vec()
	g.zero(top)
	g.VMOVUPS(g.broadcast(0x7fffffff), mask)
	g.overSlices([]string{"x"}, func(l *loop) {
		x := l.load("x", 0)
		l.and(mask, x, x)
		l.VPMAXSD(x, top, top)
	})
	t := g.vec()
	if g.bytes == 64 {
		g.VEXTRACTI32X8(operand.Imm(1), top, t.AsY())
		g.VPMAXSD(t.AsY(), top.AsY(), top.AsY())
	}
	g.VEXTRACTI128(operand.Imm(1), top.AsY(), t.AsX())
	g.VPMAXSD(t.AsX(), top.AsX(), top.AsX())
	for _, swap := range []uint64{0x4e, 0xb1} {
		g.VPSHUFD(operand.Imm(swap), top.AsX(), t.AsX())
		g.VPMAXSD(t.AsX(), top.AsX(), top.AsX())
	}
	g.Store(top.AsX(), g.ReturnIndex(0))
	g.end()
}

// multiples writes whole vectors: what follows x in the last one becomes 0.
func (g *gen) multiples() {
	g.function("multiples", "func(dst []int8, x []float32, a float32)",
		"is multiplesGeneric; dst has room for whole vectors.")
	a, dst := g.scalar("a"), g.Load(g.Param("dst").Base(), g.GP64())
	l := &loop{gen: g, streams: map[string][]reg.Register{"x": {g.Load(g.Param("x").Base(), g.GP64())}}}
	l.row(g.Load(g.Param("x").Len(), g.GP64()), 1, alone(func(l *loop) {
		x := l.load("x", 0)
		l.VMULPS(a, x, x)
		l.VCVTPS2DQ(x, x)
		l.storeBytes(x, dst)
		l.ADDQ(operand.Imm(uint64(l.lanes())), dst)
	}))
	g.end()
}

// storeBytes stores a vector of small integers as bytes.
func (g *gen) storeBytes(x reg.VecVirtual, dst reg.Register) {
	if g.bytes == 64 {
		g.VPMOVSDB(x, operand.Mem{Base: dst})
		return
	}
	high := g.XMM()
	g.VPACKSSDW(x, x, x)
	g.VPACKSSWB(x, x, x)
	g.VEXTRACTI128(operand.Imm(1), x, high)
	g.VPUNPCKLDQ(high, x.AsX(), high)
	g.VMOVQ(high, operand.Mem{Base: dst})
}
