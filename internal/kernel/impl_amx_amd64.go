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
	rows: rowsAMX[:], half: rowsAMX[:], across: acrossAMX,
	copyStrip: packColumnsAMX, copyPanel: pairRows32AVX512,
	addStrip: addColumnsAMX, transposeStrip: packRowsAMX, transpose: transposePairsAVX512,
}

// acrossAMX configures the tiles once for all panels.
func acrossAMX(a, b, c, start *float32, k, rowC, rowStart, rows, panel, panels int) {
	tileRowAMX(a, b, c, start, k, rowC, rowStart, rows, widthAMX, panel, panels)
}

var rowsAMX = makeRowsAMX()

func makeRowsAMX() (tiles [32]tile) {
	for i := range tiles {
		tiles[i] = func(a, b, c, start *float32, k, rowC, rowStart, cols int) {
			tileRowAMX(a, b, c, start, k, rowC, rowStart, i+1, cols, 0, 1)
		}
	}
	return tiles
}
