//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

const (
	avx2   implementation = 1 + iota // with FMA
	avx512                           // F, BW, DQ, VL
)

var implementations = []string{"generic", "avx2", "avx512"}

func best() implementation {
	switch x := &cpu.X86; {
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasBMI2 && x.HasFMA:
		return avx512
	case x.HasAVX2 && x.HasBMI2 && x.HasFMA:
		return avx2
	}
	return generic
}

// tiles returns the parts of a matrix product, or nil for the generic one.
func (i implementation) tiles() *tileSet { return tileSets[i] }

var tileSets = [...]*tileSet{
	avx2:   &tilesAVX2,
	avx512: &tilesAVX512,
}

// keep suits an L2 of 1 MiB.
const keep = 384 << 10

// keepMore suits the 2 MiB of the processors with AMX. Emerald Rapids, quiet, one core: MulTN with K = 2,500, M = 2,048 and
// N = 512 from 140 to 149 GFLOP/s, the peak being 178, and by AMX from 564 to 788; Mul in float32 gains nothing.
func keepMore() int {
	if cpu.X86.HasAMXTile {
		return 1 << 20
	}
	return keep
}

var tilesAVX512 = tileSet{
	per: 1, unit: 1, lanes: 16, strip: 16, width: 32,
	keepLeft: keep, keepRight: keepMore(),
	rows: []tile{
		gemm1x32AVX512,
		gemm2x32AVX512,
		gemm3x32AVX512,
		gemm4x32AVX512,
		gemm5x32AVX512,
		gemm6x32AVX512,
		gemm7x32AVX512,
		gemm8x32AVX512,
		gemm9x32AVX512,
		gemm10x32AVX512,
		gemm11x32AVX512,
		gemm12x32AVX512,
		gemm13x32AVX512,
		gemm14x32AVX512,
	},
	half: []tile{
		gemm1x16AVX512,
		gemm2x16AVX512,
		gemm3x16AVX512,
		gemm4x16AVX512,
		gemm5x16AVX512,
		gemm6x16AVX512,
		gemm7x16AVX512,
		gemm8x16AVX512,
		gemm9x16AVX512,
		gemm10x16AVX512,
		gemm11x16AVX512,
		gemm12x16AVX512,
		gemm13x16AVX512,
		gemm14x16AVX512,
	},
	few:       []fewTile{gemv1x128AVX512, gemv2x128AVX512, gemv3x128AVX512},
	bf16:      []bf16Tile{gemvBF16x1AVX512, gemvBF16x2AVX512},
	int8:      int8AVX512(),
	step:      stepAVX512(),
	copyStrip: copyRows16AVX512, copyPanel: copyRows32AVX512, addStrip: addRows16AVX512,
	transposeStrip: transposeRowsAVX512, transpose: transposeRowsAVX512,
}

var tilesAVX2 = tileSet{
	per: 1, unit: 1, lanes: 8, strip: 8, width: 16,
	keepLeft: keep, keepRight: keep,
	rows: []tile{
		gemm1x16AVX2,
		gemm2x16AVX2,
		gemm3x16AVX2,
		gemm4x16AVX2,
		gemm5x16AVX2,
		gemm6x16AVX2,
	},
	half: []tile{
		gemm1x8AVX2,
		gemm2x8AVX2,
		gemm3x8AVX2,
		gemm4x8AVX2,
		gemm5x8AVX2,
		gemm6x8AVX2,
	},
	few:       []fewTile{gemv1x64AVX2},
	bf16:      []bf16Tile{gemvBF16x1AVX2},
	int8:      int8AVX2,
	step:      &stepAVX2,
	copyStrip: copyRows8AVX2, copyPanel: copyRows16AVX2, addStrip: addRows8AVX2,
	transposeStrip: transposeRowsAVX2, transpose: transposeRowsAVX2,
}

var int8AVX2 = int8Set{
	width:   64,
	rows:    []int8Tile{gemvInt8x1AVX2},
	largest: largestAVX2, multiply: multiplesAVX2,
}

// int8AVX512 needs VNNI, which came later than the rest of AVX-512.
func int8AVX512() int8Set {
	if !cpu.X86.HasAVX512VNNI {
		return int8AVX2
	}
	return int8Set{
		width:   128,
		rows:    []int8Tile{gemvInt8x1AVX512, gemvInt8x2AVX512, gemvInt8x3AVX512},
		largest: largestAVX512, multiply: multiplesAVX512,
	}
}

var stepAVX2 = stepSet{lstmStepAVX2, lstmStepBF16AVX2, lstmStepInt8AVX2}

// stepAVX512 leaves steps by int8 to other instructions where there is no VNNI, and with them all: their blocks differ.
func stepAVX512() *stepSet {
	if !cpu.X86.HasAVX512VNNI {
		return nil
	}
	return &stepSet{lstmStepAVX512, lstmStepBF16AVX512, lstmStepInt8AVX512}
}
