package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// amx generates products of numbers that are rounded to bfloat16 by the tiles of AMX, of 16 rows of 64 bytes. B is packed
// in panels as for VDPBF16PS; a tile of it is 16 words of k by 16 columns. A tile of A is 16 rows by 16 words of k. The
// words of k are taken 16 at a time, a step; a strip of A holds 32 rows of a step one after another, then the next step's.
func amx(g *gen) {
	amxTile{g, false}.generate()
	amxTile{g, true}.generate()
	g.packTileRows(false)
	g.packTileRows(true)
	g.packTileColumns(false)
	g.packTileColumns(true)
}

const (
	amxRow   = 64          // bytes of a row of a tile
	amxBlock = 16 * amxRow // and of a whole one
	amxStep  = 2 * amxBlock
	amxPanel = 2 * amxRow // and of a word of k in a panel
)

// The registers' tiles: sums, of which the second has the columns of the second of B and the third the rows of the second
// of A.
const (
	sum00, sum01, sum10, sum11 tmm = 0, 1, 2, 3
	left0, left1               tmm = 4, 5
	right0, right1             tmm = 6, 7
)

// The general registers of amxTile.
var (
	amxA, amxB, amxC   = reg.RSI, reg.RDI, reg.RDX
	rowA, rowB, rowC   = reg.RAX, reg.RBX, reg.RCX // strides; of C, or of where its sums start
	tileRows, tileCols = reg.R8, reg.R9
	turns              = reg.R10
	panelB, panelsLeft = reg.R12, reg.R13 // of the panel at hand
	panelC             = reg.R15          // and where it is in C, and in where its sums start: bytes from there
)

// amxTile is the GEMM tile that is being generated. Split operands hold two bfloat16 for each number, whose sum it is: after
// a step of the larger ones follows that of the smaller ones.
type amxTile struct {
	*gen
	split bool
}

// describe begins the function.
func (t amxTile) describe() {
	const signature = "func(a, b, c, start *float32, k, rowC, rowStart, rows, cols, panel, panels int)"
	if t.split {
		t.function("tileRowSplit", signature, "is tileRowAMX for numbers that are sums of two bfloat16, a larger and a smaller one: k is",
			"a multiple of 32, and after 16 words of the larger ones follow those of the smaller ones. Of every 16 words, it adds",
			"the products of larger ones by smaller ones, then those of larger ones by larger ones and of smaller ones by larger ones.")
		return
	}
	t.function("tileRow", signature,
		"computes tiles of C side by side: for i < rows ≤ 32, j < cols ≤ 32 and p < panels, strides in bytes,", "",
		"\tc[i*rowC+p*32+j] = start[i*rowStart+p*32+j] + Σ_k a[k/16*512+i*16+k%16]·b[p*panel+k*32+j]", "",
		"where k is a multiple of 16 and a product of words is the sum of the products of their lower and upper halves, which",
		"are bfloat16. Of every 16 words the products of lower halves are added up, and those of upper ones, both in the order",
		"of k; then their sum is added. A nil start is 0.")
}

// step returns the words of k and the bytes of a step of either operand.
func (t amxTile) step() (logWords, bytes uint64) {
	if t.split {
		return 5, 2 * amxStep
	}
	return 4, amxStep
}

func (t amxTile) generate() {
	t.describe()
	t.Load(t.Param("rows"), tileRows)
	t.Load(t.Param("cols"), tileCols)
	t.configure()
	t.Load(t.Param("b"), panelB)
	t.Load(t.Param("panels"), panelsLeft)
	t.XORQ(panelC, panelC)
	t.Label("panel")
	t.begin()
	t.Load(t.Param("a"), amxA)
	t.MOVQ(panelB, amxB)
	t.Load(t.Param("k"), turns)
	log, _ := t.step()
	t.SHRQ(operand.Imm(log), turns)
	t.MOVQ(operand.U32(amxRow), rowA)
	t.MOVQ(operand.U32(amxPanel), rowB)
	t.Load(t.Param("c"), amxC)
	t.ADDQ(panelC, amxC)
	t.Load(t.Param("rowC"), rowC)
	t.byShape("multiply", t.multiply)
	t.Load(t.Param("panel"), rowB)
	t.ADDQ(rowB, panelB)
	t.ADDQ(operand.U32(amxPanel), panelC)
	t.DECQ(panelsLeft)
	t.JNZ(operand.LabelRef("panel"))
	t.releaseTiles()
	t.end()
}

