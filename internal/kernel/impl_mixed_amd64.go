//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// hasBF16 says that the machine has AVX512_BF16. Only tests change it.
var hasBF16 = cpu.X86.HasAVX512BF16

// mixedTiles returns the parts of a product of numbers that are rounded to bfloat16, or nil for the generic one. Without
// instructions for it the numbers are rounded as they are packed, and multiplied as float32.
func (i implementation) mixedTiles() *tileSet {
	switch {
	case i == avx512 && hasAMX:
		return &tilesAMX
	case i == avx512 && hasBF16:
		return &tilesMixed
	case i > generic:
		return roundingTileSets[i]
	}
	return nil
}

// MixedIsFast reports whether this machine multiplies numbers that are rounded to bfloat16 faster than float32: by AMX, or
// by a VDPBF16PS that is faster than VFMADD231PS. Intel's is not (measured on Emerald Rapids: half to three quarters of
// float32's speed), so only machines count that do not come with AMX, whether it may be used or not, and that are no
// Cooper Lake, which lacks VBMI2.
func MixedIsFast() bool {
	fast := hasBF16 && cpu.X86.HasAVX512VBMI2 && !cpu.X86.HasAMXTile
	return active == avx512 && (hasAMX || fast)
}

var roundingTileSets = [...]*tileSet{
	avx2:   rounding(tilesAVX2),
	avx512: rounding(tilesAVX512),
}

var tilesMixed = tileSet{
	per: 2, unit: 1, lanes: 16, strip: 16, width: 32,
	keepLeft: keep, keepRight: keep,
	rows: []tile{
		mixed1x32AVX512,
		mixed2x32AVX512,
		mixed3x32AVX512,
		mixed4x32AVX512,
		mixed5x32AVX512,
		mixed6x32AVX512,
		mixed7x32AVX512,
		mixed8x32AVX512,
		mixed9x32AVX512,
		mixed10x32AVX512,
		mixed11x32AVX512,
		mixed12x32AVX512,
		mixed13x32AVX512,
		mixed14x32AVX512,
	},
	half: []tile{
		mixed1x16AVX512,
		mixed2x16AVX512,
		mixed3x16AVX512,
		mixed4x16AVX512,
		mixed5x16AVX512,
		mixed6x16AVX512,
		mixed7x16AVX512,
		mixed8x16AVX512,
		mixed9x16AVX512,
		mixed10x16AVX512,
		mixed11x16AVX512,
		mixed12x16AVX512,
		mixed13x16AVX512,
		mixed14x16AVX512,
	},
	copyStrip: pairRows16AVX512, copyPanel: pairRows32AVX512,
	addStrip: addPairs16AVX512, transposeStrip: transposePairsAVX512, transpose: transposePairsAVX512,
}
