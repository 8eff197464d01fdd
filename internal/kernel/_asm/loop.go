package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// loop is the walk of an element-wise function over its operands, a vector at a time. Its body is generated twice: for
// whole vectors, and with a mask for what is left of a row.
type loop struct {
	*gen
	at      reg.Register              // offset in the row, bytes,
	disp    int                       // and from there
	streams map[string][]reg.Register // an operand's parts
	mask    operand.Op                // nil for whole vectors
}

// load reads the current vector of a part of an operand; masked-out elements are 0.
func (l *loop) load(name string, part int) reg.VecVirtual {
	r := l.vec()
	if l.mask == nil {
		l.VMOVUPS(l.address(name, part), r)
	} else {
		l.loadMasked(l.address(name, part), l.mask, r)
	}
	return r
}

func (l *loop) store(r reg.VecVirtual, name string, part int) {
	if l.mask == nil {
		l.VMOVUPS(r, l.address(name, part))
	} else {
		l.storeMasked(r, l.mask, l.address(name, part))
	}
}

// loadAll reads the current vectors of all parts of an operand.
func (l *loop) loadAll(name string, parts int) []reg.VecVirtual {
	r := make([]reg.VecVirtual, parts)
	for i := range r {
		r[i] = l.load(name, i)
	}
	return r
}

func (l *loop) storeAll(r []reg.VecVirtual, name string) {
	for i := range r {
		l.store(r[i], name, i)
	}
}

// activate replaces the current vector of an operand by f of it.
func (l *loop) activate(name string, f func(reg.VecVirtual)) {
	x := l.load(name, 0)
	f(x)
	l.store(x, name, 0)
}

func (l *loop) address(name string, part int) operand.Mem {
	return operand.Mem{Base: l.streams[name][part], Index: l.at, Scale: 1, Disp: l.disp}
}

// overSlices generates the loop over slices as long as the first; further arguments are loaded by the caller before.
func (g *gen) overSlices(names []string, body func(*loop)) {
	l := &loop{gen: g, streams: map[string][]reg.Register{}}
	for _, name := range names {
		l.streams[name] = []reg.Register{g.Load(g.Param(name).Base(), g.GP64())}
	}
	l.row(g.Load(g.Param(names[0]).Len(), g.GP64()), 1, alone(body))
}

// matrix is an operand of overRows: parts blocks of cols columns side by side.
type matrix struct {
	name  string
	parts int
}

// alone is a body that goes over vectors one by one.
func alone(body func(*loop)) func(...*loop) {
	return func(l ...*loop) {
		for _, l := range l {
			body(l)
		}
	}
}

// overRows generates the function name over the rows of matrices; hoist, which may be nil, loads constants before.
func (g *gen) overRows(name string, operands []matrix, hoist func(), body func(*loop)) {
	g.overRowsBy(1, name, operands, hoist, alone(body))
}

// overRowsBy does so n vectors at a time as long as there are as many.
func (g *gen) overRowsBy(n int, name string, operands []matrix, hoist func(), body func(...*loop)) {
	var names, strides []string
	for _, m := range operands {
		names, strides = append(names, m.name), append(strides, strideOf(m))
	}
	g.function(name, "func("+strings.Join(names, ", ")+" *float32, rows, cols, "+strings.Join(strides, ", ")+" int)",
		"is "+name+"Generic for rows×cols cells, strides in bytes.")
	if hoist != nil {
		hoist()
	}
	l := &loop{gen: g, streams: map[string][]reg.Register{}}
	cols := g.arg("cols")
	for _, m := range operands {
		l.streams[m.name] = l.parts(m, cols)
	}
	rows := g.arg("rows")
	g.Label("row")
	left := g.GP64()
	g.MOVQ(cols, left)
	l.row(left, n, body)
	for _, m := range operands {
		stride := g.arg(strideOf(m))
		for _, p := range l.streams[m.name] {
			g.ADDQ(stride, p)
		}
	}
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.end()
}

func strideOf(m matrix) string { return "stride" + strings.ToUpper(m.name[:1]) + m.name[1:] }

// parts loads pointers to the parts of a matrix.
func (l *loop) parts(m matrix, cols reg.Register) []reg.Register {
	p := []reg.Register{l.arg(m.name)}
	for range m.parts - 1 {
		next := l.GP64()
		l.LEAQ(operand.Mem{Base: p[len(p)-1], Index: cols, Scale: 4}, next)
		p = append(p, next)
	}
	return p
}

// row generates the walk over left elements, most vectors at a time and then one by one.
func (l *loop) row(left reg.Register, most int, body func(...*loop)) {
	l.at = l.GP64()
	l.XORQ(l.at, l.at)
	l.mask = nil
	for n := most; n > 0; n /= 2 {
		l.whole(left, n, body)
	}
	l.JZ(operand.LabelRef("end"))
	l.mask = l.columnMasks(left, 1)[0]
	body(l)
	l.Label("end")
}

// whole generates the walk over n vectors at a time.
func (l *loop) whole(left reg.Register, n int, body func(...*loop)) {
	label, rest := "whole", "rest"
	if n > 1 {
		label, rest = fmt.Sprint(label, n), fmt.Sprint(rest, n)
	}
	l.SUBQ(operand.Imm(uint64(n*l.lanes())), left)
	l.JL(operand.LabelRef(rest))
	l.align()
	l.Label(label)
	vectors := make([]*loop, n)
	for i := range vectors {
		at := *l
		at.disp = i * l.bytes
		vectors[i] = &at
	}
	body(vectors...)
	l.ADDQ(operand.U32(n*l.bytes), l.at)
	l.SUBQ(operand.Imm(uint64(n*l.lanes())), left)
	l.JGE(operand.LabelRef(label))
	l.Label(rest)
	l.ADDQ(operand.Imm(uint64(n*l.lanes())), left)
}

// end returns from a function.
func (g *gen) end() {
	g.VZEROUPPER()
	g.RET()
}
