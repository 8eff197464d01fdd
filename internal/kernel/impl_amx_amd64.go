//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// hasAMX says that the machine has tiles of bfloat16 and that the operating system lets them be used. Only tests change it.
var hasAMX = active == avx512 && hasBF16 && cpu.X86.HasAMXTile && cpu.X86.HasAMXBF16 && allowAMX()

// widthAMX is the columns of a panel.
const widthAMX = 32

// tilesAMX multiplies what tilesMixed does by tiles of up to 32 rows. Its panels of B are packed in the same way.
var tilesAMX = tileSet{
	per: 2, unit: 16, lanes: 16, strip: 32, width: widthAMX,
	keepLeft: keepMore(), keepRight: keepMore(),
	rows: rowsAMX[:], half: rowsAMX[:], across: acrossAMX(tileRowAMX),
	copyStrip: packColumnsAMX, copyPanel: pairRows32AVX512,
	addStrip: addColumnsAMX, transposeStrip: packRowsAMX, transpose: transposePairsAVX512,
}

// tilesSplit multiplies numbers that are split. It has what [Scratch.Mul] needs, whose B [Packed.split] packs.
var tilesSplit = tileSet{
	per: 1, unit: splitStep, lanes: 16, strip: 32, width: widthAMX,
	keepLeft: keepMore(),
	rows:     rowsSplit[:], half: rowsSplit[:], across: acrossAMX(tileRowSplitAMX),
	transposeStrip: packRowsSplitAMX,
}

// splitTiles returns the parts of a product of numbers that are split, or nil where that does not pay.
func (i implementation) splitTiles() *tileSet {
	if i == avx512 && hasAMX {
		return &tilesSplit
	}
	return nil
}

// productAMX computes tiles side by side: see tileRowAMX.
type productAMX func(a, b, c, start *float32, k, rowC, rowStart, rows, cols, panel, panels int)

// acrossAMX returns what configures the tiles once for all panels.
func acrossAMX(product productAMX) tileRow {
	return func(a, b, c, start *float32, k, rowC, rowStart, rows, panel, panels int) {
		product(a, b, c, start, k, rowC, rowStart, rows, widthAMX, panel, panels)
	}
}

var (
	rowsAMX   = makeRowsAMX(tileRowAMX)
	rowsSplit = makeRowsAMX(tileRowSplitAMX)
)

func makeRowsAMX(product productAMX) (tiles [32]tile) {
	for i := range tiles {
		tiles[i] = func(a, b, c, start *float32, k, rowC, rowStart, cols int) {
			product(a, b, c, start, k, rowC, rowStart, i+1, cols, 0, 1)
		}
	}
	return tiles
}
