//go:build !purego

package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// neon is the vectors of four float32 that every arm64 has. Products of float32 and the functions of activations have kernels
// for it; all else is generic.
const neon implementation = 1

var implementations = []string{"generic", "neon"}

func best() implementation { return neon }

// tiles returns the parts of a matrix product, or nil for the generic one.
func (i implementation) tiles() *tileSet { return tileSets[i] }

// mixedTiles returns the parts of a product of numbers that are rounded to bfloat16, or nil for the generic one.
func (i implementation) mixedTiles() *tileSet { return roundingTileSets[i] }

var (
	tileSets         = [...]*tileSet{neon: &tilesNEON}
	roundingTileSets = [...]*tileSet{neon: rounding(tilesNEON)}
)

// keep suits an L2 of 1 MiB.
const keep = 384 << 10

// Sizes of a tile of [neon].
const (
	stripNEON = 12 // rows
	widthNEON = 8  // columns: two vectors
)

var tilesNEON = tileSet{
	per: 1, unit: 1, lanes: widthNEON, strip: stripNEON, width: widthNEON,
	keepLeft: keep, keepRight: keep,
	rows: rowsNEON[:], half: rowsNEON[:],
	few:       []fewTile{fewNEON},
	bf16:      []bf16Tile{bf16NEON},
	int8:      int8NEON(),
	copyStrip: copyRows(stripNEON), copyPanel: copyRows(widthNEON), addStrip: addRows(stripNEON),
	transposeStrip: transposeRows(stripNEON), transpose: transposeRows(widthNEON),
}

var rowsNEON = makeRowsNEON()

func makeRowsNEON() (tiles [stripNEON]tile) {
	for i := range tiles {
		tiles[i] = func(a, b, c, start *float32, k, rowC, rowStart, cols int) {
			if cols < widthNEON {
				gemmAside(a, b, c, start, k, rowC, rowStart, i+1, cols)
				return
			}
			gemmNEON(a, b, c, start, k, rowC, rowStart, i+1)
		}
	}
	return tiles
}

// gemmAside computes a tile of fewer columns on the side, since vectors have no masks.
func gemmAside(a, b, c, start *float32, k, rowC, rowStart, rows, cols int) {
	var aside [stripNEON * widthNEON]float32
	const row = widthNEON * floatBytes
	if start != nil {
		copyTile(&aside[0], start, rows, cols, row, rowStart)
	}
	gemmNEON(a, b, &aside[0], &aside[0], k, row, row, rows)
	copyTile(c, &aside[0], rows, cols, rowC, row)
}

// copyTile copies rows of some columns, strides in bytes.
func copyTile(dst, src *float32, rows, cols, strideDst, strideSrc int) {
	for i := range rows {
		copy(unsafe.Slice(at(dst, i*strideDst), cols), unsafe.Slice(at(src, i*strideSrc), cols))
	}
}

func fewNEON(a, b, c, start *float32, k, _, panel, _, _ int) {
	gemv1x32NEON(a, b, c, start, k, panel)
}

func bf16NEON(a *float32, b *uint32, c, start *float32, k, _, panel, _, _ int) {
	gemvBF16NEON(a, b, c, start, k, panel)
}

// int8NEON needs products of four bytes, which came later than the rest of NEON.
func int8NEON() int8Set {
	set := int8Set{width: fewPanels * 16, largest: largestGeneric, multiply: multiplesGeneric}
	if cpu.ARM64.HasASIMDDP {
		set.rows = []int8Tile{func(a *int8, b *uint32, c, start, factors, scales *float32, _ *int32, k, _, panel, _, _ int) {
			gemvInt8NEON(a, b, c, start, factors, scales, k, panel)
		}}
	}
	return set
}
