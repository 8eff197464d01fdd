package kernel

import "unsafe"

// Sizes of the pieces that a product is cut into so that they stay in the caches of one core. None of them changes a
// bit of the result: a tile goes on from the sums that the one before it left in C.
const (
	maxDepth = 1024 // words in one tile of Mul
	depthTN  = 384  // words in one tile of MulTN, about: a strip of A is 24 KB, for a 32 KB L1
	stripsTN = 8    // of packed A in MulTN
)

// pieces is the number of parts, at most size each, that n is cut into by [Span].
func pieces(n, size int) int { return (n + size - 1) / size }

// mulTiled is [Scratch.Mul] in tiles: blocks of A's rows are packed into strips that stay in L2 while the panels of B pass
// over them. The next block, or the same product in the next time step, begins with the panels that this one ends with: L2
// holds them still where it cannot hold all.
func (s *Scratch) mulTiled(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	t := b.tiles
	if c.Rows <= len(t.few) {
		from = mulFew(c, a, b, from, to, mode, bias)
		if from == to {
			return
		}
	}
	depth := min(b.depth(), maxDepth)
	most := max(1, t.keepLeft/(floatBytes*depth*t.strip)) * len(t.rows)
	blocks, depths := pieces(c.Rows, most), pieces(b.depth(), depth)
	groups := pieces(to-from, t.group(depth))
	s.left = grow(s.left, pieces(min(most, c.Rows), len(t.rows))*depth*t.strip)
	for d := range depths {
		k0, k1 := Span(b.depth(), t.unit, d, depths)
		if d > 0 {
			mode = Accumulate
		}
		for i := range blocks {
			top, bottom := Span(c.Rows, 1, i, blocks)
			s.packLeft(t, a.RowRange(top, bottom).ColRange(k0*t.per, min(b.K, k1*t.per)))
			s.backwards = !s.backwards
			for n := range groups {
				j := n
				if s.backwards {
					j = groups - 1 - n
				}
				first, last := Span(to-from, 1, j, groups)
				s.mulPanels(c.RowRange(top, bottom), b, from+first, from+last, k0, k1, mode, bias)
			}
		}
	}
}

// mulFew multiplies a few rows by as many panels as it can take fewPanels at a time, and returns the first that is left.
func mulFew(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) int {
	whole := min(to, b.N/b.width)
	for ; from+fewPanels <= whole; from += fewPanels {
		col := from * b.width
		out := &c.Data[col]
		start, rowStart := startOfTile(mode, out, c.bytes(), bias, col)
		b.tiles.few[c.Rows-1](&a.Data[0], &b.panel(from)[0], out, start,
			b.K, a.bytes(), b.K*b.width*floatBytes, c.bytes(), rowStart)
	}
	return from
}

// startOfTile returns where a tile that is stored at out finds its first values, and the stride of their rows.
func startOfTile(mode Mode, out *float32, stride int, bias []float32, col int) (start *float32, rowStart int) {
	switch mode {
	case Accumulate:
		return out, stride
	case Bias:
		return &bias[col], 0
	}
	return nil, 0
}

// packLeft packs the rows of a into strips.
func (s *Scratch) packLeft(t *tileSet, a Matrix) {
	strips := pieces(a.Rows, len(t.rows))
	for i := range strips {
		top, bottom := Span(a.Rows, 1, i, strips)
		t.transposeStrip(&s.left[i*t.depth(a.Cols)*t.strip], &a.Data[top*a.Stride], bottom-top, a.Cols, t.strip*floatBytes, a.bytes())
	}
}

// mulPanels multiplies the strips in s.left (words k0 to k1 of A's rows) by panels j to last of b.
func (s *Scratch) mulPanels(c Matrix, b *Packed, j, last, k0, k1 int, mode Mode, bias []float32) {
	t, stride, depth := b.tiles, c.bytes(), k1-k0
	strips := pieces(c.Rows, len(t.rows))
	for n := 0; j < last; j += n {
		n = t.together(j, last, b.N)
		col := j * b.width
		right, cols, panel := &b.panel(j)[k0*b.width], min(n*b.width, b.N-col), b.depth()*b.width*floatBytes
		for i, top := 0, 0; i < strips; i++ {
			bottom := c.Rows * (i + 1) / strips // as Span has it
			out := &c.Data[top*c.Stride+col]
			start, rowStart := startOfTile(mode, out, stride, bias, col)
			t.multiply(&s.left[i*depth*t.strip], right, out, start, depth, stride, rowStart, bottom-top, cols, panel)
			top = bottom
		}
	}
}

// panelsOf returns the number of panels of all right operands together.
func panelsOf(t *tileSet, rights []Right) (n int) {
	for _, r := range rights {
		n += pieces(r.B.Cols, t.width)
	}
	return n
}

