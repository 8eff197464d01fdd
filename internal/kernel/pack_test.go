package kernel

import (
	"math"
	"testing"
)

// TestPackParts asserts that packing some panels changes no others, which another worker may be packing.
func TestPackParts(t *testing.T) {
	eachMixed(t, func(t *testing.T) {
		const k, n = 70, 600
		b, _ := guardedMatrix(newRand(1), k, n, 0, 0)
		for precision := Float32; precision <= Split; precision++ {
			for what, pack := range map[string]func(p *Packed, from, to int){
				"pack":           func(p *Packed, from, to int) { p.pack(b, from, to) },
				"packTransposed": func(p *Packed, from, to int) { p.packTransposed(transposed(b), from, to) },
			} {
				p, one := NewPackedAs(k, n, precision), NewPackedAs(k, n, precision)
				pack(p, 0, p.Panels())
				pack(one, 1, 2)
				size := p.depth() * p.width
				for i := range max(len(one.data), len(one.words)) {
					want := uint32(0)
					if i/size == 1 {
						want = packedBits(p, i)
					}
					if got := packedBits(one, i); got != want {
						t.Fatalf("%v, %s: word %d of %d a panel is %x, want %x", precision, what, i, size, got, want)
					}
				}
			}
		}
	})
}

func packedBits(p *Packed, i int) uint32 {
	if p.words != nil {
		return p.words[i]
	}
	return math.Float32bits(p.data[i])
}
