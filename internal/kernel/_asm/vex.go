package main

import (
	"encoding/binary"
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Neither avo nor Go's assembler knows the instructions of AMX. They are written as bytes, with registers chosen by hand:
// Intel's manual, volume 2, section 2.3.5 (VEX) and chapter 2.6 (AMX). All are of map 0F38 with W = 0 and L = 0.

// The prefixes of VEX.
const (
	prefixNone = iota
	prefix66
	prefixF3
	prefixF2
)

// tmm is the number of a tile register.
type tmm byte

// vex emits an instruction: its prefix, the register that VEX holds beside ModRM (0 where there is none), opcode, ModRM and
// what follows. Registers above 7 cannot be named, so that the three bits that extend them are 1, which means none.
func (g *gen) vex(name string, prefix byte, extra tmm, opcode, modRM byte, rest ...byte) {
	const map0F38, noExtension = 2, 7 << 5
	code := append([]byte{0xc4, noExtension | map0F38, (^byte(extra)&15)<<3 | prefix, opcode, modRM}, rest...)
	g.Comment(name)
	for ; len(code) >= 4; code = code[4:] {
		g.Instruction(&ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(binary.LittleEndian.Uint32(code))}})
	}
	for _, b := range code {
		g.Instruction(&ir.Instruction{Opcode: "BYTE", Operands: []operand.Op{operand.U8(b)}})
	}
}

// tileMem is where a tile is in memory: rows stride bytes apart, from base+disp on.
type tileMem struct {
	base, stride reg.GPPhysical
	disp         int
}

func (m tileMem) String() string {
	return fmt.Sprintf("%d(%s)(%s*1)", m.disp, m.base.Asm(), m.stride.Asm())
}

// code is the ModRM byte, with a tile as its register, and the bytes of the address.
func (m tileMem) code(t tmm) (modRM byte, rest []byte) {
	const disp32, sibFollows = 2 << 6, 4
	rest = []byte{low3(m.stride)<<3 | low3(m.base)}
	return disp32 | byte(t)<<3 | sibFollows, binary.LittleEndian.AppendUint32(rest, uint32(m.disp))
}

// low3 is the number of a register below 8.
func low3(r reg.GPPhysical) byte {
	n := r.PhysicalIndex()
	if n > 7 {
		panic("an AMX address in " + r.Asm())
	}
	return byte(n)
}

// loadTile is TILELOADD, storeTile TILESTORED.
func (g *gen) loadTile(from tileMem, t tmm) {
	modRM, rest := from.code(t)
	g.vex(fmt.Sprintf("TILELOADD %v, T%d", from, t), prefixF2, 0, 0x4b, modRM, rest...)
}

func (g *gen) storeTile(t tmm, to tileMem) {
	modRM, rest := to.code(t)
	g.vex(fmt.Sprintf("TILESTORED T%d, %v", t, to), prefixF3, 0, 0x4b, modRM, rest...)
}

// zeroTile is TILEZERO.
func (g *gen) zeroTile(t tmm) {
	g.vex(fmt.Sprintf("TILEZERO T%d", t), prefixF2, 0, 0x49, 3<<6|byte(t)<<3)
}

// dotTiles is TDPBF16PS: sum += a·b.
func (g *gen) dotTiles(b, a, sum tmm) {
	g.vex(fmt.Sprintf("TDPBF16PS T%d, T%d, T%d", b, a, sum), prefixF3, b, 0x5c, 3<<6|byte(sum)<<3|byte(a))
}

// configureTiles is LDTILECFG of the 64 bytes at a register; releaseTiles is TILERELEASE.
func (g *gen) configureTiles(at reg.GPPhysical) {
	g.vex(fmt.Sprintf("LDTILECFG (%s)", at.Asm()), prefixNone, 0, 0x49, low3(at))
}

func (g *gen) releaseTiles() { g.vex("TILERELEASE", prefixNone, 0, 0x49, 3<<6) }
