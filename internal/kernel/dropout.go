package kernel

// Dropout writes src to dst with every element set to zero with probability p and the others scaled by 1/(1−p)
// (Srivastava et al. 2014, inverted). Element i is decided by a hash of key and at+i alone: calls on pieces give the same
// mask as one call on the whole, and the backward pass makes the mask again from the same key instead of storing it.
func Dropout(dst, src []float32, p float32, key uint64, at uint32) {
	dropout(dst, src[:len(dst)], at, uint32(key), uint32(key>>32), dropLimit(p), 1/(1-p))
}

func dropoutGeneric(dst, src []float32, at, lo, hi, limit uint32, scale float32) {
	for i, v := range src[:len(dst)] {
		if mix((at+uint32(i))^lo, hi) < limit {
			dst[i] = 0
		} else {
			dst[i] = v * scale
		}
	}
}

func dropLimit(p float32) uint32 { return uint32(float64(p) * (1 << 32)) }

// mix is the 32-bit finaliser of MurmurHash3 (Appleby), run twice with a second key in between.
func mix(x, key uint32) uint32 { return finalise(finalise(x) ^ key) }

func finalise(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}
