package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set that kernels are generated for.
type isa struct {
	name   string // ends the name of a function
	suffix string // ends the name of a file
	bytes  int    // of a vector register
	tile   int    // most rows of a GEMM tile, two vectors wide
	few    int    // most rows of a product by several panels at once, at most 3
}

var (
	avx512 = isa{name: "AVX512", suffix: "avx512", bytes: 64, tile: 14, few: 3}
	avx2   = isa{name: "AVX2", suffix: "avx2", bytes: 32, tile: 6, few: 1}
)

func (v isa) lanes() int { return v.bytes / 4 }

// gen is a file that is being generated for one instruction set.
type gen struct {
	*build.Context
	isa
	tables  map[string]operand.Mem     // data that the file has defined
	hoisted map[float32]reg.VecVirtual // constants that the function has in registers
}

// function begins the function name+ISA; doc is its Go loop or what it does.
func (g *gen) function(name, signature string, doc ...string) {
	clear(g.hoisted)
	g.Function(name + g.name)
	g.Attributes(attr.NOSPLIT)
	g.Doc(append([]string{name + g.name + " " + doc[0]}, doc[1:]...)...)
	g.Pragma("noescape")
	g.SignatureExpr(signature)
}

// vec returns a new vector register.
func (g *gen) vec() reg.VecVirtual {
	if g.bytes == 64 {
		return g.ZMM()
	}
	return g.YMM()
}

func (g *gen) vecs(n int) []reg.VecVirtual {
	r := make([]reg.VecVirtual, n)
	for i := range r {
		r[i] = g.vec()
	}
	return r
}

// arg loads an argument into a general register.
func (g *gen) arg(name string) reg.Register { return g.Load(g.Param(name), g.GP64()) }

func (g *gen) zero(r reg.VecVirtual) {
	if g.bytes == 64 {
		g.VPXORD(r, r, r)
	} else {
		g.VXORPS(r, r, r)
	}
}

// align starts the next instruction on a 32-byte boundary, for the head of a hot loop.
func (g *gen) align() {
	g.Instruction(&ir.Instruction{Opcode: "PCALIGN", Operands: []operand.Op{operand.Imm(32)}})
}

// masks is a number of columns as one mask for each vector that they fill.
type masks []operand.Op

// columnMasks turns cols into n masks; columns beyond n vectors are cut off.
func (g *gen) columnMasks(cols reg.Register, n int) masks {
	m := make(masks, n)
	if g.bytes == 64 {
		bits := g.GP64()
		g.MOVQ(operand.I32(-1), bits)
		g.BZHIQ(cols, bits, bits)
		for i := range m {
			k := g.K()
			g.KMOVW(bits.As32(), k)
			m[i] = k
			if i < n-1 {
				g.SHRQ(operand.Imm(16), bits)
			}
		}
		return m
	}
	table, at := g.GP64(), g.GP64()
	g.LEAQ(g.maskTable(n), table)
	g.MOVQ(operand.U32(g.lanes()*n), at)
	g.SUBQ(cols, at)
	for i := range m {
		r := g.vec()
		g.VMOVUPS(operand.Mem{Base: table, Index: at, Scale: 4, Disp: i * g.bytes}, r)
		m[i] = r
	}
	return m
}

// maskTable is n vectors of ones followed by n of zeros, to be read from where as many ones are left as columns.
func (g *gen) maskTable(n int) operand.Mem {
	name := "ones" + string(rune('0'+n))
	if m, ok := g.tables[name]; ok {
		return m
	}
	m := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * n * g.lanes() {
		var v operand.U32
		if i < n*g.lanes() {
			v = 0xffffffff
		}
		g.AddDatum(4*i, v)
	}
	g.tables[name] = m
	return m
}

// loadMasked reads the columns that the mask allows and sets the others to zero.
func (g *gen) loadMasked(from operand.Mem, mask operand.Op, to reg.VecVirtual) {
	if g.bytes == 64 {
		g.VMOVUPS_Z(from, mask, to)
	} else {
		g.VMASKMOVPS(from, mask, to)
	}
}

// storeMasked writes the columns that the mask allows.
func (g *gen) storeMasked(from reg.VecVirtual, mask operand.Op, to operand.Mem) {
	if g.bytes == 64 {
		g.VMOVUPS(from, mask, to)
	} else {
		g.VMASKMOVPS(from, mask, to)
	}
}
