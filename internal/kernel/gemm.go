package kernel

import "fmt"

// Mode says what a product starts from.
type Mode int

const (
	Overwrite  Mode = iota // C = A·B
	Accumulate             // C += A·B
	Bias                   // C = bias + A·B, bias added to every row
)

// Scratch is one worker's memory for products: packed pieces of operands and the arguments of a kernel.
type Scratch struct {
	left, right []float32 // packed strips of A and, in MulTN, panels of B
	multiples   []int8    // A's rows, for a product by int8
	factors     []float32 // of A's rows
	backwards   bool      // the last product in tiles took its panels from the last to the first
}

func newScratch() *Scratch { return &Scratch{} }

// Mul computes C (M×N) from A (M×K) and the packed B (K×N) on the calling worker, for B's panels from up to to:
//
//	C[i][j] = start + Σ_k A[i][k]·B[k][j]
//
// where start is 0, C[i][j] or bias[j], as mode says. Where B is kept in Int8, so is A's row for the product: as multiples
// −127 to 127 of its largest magnitude's 127th part, to the nearest, ties to even. Their sum is exact, times both scales
// it is rounded to float32. A row with a number that is not finite gives NaN. Where B is kept in Mixed, A is rounded to
// bfloat16, too; products of two such numbers are exact in float32, and they are added in the order of k; in that of pairs
// of k, the odd one first (VDPBF16PS); or, of every 32, those of even k and those of odd k apart and then their sum (AMX).
// Where there are instructions for it, subnormal numbers then count as 0. Where B is kept in Split, A is split,
// too: a product errs by up to 2⁻¹⁵, by more where a number is below 2⁻¹⁰⁹; an infinity, and what rounds to one, gives NaN.
func (s *Scratch) Mul(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	checkMul(c, a, b, mode, bias)
	switch {
	case c.Rows == 0 || from == to:
	case b.precision == Int8:
		s.mulInt8(c, a, b, from, to, mode, bias)
	case b.tiles == nil || b.K == 0:
		if b.precision == Mixed {
			a, s.left = rounded(s.left, a)
		}
		mulGeneric(c, a, b, from, to, mode, bias)
	case b.precision == BFloat16:
		s.mulCompact(c, a, b, from, to, len(b.tiles.bf16), mode, bias, mulBF16)
	default:
		s.mulTiled(c, a, b, from, to, mode, bias)
	}
}

// Right is the right operand of a product Aᵀ·B and where the product goes: C (M×N) and B (K×N). Rows chooses the row of B
// that meets row k of A; nil means row k itself.
type Right struct {
	C, B Matrix
	Rows []int32
}

// MulTN computes, from A (K×M) on the calling worker and for C's rows from up to to,
//
//	C[i][j] = start + Σ_k A[k][i]·B[Rows[k]][j]  for every right
//	sums[i] = start + Σ_k A[k][i]                unless sums is nil
//
// added in the order of k. Mode is Overwrite or Accumulate. A is packed once for all of them. Precision is Float32, or Mixed,
// which rounds A and B for the products as [Scratch.Mul] does.
func (s *Scratch) MulTN(precision Precision, a Matrix, sums []float32, from, to int, mode Mode, rights ...Right) {
	checkMulTN(a, sums, rights)
	t := active.tiles()
	if precision == Mixed {
		t = active.mixedTiles()
	}
	if t == nil || a.Rows == 0 || from == to || panelsOf(t, rights) == 0 {
		s.mulTNGeneric(precision, a, sums, from, to, mode, rights)
		return
	}
	s.mulTNTiled(t, a, sums, from, to, mode, rights)
}

// checkMul panics unless the shapes fit: assembly would not notice.
func checkMul(c, a Matrix, b *Packed, mode Mode, bias []float32) {
	c.check()
	a.check()
	switch {
	case a.Cols != b.K || c.Cols != b.N || a.Rows != c.Rows:
		panic(fmt.Sprintf("kernel: C %d×%d is not A %d×%d times B %d×%d", c.Rows, c.Cols, a.Rows, a.Cols, b.K, b.N))
	case mode == Bias && len(bias) < b.N:
		panic(fmt.Sprintf("kernel: %d biases for %d columns", len(bias), b.N))
	}
}

// checkMulTN panics unless the shapes fit and rows lie in their operands.
func checkMulTN(a Matrix, sums []float32, rights []Right) {
	a.check()
	if sums != nil && len(sums) < a.Cols {
		panic(fmt.Sprintf("kernel: %d sums for %d columns", len(sums), a.Cols))
	}
	for _, r := range rights {
		r.check(a)
	}
}