// configure says how large the tiles are, which takes 0.2 µs with what releases them. Those that are not used are whole,
// for none may be empty.
func (t amxTile) configure() {
	rows1, cols1, sixteen, at := reg.R11, reg.R12, reg.R13, reg.RAX
	t.MOVQ(operand.U32(16), sixteen)
	split := func(n, rest reg.GPPhysical) {
		t.MOVQ(n, rest)
		t.SUBQ(sixteen, rest)
		t.CMOVQLE(sixteen, rest)
		t.MOVQ(n, reg.R15)
		t.CMPQ(n, sixteen)
		t.CMOVQGT(sixteen, reg.R15)
	}
	config := t.AllocLocal(amxRow)
	t.VPXORQ(reg.Z0, reg.Z0, reg.Z0)
	t.VMOVDQU64(reg.Z0, config)
	t.MOVB(operand.U8(1), config) // the palette
	// put adds first and second, multiplied by what spreads them over tiles, to others, and stores all.
	put := func(disp int, first uint64, rest reg.GPPhysical, second, others uint64) {
		t.MOVQ(operand.U64(first), reg.RBX)
		t.IMULQ(reg.R15, reg.RBX)
		t.MOVQ(operand.U64(second), reg.RCX)
		t.IMULQ(rest, reg.RCX)
		t.ADDQ(reg.RCX, reg.RBX)
		t.MOVQ(operand.U64(others), reg.RCX)
		t.ADDQ(reg.RCX, reg.RBX)
		t.MOVQ(reg.RBX, config.Offset(disp))
	}
	split(tileRows, rows1)
	put(48, 1<<(8*sum00)|1<<(8*sum01)|1<<(8*left0), rows1, 1<<(8*sum10)|1<<(8*sum11)|1<<(8*left1), 16<<(8*right0)|16<<(8*right1))
	split(tileCols, cols1)
	// The bytes of a row, 4 for each column, in 16 bits.
	put(16, 4<<(16*sum00)|4<<(16*sum10), cols1, 4<<(16*sum01)|4<<(16*sum11), 0)
	put(24, 4<<(16*(right0-4)), cols1, 4<<(16*(right1-4)), amxRow<<(16*(left0-4))|amxRow<<(16*(left1-4)))
	t.LEAQ(config, at)
	t.configureTiles(at)
}

// byShape generates body for one or two tiles of rows and of columns and runs what the tile at hand needs.
func (t amxTile) byShape(name string, body func(name string, rows, cols int)) {
	label := func(rows, cols int) string { return fmt.Sprintf("%s%dx%d", name, rows, cols) }
	end := operand.LabelRef(name + "End")
	t.CMPQ(tileRows, operand.Imm(16))
	t.JG(operand.LabelRef(label(2, 2)))
	for rows := 1; rows <= 2; rows++ {
		t.Label(label(rows, 2))
		t.CMPQ(tileCols, operand.Imm(16))
		t.JLE(operand.LabelRef(label(rows, 1)))
		body(label(rows, 2), rows, 2)
		t.JMP(end)
		t.Label(label(rows, 1))
		body(label(rows, 1), rows, 1)
		t.JMP(end)
	}
	t.Label(name + "End")
}

// begin loads the sums' first values.
func (t amxTile) begin() {
	t.Load(t.Param("start"), amxC)
	t.TESTQ(amxC, amxC)
	t.JZ(operand.LabelRef("zero"))
	t.ADDQ(panelC, amxC)
	t.Load(t.Param("rowStart"), rowC)
	t.byShape("start", func(_ string, rows, cols int) { t.eachSum(rows, cols, t.loadTile) })
	t.JMP(operand.LabelRef("multiply"))
	t.Label("zero")
	for sum := sum00; sum <= sum11; sum++ {
		t.zeroTile(sum)
	}
	t.Label("multiply")
}

