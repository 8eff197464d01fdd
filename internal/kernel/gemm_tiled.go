package kernel

// Sizes of the pieces that a product is cut into so that they stay in the caches of one core. None of them changes a
// bit of the result: a tile goes on from the sums that the one before it left in C.
const (
	maxDepth   = 1024      // k in one tile of Mul
	depthTN    = 384       // k in one tile of MulTN: a strip of A is 24 KB, for a 32 KB L1
	leftBytes  = 384 << 10 // of packed A in Mul, for a 1 MB L2
	rightBytes = 384 << 10 // of packed B in MulTN
	stripsTN   = 8         // of packed A in MulTN
)

// pieces is the number of parts, at most size each, that n is cut into by [Span].
func pieces(n, size int) int { return (n + size - 1) / size }

// mulTiled is [Scratch.Mul] in tiles: blocks of A's rows are packed into strips that stay in L2 while the panels of B pass
// over them.
func (s *Scratch) mulTiled(c, a Matrix, b *Packed, from, to int, mode Mode, bias []float32) {
	t := b.tiles
	if c.Rows <= len(t.few) {
		from = mulFew(c, a, b, from, to, mode, bias)
		if from == to {
			return
		}
	}
	depth := min(b.K, maxDepth)
	most := max(1, leftBytes/(floatBytes*depth*t.lanes)) * len(t.rows)
	blocks, depths := pieces(c.Rows, most), pieces(b.K, depth)
	s.left = grow(s.left, pieces(min(most, c.Rows), len(t.rows))*depth*t.lanes)
	for d := range depths {
		k0, k1 := Span(b.K, 1, d, depths)
		if d > 0 {
			mode = Accumulate
		}
		for i := range blocks {
			top, bottom := Span(c.Rows, 1, i, blocks)
			s.packLeft(t, a.RowRange(top, bottom).ColRange(k0, k1))
			for j := from; j < to; j++ {
				s.mulPanel(c.RowRange(top, bottom), b, j, k0, k1, mode, bias)
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
		t.transposeRows(&s.left[i*a.Cols*t.lanes], &a.Data[top*a.Stride], bottom-top, a.Cols, t.lanes*floatBytes, a.bytes())
	}
}

// mulPanel multiplies the strips in s.left (columns k0 to k1 of A) by panel j of b.
func (s *Scratch) mulPanel(c Matrix, b *Packed, j, k0, k1 int, mode Mode, bias []float32) {
	t, col := b.tiles, j*b.width
	cols := min(b.width, b.N-col)
	right := &b.panel(j)[k0*b.width]
	strips, depth, stride := pieces(c.Rows, len(t.rows)), k1-k0, c.bytes()
	for i, top := 0, 0; i < strips; i++ {
		bottom := c.Rows * (i + 1) / strips // as Span has it
		out := &c.Data[top*c.Stride+col]
		start, rowStart := startOfTile(mode, out, stride, bias, col)
		t.of(bottom-top, cols)(&s.left[i*depth*t.lanes], right, out, start, depth, stride, rowStart, cols)
		top = bottom
	}
}

// mulTNTiled is [Scratch.MulTN] in tiles, both operands packed: blocks of B into s.right, strips of A into s.left.
func (s *Scratch) mulTNTiled(t *tileSet, c, a, b Matrix, rows []int32, from, to int, mode Mode) {
	depth := min(a.Rows, depthTN)
	most := max(1, rightBytes/(floatBytes*depth*t.width)) * t.width
	blocks, depths := pieces(b.Cols, most), pieces(a.Rows, depth)
	s.left = grow(s.left, stripsTN*depth*t.lanes)
	s.right = grow(s.right, depth*min(most, pieces(b.Cols, t.width)*t.width))
	for d := range depths {
		k0, k1 := Span(a.Rows, 1, d, depths)
		if d > 0 {
			mode = Accumulate
		}
		for j := range blocks {
			left, right := Span(b.Cols, t.width, j, blocks)
			s.packRight(t, b.ColRange(left, right), rows, k0, k1)
			s.mulStrips(t, c.ColRange(left, right), a.RowRange(k0, k1), from, to, mode)
		}
	}
}

// packRight packs the columns of b into panels, for rows k0 to k1 of the product.
func (s *Scratch) packRight(t *tileSet, b Matrix, rows []int32, k0, k1 int) {
	src, index := b.Data, (*int32)(nil)
	if rows == nil {
		src = src[k0*b.Stride:]
	} else {
		index = &rows[k0]
	}
	for col := 0; col < b.Cols; col += t.width {
		t.copyPanel(&s.right[col*(k1-k0)], &src[col], index, k1-k0, b.bytes(), min(t.width, b.Cols-col))
	}
}

// mulStrips multiplies the columns from up to to of a by the panels in s.right, some strips at a time.
func (s *Scratch) mulStrips(t *tileSet, c, a Matrix, from, to int, mode Mode) {
	groups := pieces(to-from, stripsTN*len(t.rows))
	for i := range groups {
		left, right := Span(to-from, 1, i, groups)
		s.packStrips(t, a.ColRange(from+left, from+right))
		s.mulBlock(t, c.RowRange(from+left, from+right), a.Rows, mode)
	}
}

// packStrips packs the columns of a into strips, some rows at a time: a row's strips share cache lines.
func (s *Scratch) packStrips(t *tileSet, a Matrix) {
	const some = 8
	strips := pieces(a.Cols, len(t.rows))
	for k := 0; k < a.Rows; k += some {
		for i := range strips {
			left, right := Span(a.Cols, 1, i, strips)
			t.copyStrip(&s.left[(i*a.Rows+k)*t.lanes], &a.Data[k*a.Stride+left], nil,
				min(some, a.Rows-k), a.bytes(), right-left)
		}
	}
}

// mulBlock multiplies the strips in s.left by the panels in s.right.
func (s *Scratch) mulBlock(t *tileSet, c Matrix, k int, mode Mode) {
	strips := pieces(c.Rows, len(t.rows))
	for i := range strips {
		top, bottom := Span(c.Rows, 1, i, strips)
		for col := 0; col < c.Cols; col += t.width {
			out := &c.Data[top*c.Stride+col]
			start := out
			if mode == Overwrite {
				start = nil
			}
			cols := min(t.width, c.Cols-col)
			t.of(bottom-top, cols)(&s.left[i*k*t.lanes], &s.right[col*k], out, start, k, c.bytes(), c.bytes(), cols)
		}
	}
}

// grow returns a buffer of at least n numbers: b itself where it suffices.
func grow(b []float32, n int) []float32 {
	if len(b) >= n {
		return b
	}
	return Aligned(n)
}
