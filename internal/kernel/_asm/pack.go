package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packing generates what lays operands out for the GEMM tiles: strips of A, one vector wide, and panels of B, two wide.
func packing(g *gen) {
	g.copyRows(g.lanes())
	g.copyRows(2 * g.lanes())
	g.addRows()
	if g.bytes == 64 {
		g.transpose(g.mix16)
	} else {
		g.transpose(g.mix8)
	}
}

// copyRows generates the copying of rows into a dense strip of width columns.
func (g *gen) copyRows(width int) {
	g.function(fmt.Sprintf("copyRows%d", width), "func(dst, src *float32, rows *int32, n, stride, cols int)",
		"packs n rows of src: for k < n, j < width, stride in bytes,", "",
		fmt.Sprintf("\tdst[k*%d+j] = src[rows[k]*stride+j] if j < cols, else 0", width), "",
		"A nil rows stands for 0, 1, 2 and so on.")
	vectors := width / g.lanes()
	m := g.columnMasks(g.arg("cols"), vectors)
	dst, src, n, stride := g.arg("dst"), g.arg("src"), g.arg("n"), g.arg("stride")
	rows := g.arg("rows")
	buf := g.vecs(vectors)
	move := func(from reg.Register) {
		for j, r := range buf {
			g.loadMasked(operand.Mem{Base: from, Disp: j * g.bytes}, m[j], r)
		}
		for j, r := range buf {
			g.VMOVUPS(r, operand.Mem{Base: dst, Disp: j * g.bytes})
		}
		g.ADDQ(operand.Imm(uint64(4*width)), dst)
	}
	g.TESTQ(n, n)
	g.JZ(operand.LabelRef("done"))
	g.TESTQ(rows, rows)
	g.JNZ(operand.LabelRef("gather"))
	g.Label("next")
	move(src)
	g.ADDQ(stride, src)
	g.DECQ(n)
	g.JNZ(operand.LabelRef("next"))
	g.JMP(operand.LabelRef("done"))
	g.Label("gather")
	at := g.GP64()
	g.MOVLQSX(operand.Mem{Base: rows}, at)
	g.IMULQ(stride, at)
	g.ADDQ(src, at)
	move(at)
	g.ADDQ(operand.Imm(4), rows)
	g.DECQ(n)
	g.JNZ(operand.LabelRef("gather"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

// addRows generates the copying of rows into a dense strip, one vector wide, that adds them up on the way.
func (g *gen) addRows() {
	n := g.lanes()
	g.function(fmt.Sprintf("addRows%d", n), "func(dst, src, sums *float32, n, stride, cols int)",
		"packs n rows of src and adds them up: for k < n, j < cols, stride in bytes,", "",
		fmt.Sprintf("\tdst[k*%d+j] = src[k*stride+j], sums[j] += src[k*stride+j]", n), "",
		"in the order of k. The rest of dst's rows is set to 0.")
	mask := g.columnMasks(g.arg("cols"), 1)[0]
	dst, src, sums, rows, stride := g.arg("dst"), g.arg("src"), g.arg("sums"), g.arg("n"), g.arg("stride")
	sum, row := g.vec(), g.vec()
	g.loadMasked(operand.Mem{Base: sums}, mask, sum)
	g.Label("next")
	g.loadMasked(operand.Mem{Base: src}, mask, row)
	g.VMOVUPS(row, operand.Mem{Base: dst})
	g.VADDPS(row, sum, sum)
	g.ADDQ(operand.Imm(uint64(g.bytes)), dst)
	g.ADDQ(stride, src)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("next"))
	g.storeMasked(sum, mask, operand.Mem{Base: sums})
	g.VZEROUPPER()
	g.RET()
}

// transpose generates the packing of rows as columns, by square blocks of a vector's length; mix transposes a block.
func (g *gen) transpose(mix func([]reg.VecVirtual) []reg.VecVirtual) {
	n := g.lanes()
	g.function("transposeRows", "func(dst, src *float32, rows, cols, strideDst, strideSrc int)",
		fmt.Sprintf("packs rows of src as columns: for j < cols, i < %d, strides in bytes,", n), "",
		"\tdst[j*strideDst+i] = src[i*strideSrc+j] if i < rows, else 0", "",
		"There is at least one row and one column.")
	dst, src, cols := g.arg("dst"), g.arg("src"), g.arg("cols")
	g.Label("next")
	out := mix(g.loadBlock(src, cols))
	g.storeBlock(dst, cols, out)
	g.ADDQ(operand.Imm(uint64(g.bytes)), src)
	g.JMP(operand.LabelRef("next"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

// loadBlock reads up to a vector's length of columns from src, zeros where there is no row. It stays on the last row
// there: a masked load from memory that was never touched takes the processor hundreds of cycles.
func (g *gen) loadBlock(src, cols reg.Register) []reg.VecVirtual {
	rows, stride, still, at := g.arg("rows"), g.arg("strideSrc"), g.GP64(), g.GP64()
	g.MOVQ(src, at)
	g.XORQ(still, still)
	mask := g.rowMask(cols)
	r := g.vecs(g.lanes())
	g.loadMasked(operand.Mem{Base: at}, mask(), r[0])
	for i := 1; i < len(r); i++ {
		g.CMPQ(rows, operand.Imm(uint64(i)))
		g.CMOVQLE(still, stride)
		m := mask()
		g.ADDQ(stride, at)
		g.loadMasked(operand.Mem{Base: at}, m, r[i])
	}
	return r
}

// rowMask returns what gives a row's mask: the columns, or none if the comparison before it says that there is no row,
// from the second row on.
func (g *gen) rowMask(cols reg.Register) func() operand.Op {
	n, mask, none := g.GP64(), g.GP64(), g.GP64()
	first := true
	ifRow := func() {
		if !first {
			g.CMOVQLE(none, mask)
		}
		first = false
	}
	g.MOVQ(operand.U32(g.lanes()), n)
	g.CMPQ(cols, n)
	g.CMOVQLT(cols, n)
	if g.bytes == 64 {
		g.MOVQ(operand.I32(-1), mask)
		g.BZHIQ(n, mask, mask)
		g.XORQ(none, none)
		return func() operand.Op {
			ifRow()
			k := g.K()
			g.KMOVW(mask.As32(), k)
			return k
		}
	}
	g.LEAQ(g.maskTable(1), none)
	g.NEGQ(n)
	g.LEAQ(operand.Mem{Base: none, Index: n, Scale: 4, Disp: g.bytes}, mask)
	g.ADDQ(operand.Imm(uint64(g.bytes)), none)
	return func() operand.Op {
		ifRow()
		r := g.vec()
		g.VMOVUPS(operand.Mem{Base: mask}, r)
		return r
	}
}

// storeBlock writes columns as long as there are any; after the last one it jumps to done.
func (g *gen) storeBlock(dst, cols reg.Register, r []reg.VecVirtual) {
	stride := g.arg("strideDst")
	for i := range r {
		g.VMOVUPS(r[i], operand.Mem{Base: dst})
		g.ADDQ(stride, dst)
		g.DECQ(cols)
		g.JZ(operand.LabelRef("done"))
	}
}

// quads transposes every 4×4 block of lanes among four registers a time: lane l of r[4q+j] then holds column 4l+j of
// rows 4q to 4q+3.
func (g *gen) quads(r []reg.VecVirtual) []reg.VecVirtual {
	out := make([]reg.VecVirtual, 0, len(r))
	for q := 0; q < len(r); q += 4 {
		t, u := g.vecs(4), g.vecs(4)
		g.VUNPCKLPS(r[q+1], r[q], t[0])
		g.VUNPCKHPS(r[q+1], r[q], t[1])
		g.VUNPCKLPS(r[q+3], r[q+2], t[2])
		g.VUNPCKHPS(r[q+3], r[q+2], t[3])
		g.VUNPCKLPD(t[2], t[0], u[0])
		g.VUNPCKHPD(t[2], t[0], u[1])
		g.VUNPCKLPD(t[3], t[1], u[2])
		g.VUNPCKHPD(t[3], t[1], u[3])
		out = append(out, u...)
	}
	return out
}

// mix16 transposes 16×16 numbers in ZMM registers.
func (g *gen) mix16(r []reg.VecVirtual) []reg.VecVirtual {
	const even, odd = operand.U8(0x88), operand.U8(0xdd) // lanes 0 and 2, 1 and 3, of both operands
	q := g.quads(r)
	out := make([]reg.VecVirtual, 16)
	for j := range 4 {
		lo, hi := g.vecs(2), g.vecs(2)
		g.VSHUFF32X4(even, q[4+j], q[j], lo[0])
		g.VSHUFF32X4(odd, q[4+j], q[j], lo[1])
		g.VSHUFF32X4(even, q[12+j], q[8+j], hi[0])
		g.VSHUFF32X4(odd, q[12+j], q[8+j], hi[1])
		for l := range 2 {
			out[4*l+j], out[8+4*l+j] = g.vec(), g.vec()
			g.VSHUFF32X4(even, hi[l], lo[l], out[4*l+j])
			g.VSHUFF32X4(odd, hi[l], lo[l], out[8+4*l+j])
		}
	}
	return out
}

// mix8 transposes 8×8 numbers in YMM registers.
func (g *gen) mix8(r []reg.VecVirtual) []reg.VecVirtual {
	q := g.quads(r)
	out := make([]reg.VecVirtual, 8)
	for j := range 4 {
		out[j], out[4+j] = g.vec(), g.vec()
		g.VPERM2F128(operand.U8(0x20), q[4+j], q[j], out[j])
		g.VPERM2F128(operand.U8(0x31), q[4+j], q[j], out[4+j])
	}
	return out
}