// eachSum visits the sums and their places, from amxC on with the stride rowC.
func (t amxTile) eachSum(rows, cols int, visit func(tileMem, tmm)) {
	for i := range rows {
		for j := range cols {
			visit(tileMem{base: amxC, stride: rowC, disp: j * amxRow}, sum00+tmm(2*i+j))
		}
		if i < rows-1 {
			t.MOVQ(rowC, reg.R11)
			t.SHLQ(operand.Imm(4), reg.R11)
			t.ADDQ(reg.R11, amxC)
		}
	}
}

// multiply adds up the products, a step a turn, and stores the sums.
func (t amxTile) multiply(name string, rows, cols int) {
	t.Label(name + "Next")
	if t.split {
		t.dotStep(rows, cols, 0, amxStep)
		t.dotStep(rows, cols, loaded, 0)
		t.dotStep(rows, cols, amxStep, loaded)
	} else {
		t.dotStep(rows, cols, 0, 0)
	}
	_, step := t.step()
	t.ADDQ(operand.U32(step), amxA)
	t.ADDQ(operand.U32(step), amxB)
	t.DECQ(turns)
	t.JNZ(operand.LabelRef(name + "Next"))
	t.eachSum(rows, cols, func(to tileMem, sum tmm) { t.storeTile(sum, to) })
}

// loaded is the place of an operand that the step before has loaded.
const loaded = -1

// dotStep adds the products of a step, whose operands are a and b bytes behind amxA and amxB.
func (t amxTile) dotStep(rows, cols, a, b int) {
	for i := range rows {
		if a != loaded {
			t.loadTile(tileMem{base: amxA, stride: rowA, disp: a + i*amxBlock}, left0+tmm(i))
		}
		for j := range cols {
			if i == 0 && b != loaded {
				t.loadTile(tileMem{base: amxB, stride: rowB, disp: b + j*amxRow}, right0+tmm(j))
			}
			t.dotTiles(right0+tmm(j), left0+tmm(i), sum00+tmm(2*i+j))
		}
	}
}

// packTileRows generates the packing of rows into a strip of A, or of a split one.
func (g *gen) packTileRows(split bool) {
	const signature = "func(dst, src *float32, rows, cols, strideDst, strideSrc int)"
	step := uint64(amxStep)
	if split {
		step = 2 * amxStep
		g.function("packRowsSplit", signature, "is packRowsAMX for numbers x that are split: x rounded, and behind the words of a step",
			"those of x less that, rounded. StrideDst is not used.")
	} else {
		g.function("packRows", signature,
			"packs rows ≤ 32 of src, rounded: for i < rows, j < cols, strideSrc in bytes, the half j%2 of the word", "",
			"\tdst[j/32*512+i*16+j/2%16] = src[i*strideSrc+j]", "",
			"and zeros up to a multiple of 32 columns. StrideDst, of a word of k, is 128. There is at least one row and one column.")
	}
	dst, src, rows, cols, stride := g.arg("dst"), g.arg("src"), g.arg("rows"), g.arg("cols"), g.arg("strideSrc")
	to, from, left := g.GP64(), g.GP64(), g.GP64()
	g.Label("row")
	g.MOVQ(dst, to)
	g.MOVQ(src, from)
	g.MOVQ(cols, left)
	g.SUBQ(operand.Imm(32), left)
	g.JL(operand.LabelRef("rest"))
	store := func(low, high reg.VecVirtual) {
		words := g.vec()
		g.roundBF16(low, high, words)
		g.VMOVUPS(words, operand.Mem{Base: to})
		if split {
			g.lessRounded(low, high, words)
			g.roundBF16(low, high, words)
			g.VMOVUPS(words, operand.Mem{Base: to, Disp: amxStep})
		}
	}
	g.Label("step")
	low, high := g.vec(), g.vec()
	g.VMOVUPS(operand.Mem{Base: from}, low)
	g.VMOVUPS(operand.Mem{Base: from, Disp: g.bytes}, high)
	store(low, high)
	g.ADDQ(operand.U32(step), to)
	g.ADDQ(operand.Imm(uint64(2*g.bytes)), from)
	g.SUBQ(operand.Imm(32), left)
	g.JGE(operand.LabelRef("step"))
	g.Label("rest")
	g.ADDQ(operand.Imm(32), left)
	g.JZ(operand.LabelRef("whole"))
	mask := g.columnMasks(left, 2)
	g.loadMasked(operand.Mem{Base: from}, mask[0], low)
	g.loadMasked(operand.Mem{Base: from, Disp: g.bytes}, mask[1], high)
	store(low, high)
	g.Label("whole")
	g.ADDQ(operand.U32(amxRow), dst)
	g.ADDQ(stride, src)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.end()
}