func (r Right) check(a Matrix) {
	c, b := r.C, r.B
	c.check()
	b.check()
	if a.Cols != c.Rows || c.Cols != b.Cols || r.Rows == nil && a.Rows != b.Rows || r.Rows != nil && a.Rows != len(r.Rows) {
		panic(fmt.Sprintf("kernel: C %d×%d is not the transpose of A %d×%d times B %d×%d (%d rows chosen)",
			c.Rows, c.Cols, a.Rows, a.Cols, b.Rows, b.Cols, len(r.Rows)))
	}
	for _, row := range r.Rows {
		if uint(row) >= uint(b.Rows) {
			panic(fmt.Sprintf("kernel: row %d chosen of %d", row, b.Rows))
		}
	}
}

// product holds the operands of a product that all workers share, and the jobs made from them once: a func value made
// in a training step would be an allocation.
type product struct {
	a, b   Matrix
	packed *Packed
	mode   Mode
	sums   []float32
	rights []Right

	precision Precision

	mulTN, pack, packTransposed func(int, *Scratch)
}

func (p *product) init(w *Workers) {
	n := w.Len()
	p.mulTN = func(worker int, s *Scratch) {
		from, to := Span(p.a.Cols, 1, worker, n)
		s.MulTN(p.precision, p.a, p.sums, from, to, p.mode, p.rights...)
	}
	p.pack = func(worker int, _ *Scratch) {
		from, to := Span(p.packed.Panels(), 1, worker, n)
		p.packed.pack(p.b, from, to)
	}
	p.packTransposed = func(worker int, _ *Scratch) {
		from, to := Span(p.packed.Panels(), 1, worker, n)
		p.packed.packTransposed(p.b, from, to)
	}
}

// minRowsPerWorker: with fewer rows of C than this for each worker, columns are split instead of rows, because a
// worker's few rows would not pay for reading all of B.
const minRowsPerWorker = 8

// Mul computes C = start + A·B as [Scratch.Mul] does, on all workers.
func (w *Workers) Mul(c, a Matrix, b *Packed, mode Mode, bias []float32) {
	w.MulAll(Product{c, a, b, mode, bias})
}

// MulTN computes what [Scratch.MulTN] does, on all workers.
func (w *Workers) MulTN(precision Precision, a Matrix, sums []float32, mode Mode, rights ...Right) {
	p := &w.product
	p.precision, p.a, p.sums, p.mode = precision, a, sums, mode
	p.rights = append(p.rights[:0], rights...)
	w.Run(p.mulTN)
}

// MulAll computes products as Mul does, without waiting between them. A product may add to what one before it computes if
// both B have the same shape and precision.
func (w *Workers) MulAll(products ...Product) {
	w.products = append(w.products[:0], products...)
	work := 0
	for _, p := range products {
		work += p.C.Rows * p.B.K * p.B.N
	}
	if work < leastShared {
		for i := range w.products {
			w.products[i].mul(w.scratch[0], 0, 1)
		}
		return
	}
	w.Run(w.mulAll)
}

// leastShared is the number of multiplications from which on it pays to hand part of them to another worker: a
// microsecond of them, of one row.
const leastShared = 48 << 10

// Product is C = start + A·B, the arguments of [Workers.Mul].
type Product struct {
	C, A Matrix
	B    *Packed
	Mode Mode
	Bias []float32
}

// mul computes a worker's part: some columns of a few rows, else some rows.
func (p *Product) mul(s *Scratch, worker, workers int) {
	if p.C.Rows < minRowsPerWorker*workers {
		from, to := Span(p.B.Panels(), 1, worker, workers)
		s.Mul(p.C, p.A, p.B, from, to, p.Mode, p.Bias)
		return
	}
	from, to := Span(p.C.Rows, 1, worker, workers)
	s.Mul(p.C.RowRange(from, to), p.A.RowRange(from, to), p.B, 0, p.B.Panels(), p.Mode, p.Bias)
}

// Pack lays b (K×N) out into p.
func (w *Workers) Pack(p *Packed, b Matrix) {
	w.product.packed, w.product.b = p, b
	w.Run(w.product.pack)
}

// PackTransposed lays the transpose of b (N×K) out into p.
func (w *Workers) PackTransposed(p *Packed, b Matrix) {
	w.product.packed, w.product.b = p, b
	w.Run(w.product.packTransposed)
}
