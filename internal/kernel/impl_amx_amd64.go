//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// hasAMX says that the machine has tiles of bfloat16 and that the operating system lets them be used. Only tests change it.
var hasAMX = active == avx512 && hasBF16 && cpu.X86.HasAMXTile && cpu.X86.HasAMXBF16 && allowAMX()

// tilesAMX multiplies what tilesMixed does by tiles of up to 32 rows. Its panels of B are packed in the same way.
var tilesAMX = tileSet{
	per: 2, unit: 16, lanes: 16, strip: 32, width: 32,
	keepLeft: keepMore(), keepRight: keepMore(),
	rows: rowsAMX[:], half: rowsAMX[:],
	copyStrip: packColumnsAMX, copyPanel: pairRows32AVX512,
	addStrip: addColumnsAMX, transposeStrip: packRowsAMX, transpose: transposePairsAVX512,
}

var rowsAMX = makeRowsAMX()

func makeRowsAMX() (tiles [32]tile) {
	for i := range tiles {
		tiles[i] = func(a, b, c, start *float32, k, rowC, rowStart, cols int) {
			tileAMX(a, b, c, start, k, rowC, rowStart, i+1, cols)
		}
	}
	return tiles
}