// lessRounded subtracts from 32 numbers what they were rounded to, in the words.
func (g *gen) lessRounded(low, high, words reg.VecVirtual) {
	wide, upper := g.vec(), g.YMM()
	g.VPMOVZXWD(words.AsY(), wide)
	g.VPSLLD(operand.Imm(16), wide, wide)
	g.VSUBPS(wide, low, low)
	g.VEXTRACTI64X4(operand.Imm(1), words, upper)
	g.VPMOVZXWD(upper, wide)
	g.VPSLLD(operand.Imm(16), wide, wide)
	g.VSUBPS(wide, high, high)
}

// packTileColumns generates the packing of columns, as the rows of Aᵀ, into a step of a strip, with or without adding them up.
func (g *gen) packTileColumns(sums bool) {
	name, signature := "packColumns", "func(dst, src *float32, rows *int32, n, stride, cols int)"
	doc := []string{"packs n rows of src, 1 to 32, rounded, as the columns of a step: for k < n, i < cols ≤ 32, stride in bytes,",
		"the half k%2 of the word", "", "\tdst[i*16+k/2] = src[k*stride+i]", "", "and zeros where k ≥ n. Rows is nil."}
	if sums {
		name, signature = "addColumns", "func(dst, src, sums *float32, n, stride, cols int)"
		doc = append(doc[:len(doc)-1], "and zeros where k ≥ n. It adds the rows up as they are: sums[i] += src[k*stride+i], in the order of k.")
	}
	g.function(name, signature, doc...)
	dst, src, n, cols := g.arg("dst"), g.arg("src"), g.arg("n"), g.arg("cols")
	var total reg.Register
	if sums {
		total = g.arg("sums")
	}
	order := g.vec()
	g.VMOVUPS(g.interleaving(), order)
	g.Label("next")
	for i, r := range g.mix16(g.loadColumns(src, n, cols, total, order)) {
		g.VMOVUPS(r, operand.Mem{Base: dst, Disp: i * amxRow})
	}
	g.ADDQ(operand.U32(amxBlock), dst)
	g.ADDQ(operand.Imm(uint64(g.bytes)), src)
	if sums {
		g.ADDQ(operand.Imm(uint64(g.bytes)), total)
	}
	g.SUBQ(operand.Imm(16), cols)
	g.JG(operand.LabelRef("next"))
	g.end()
}

// loadColumns reads up to 16 columns of n rows and rounds them in pairs, zeros where there is no row, as loadBlock does.
// Total, unless nil, is where they are added up.
func (g *gen) loadColumns(src, n, cols, total reg.Register, order reg.VecVirtual) []reg.VecVirtual {
	at, mask, none, stride := g.GP64(), g.GP64(), g.GP64(), g.arg("stride")
	g.MOVQ(src, at)
	g.MOVQ(operand.I32(-1), mask)
	g.BZHIQ(cols, mask, mask)
	g.XORQ(none, none)
	k, sum := g.K(), g.vec()
	if total != nil {
		all := g.K()
		g.KMOVW(mask.As32(), all)
		g.loadMasked(operand.Mem{Base: total}, all, sum)
		defer func() { g.storeMasked(sum, all, operand.Mem{Base: total}) }()
	}
	pair := g.vecs(2)
	words := g.vecs(g.lanes())
	for i := range 2 * len(words) {
		if i > 0 {
			g.CMPQ(n, operand.Imm(uint64(i)))
			g.CMOVQLE(none, stride)
			g.CMOVQLE(none, mask)
			g.ADDQ(stride, at)
		}
		g.KMOVW(mask.As32(), k)
		row := pair[i%2]
		g.loadMasked(operand.Mem{Base: at}, k, row)
		if total != nil {
			g.VADDPS(row, sum, sum)
		}
		if i%2 == 1 {
			w := words[i/2]
			g.roundBF16(pair[0], pair[1], w)
			g.VPERMW(w, order, w)
		}
	}
	return words
}
