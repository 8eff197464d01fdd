package kernel

import (
	"math"
	"unsafe"
)

// A number that is split is the sum of two bfloat16: the nearest to it, and the nearest to what that leaves, so that it
// keeps 16 of 24 bits and the order of its size. Three products stand for one: of the four between two sums, that of
// the smaller ones is left out.

// splitStep is how many numbers stand together: their larger parts, in pairs, and then the smaller ones.
const splitStep = 32

// SplitIsFast reports whether products of many rows are faster in Split than in Float32: whether there are tiles for them.
func SplitIsFast() bool { return active.splitTiles() != nil }

// split fills panels from up to to with at(k, j).
func (p *Packed) split(from, to int, at func(k, j int) float32) {
	for j := from * p.width; j < min(to*p.width, p.N); j++ {
		panel, col := p.panel(j/p.width), j%p.width
		halves := unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(panel))), 2*len(panel))
		for k := range p.K {
			x := at(k, j)
			larger := roundBF16(x)
			smaller := roundBF16(x - math.Float32frombits(larger))
			word := k/splitStep*splitStep + k%splitStep/2
			halves[2*(word*p.width+col)+k%2] = uint16(larger >> 16)
			halves[2*((word+splitStep/2)*p.width+col)+k%2] = uint16(smaller >> 16)
		}
	}
}
