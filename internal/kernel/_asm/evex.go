package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Neither avo nor Go's assembler knows the instructions of AVX512_BF16. They are written with others that have the same
// operands, so that avo can give them registers, and are turned into bytes after that. Operands are in Go's order.

// dotBF16 adds to each float32 of sum the products of the two pairs of bfloat16 at its place, that of the upper halves
// first: VDPBF16PS. Subnormal numbers count as 0.
func (g *gen) dotBF16(b, a, sum reg.VecVirtual) { g.VPDPWSSD(b, a, sum) }

// roundBF16 rounds 16 numbers of low and 16 of high, ties to even, into the lower and the upper half of dst:
// VCVTNE2PS2BF16. Subnormal numbers become 0.
func (g *gen) roundBF16(low, high, dst reg.VecVirtual) { g.VPACKUSDW(low, high, dst) }

// bf16Instructions are the instructions that the stand-ins stand for: their prefixes and opcodes in map 0F38.
var bf16Instructions = map[string]struct {
	name           string
	prefix, opcode uint32
}{
	"VPDPWSSD":  {"VDPBF16PS", 2, 0x52},      // F3
	"VPACKUSDW": {"VCVTNE2PS2BF16", 3, 0x72}, // F2
}

// encodeBF16 turns the stand-ins of a function into bytes.
func encodeBF16(fn *ir.Function) error {
	var nodes []ir.Node
	for _, n := range fn.Nodes {
		i, ok := n.(*ir.Instruction)
		if !ok {
			nodes = append(nodes, n)
			continue
		}
		b, ok := bf16Instructions[i.Opcode]
		if !ok {
			nodes = append(nodes, n)
			continue
		}
		m, v, r := number(i.Operands[0]), number(i.Operands[1]), number(i.Operands[2])
		nodes = append(nodes, ir.NewComment(fmt.Sprintf("%s Z%d, Z%d, Z%d", b.name, m, v, r)))
		nodes = append(nodes, evex(b.prefix, b.opcode, m, v, r)...)
	}
	fn.Nodes = nodes
	return nil
}

// number returns the number of a vector register.
func number(op operand.Op) uint32 { return uint32(op.(reg.VecPhysical).PhysicalIndex()) }

// evex encodes a 512-bit instruction of map 0F38 with W = 0 and no mask, r = op(v, m): Intel's manual, volume 2, section
// 2.7. The upper bits of register numbers are stored inverted.
func evex(prefix, opcode, m, v, r uint32) []ir.Node {
	inverted := func(x, bit uint32) uint32 { return ^x >> bit & 1 }
	const map0F38, length512 = 2, 2
	p0 := inverted(r, 3)<<7 | inverted(m, 4)<<6 | inverted(m, 3)<<5 | inverted(r, 4)<<4 | map0F38
	p1 := (^v&15)<<3 | 1<<2 | prefix
	p2 := uint32(length512)<<5 | inverted(v, 4)<<3
	modRM := 3<<6 | (r&7)<<3 | m&7
	return []ir.Node{
		&ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(0x62 | p0<<8 | p1<<16 | p2<<24)}},
		&ir.Instruction{Opcode: "WORD", Operands: []operand.Op{operand.U16(opcode | modRM<<8)}},
	}
}
