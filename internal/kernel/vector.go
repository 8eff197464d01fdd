package kernel

// Add adds src to dst, element by element: dst[i] += src[i].
func Add(dst, src []float32) { add(dst, src[:len(dst)]) }

func addGeneric(dst, src []float32) {
	for i, v := range src[:len(dst)] {
		dst[i] += v
	}
}

// Axpy adds a multiple of src to dst: dst[i] += a·src[i].
func Axpy(dst []float32, a float32, src []float32) { axpy(dst, a, src[:len(dst)]) }

// Scale multiplies dst by a.
func Scale(dst []float32, a float32) { scale(dst, a) }

func scaleGeneric(dst []float32, a float32) {
	for i := range dst {
		dst[i] *= a
	}
}

// Clamp cuts every element to [-limit, limit]; NaN stays NaN.
func Clamp(dst []float32, limit float32) { clamp(dst, limit) }

func clampGeneric(dst []float32, limit float32) {
	for i, v := range dst {
		switch {
		case v > limit:
			dst[i] = limit
		case v < -limit:
			dst[i] = -limit
		}
	}
}

// Raise sets dst to the larger of itself and src, element by element; a NaN in either changes nothing.
func Raise(dst, src []float32) { raise(dst, src[:len(dst)]) }

func raiseGeneric(dst, src []float32) {
	for i, v := range src[:len(dst)] {
		if v > dst[i] {
			dst[i] = v
		}
	}
}

// normChunk is the length of the pieces whose sums of squares are added one after another: with a fixed length the
// result does not depend on how the pieces were handed to workers.
const normChunk = 1 << 16

// SumSquares returns Σ x[i]² in float64, added up in pieces of fixed length.
func SumSquares(x []float32) float64 {
	var total float64
	for len(x) > 0 {
		n := min(normChunk, len(x))
		total += sumSquares(x[:n])
		x = x[n:]
	}
	return total
}

func sumSquaresGeneric(x []float32) float64 {
	var s float64
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return s
}

func axpyGeneric(dst []float32, a float32, src []float32) {
	for i, v := range src[:len(dst)] {
		dst[i] += a * v
	}
}
