//go:build !amd64 || purego

package kernel

func add(dst, src []float32) { addGeneric(dst, src) }

func axpy(dst []float32, a float32, src []float32) { axpyGeneric(dst, a, src) }

func scale(dst []float32, a float32) { scaleGeneric(dst, a) }

func raise(dst, src []float32) { raiseGeneric(dst, src) }

func clamp(dst []float32, limit float32) { clampGeneric(dst, limit) }

func sumSquares(x []float32) float64 { return sumSquaresGeneric(x) }

func dropout(dst, src []float32, at, lo, hi, limit uint32, scale float32) {
	dropoutGeneric(dst, src, at, lo, hi, limit, scale)
}

func maximum(x []float32) float32 { return maximumGeneric(x) }

func lstmForward(h, c, tanhC, gates, cPrev Matrix) { lstmForwardGeneric(h, c, tanhC, gates, cPrev) }

func lstmBackward(gates, dc, dh, cPrev, tanhC Matrix) {
	lstmBackwardGeneric(gates, dc, dh, cPrev, tanhC)
}

func gruForward(h, gates, hidden, hPrev Matrix) { gruForwardGeneric(h, gates, hidden, hPrev) }

func gruBackward(gates, hidden, dhPrev, dh, hPrev Matrix) {
	gruBackwardGeneric(gates, hidden, dhPrev, dh, hPrev)
}

func tanhForward(h, gates Matrix) { tanhForwardGeneric(h, gates) }

func tanhBackward(gates, dh, h Matrix) { tanhBackwardGeneric(gates, dh, h) }

func adam(w, g, m, v []float32, s *AdamStep) { adamGeneric(w, g, m, v, s) }

func sgd(w, g, momentum []float32, s *SGDStep) { sgdGeneric(w, g, momentum, s) }

func rmsProp(w, g, v []float32, s *RMSPropStep) { rmsPropGeneric(w, g, v, s) }

// MixedIsFast reports whether this machine multiplies numbers that are rounded to bfloat16 faster than float32.
func MixedIsFast() bool { return false }

// splitTiles returns the parts of a product of numbers that are split, or nil where that does not pay.
func (i implementation) splitTiles() *tileSet { return nil }

func read(x []float32) { readGeneric(x) }

func moments(x []float32) (sum, squares float64) { return momentsGeneric(x) }

func weigh(dx, dy, gain, x []float32) (sum, slope float64) { return weighGeneric(dx, dy, gain, x) }

func hadamard(dst, x, y []float32) { hadamardGeneric(dst, x, y) }

func hadamardAdd(dst, x, y []float32) { hadamardAddGeneric(dst, x, y) }

func normalise(x, dst, gain, bias []float32, mean, scale float32) {
	normaliseGeneric(x, dst, gain, bias, mean, scale)
}

func normaliseBack(dx, x []float32, mean, slope, scale float32) {
	normaliseBackGeneric(dx, x, mean, slope, scale)
}

func gather(dst, src Matrix, rows []int32) { gatherGeneric(dst, src, rows) }