// mulTNTiled is [Scratch.MulTN] in tiles, both operands packed: blocks of panels of B into s.right, strips of A into
// s.left. The panels of all right operands stand in one row.
func (s *Scratch) mulTNTiled(t *tileSet, a Matrix, sums []float32, from, to int, mode Mode, rights []Right) {
	words := t.depth(a.Rows)
	depths := max(1, (words+depthTN/2)/depthTN)
	depth := pieces(words, depths*t.unit) * t.unit
	panels, most := panelsOf(t, rights), max(1, t.keepRight/(floatBytes*depth*t.width))
	blocks := pieces(panels, most)
	s.left = grow(s.left, stripsTN*depth*t.strip)
	s.right = grow(s.right, depth*min(most, panels)*t.width)
	if sums != nil && mode == Overwrite {
		clear(sums[from:to])
	}
	for d := range depths {
		k0, k1 := Span(words, t.unit, d, depths)
		if d > 0 {
			mode = Accumulate
		}
		part := a.RowRange(k0*t.per, min(a.Rows, k1*t.per))
		for j := range blocks {
			b := blockTN{tileSet: t, mode: mode, rights: rights, depth: k1 - k0}
			b.first, b.last = Span(panels, 1, j, blocks)
			if j == 0 {
				b.sums = sums
			}
			s.packRight(&b, k0*t.per, part.Rows)
			s.mulStrips(&b, part, from, to)
		}
	}
}

// blockTN is the panels from first up to last, packed into s.right, depth words deep.
type blockTN struct {
	*tileSet
	rights      []Right
	first, last int
	depth       int
	mode        Mode
	sums        []float32 // to be added up along with this block; nil: not
}

// each visits the panels of the block, those of one operand that go together at once: right is the first of them as it is
// packed, and they hold cols columns of r from col on.
func (b *blockTN) each(s *Scratch, visit func(r *Right, col, cols int, right *float32)) {
	before := 0 // panels of the operands before
	for i := range b.rights {
		r := &b.rights[i]
		all := pieces(r.B.Cols, b.width)
		last := min(b.last-before, all)
		for p, n := max(0, b.first-before), 0; p < last; p += n {
			n = b.together(p, last, r.B.Cols)
			visit(r, p*b.width, min(n*b.width, r.B.Cols-p*b.width), &s.right[(before+p-b.first)*b.width*b.depth])
		}
		before += all
	}
}

// packRight packs rows of the panels of a block, from row k0 of the product on.
func (s *Scratch) packRight(b *blockTN, k0, rows int) {
	b.each(s, func(r *Right, col, cols int, right *float32) {
		src, index := r.B.Data, (*int32)(nil)
		if r.Rows == nil {
			src = src[k0*r.B.Stride:]
		} else {
			index = &r.Rows[k0]
		}
		size := b.depth * b.width
		panels := unsafe.Slice(right, pieces(cols, b.width)*size)
		for i := 0; i < cols; i += b.width {
			b.copyPanel(&panels[0], &src[col+i], index, rows, r.B.bytes(), min(b.width, cols-i))
			clear(panels[pieces(rows, b.per)*b.width : size])
			panels = panels[size:]
		}
	})
}

// mulStrips multiplies the columns from up to to of a by the panels in s.right, some strips at a time.
func (s *Scratch) mulStrips(b *blockTN, a Matrix, from, to int) {
	groups := pieces(to-from, stripsTN*len(b.rows))
	for i := range groups {
		left, right := Span(to-from, 1, i, groups)
		s.packStrips(b, a, from+left, from+right)
		s.mulBlock(b, from+left, from+right)
	}
}

// packStrips packs the columns from up to to of a into strips, some rows at a time: a row's strips share cache lines.
func (s *Scratch) packStrips(b *blockTN, a Matrix, from, to int) {
	some := max(8, b.unit*b.per) // a multiple of what a word holds
	strips := pieces(to-from, len(b.rows))
	for k := 0; k < a.Rows; k += some {
		for i := range strips {
			left, right := Span(to-from, 1, i, strips)
			dst, src := &s.left[(i*b.depth+k/b.per)*b.strip], &a.Data[k*a.Stride+from+left]
			rows := min(some, a.Rows-k)
			if b.sums != nil {
				b.addStrip(dst, src, &b.sums[from+left], rows, a.bytes(), right-left)
			} else {
				b.copyStrip(dst, src, nil, rows, a.bytes(), right-left)
			}
		}
	}
}

// mulBlock multiplies the strips in s.left by the panels in s.right, into the rows from up to to of C.
func (s *Scratch) mulBlock(b *blockTN, from, to int) {
	strips := pieces(to-from, len(b.rows))
	for i := range strips {
		top, bottom := Span(to-from, 1, i, strips)
		b.each(s, func(r *Right, col, cols int, right *float32) {
			out := &r.C.Data[(from+top)*r.C.Stride+col]
			start, stride := out, r.C.bytes()
			if b.mode == Overwrite {
				start = nil
			}
			b.multiply(&s.left[i*b.depth*b.strip], right, out, start, b.depth, stride, stride, bottom-top, cols, b.depth*b.width*floatBytes)
		})
	}
}

// grow returns a buffer of at least n numbers: b itself where it suffices.
func grow(b []float32, n int) []float32 {
	if len(b) >= n {
		return b
	}
	return Aligned(n)
}
