package kernel

// implementation is a way of doing the arithmetic; the later ones are faster.
type implementation int

// generic is plain Go, the specification. The others are those of the architecture.
const generic implementation = 0

// active is the fastest implementation of this machine, chosen at start. Only tests change it.
var active = best()

func (i implementation) String() string { return implementations[i] }

// tileSet is what a matrix product of an implementation is made of.
type tileSet struct {
	per   int // numbers in a word of packed operands, of which a tile takes k: 1, or 2 of bfloat16
	unit  int // words that the depth of packed operands is a multiple of, with zeros at its end
	lanes int // of a vector
	strip int // rows of A in a strip as it is packed
	width int // columns of a tile and of a panel of B

	keepLeft, keepRight int // bytes of packed A in Mul, and of packed B in MulTN, that a core's L2 keeps beside the rest

	rows   []tile  // rows[n-1] computes n rows
	half   []tile  // the same for cols ≤ lanes
	across tileRow // nil: none
	few    []fewTile
	bf16   []bf16Tile
	int8   int8Set
	step   *stepSet // nil: none

	copyStrip, copyPanel      rowCopier     // strip and width wide
	addStrip                  rowAdder      // strip wide
	transposeStrip, transpose rowTransposer // strip and lanes wide
}

// tile computes a tile of C from a strip of A and a panel of B; strides are in bytes:
//
//	c[i*rowC+j] = start[i*rowStart+j] + Σ_k a[k*strip+i]·b[k*width+j]   (j < cols ≤ width; a nil start is 0)
//
// In a strip for AMX, 16 words of k of one row stand together: see tileRowAMX.
type tile func(a, b, c, start *float32, k, rowC, rowStart, cols int)

// tileRow computes the tiles of some rows and of whole panels of B, panel bytes apart, as tile does each. It pays where to
// begin costs much.
type tileRow func(a, b, c, start *float32, k, rowC, rowStart, rows, panel, panels int)

// fewTile computes n rows (the n-th of a tileSet) of C from A as it is and fewPanels panels of B, panel bytes apart:
//
//	c[i*rowC+p*width+j] = start[i*rowStart+p*width+j] + Σ_k a[i*rowA+k]·b[p*panel+k*width+j]   (a nil start is 0)
type fewTile func(a, b, c, start *float32, k, rowA, panel, rowC, rowStart int)

// fewPanels is the number of panels of a fewTile.
const fewPanels = 4

// bf16Tile is a fewTile for panels of bfloat16: a word of b holds rows k, in its lower half, and k+1 of a column.
type bf16Tile func(a *float32, b *uint32, c, start *float32, k, rowA, panel, rowC, rowStart int)

// depth returns the number of words that hold k numbers, and zeros after them.
func (t *tileSet) depth(k int) int { return pieces(k, t.per*t.unit) * t.unit }

// of returns the tile for a number of rows and columns.
func (t *tileSet) of(rows, cols int) tile {
	if cols <= t.lanes {
		return t.half[rows-1]
	}
	return t.rows[rows-1]
}

// groupBytes is the size of panels that stay in L2 while strips pass over them, where tiles go side by side.
const groupBytes = 256 << 10

// group returns the number of panels, depth words deep, that strips pass over together.
func (t *tileSet) group(depth int) int {
	if t.across == nil {
		return 1
	}
	return max(1, groupBytes/(floatBytes*depth*t.width))
}

// together returns how many panels from number p on, up to last, one call of multiply takes of an operand of n columns:
// whole ones, or one that is not.
func (t *tileSet) together(p, last, n int) int {
	if t.across == nil {
		return 1
	}
	return max(1, min(last, n/t.width)-p)
}

// multiply computes some rows of cols columns, of panels that go together.
func (t *tileSet) multiply(a, b, c, start *float32, k, rowC, rowStart, rows, cols, panel int) {
	if cols > t.width {
		t.across(a, b, c, start, k, rowC, rowStart, rows, panel, cols/t.width)
		return
	}
	t.of(rows, cols)(a, b, c, start, k, rowC, rowStart, cols)
}

// rowCopier packs n rows of src densely: dst[k*width+j] = src[rows[k]*stride+j] for j < cols, else 0; a nil rows is 0, 1,
// 2 and so on. Words of two take a row in their lower halves and the next in their upper ones.
type rowCopier func(dst, src *float32, rows *int32, n, stride, cols int)

// rowAdder packs n rows of src as a rowCopier does, and adds them up: sums[j] += src[k*stride+j] in the order of k.
type rowAdder func(dst, src, sums *float32, n, stride, cols int)

// rowTransposer packs rows of src as columns: dst[j*strideDst+i] = src[i*strideSrc+j] for i < rows, else 0 up to its width.
// Words of two take a column in their lower halves and the next in their upper ones.
type rowTransposer func(dst, src *float32, rows, cols, strideDst, strideSrc int)

// floatBytes is the size of a float32: strides are bytes in assembly.
const floatBytes = 4
