//go:build !purego

package kernel

func moments(x []float32) (sum, squares float64) {
	switch active {
	case avx512:
		return momentsAVX512(x)
	case avx2:
		return momentsAVX2(x)
	}
	return momentsGeneric(x)
}

func weigh(dx, dy, gain, x []float32) (sum, slope float64) {
	switch active {
	case avx512:
		return weighAVX512(dx, dy, gain, x)
	case avx2:
		return weighAVX2(dx, dy, gain, x)
	}
	return weighGeneric(dx, dy, gain, x)
}

func hadamard(dst, x, y []float32) {
	switch active {
	case avx512:
		hadamardAVX512(dst, x, y)
	case avx2:
		hadamardAVX2(dst, x, y)
	default:
		hadamardGeneric(dst, x, y)
	}
}

func hadamardAdd(dst, x, y []float32) {
	switch active {
	case avx512:
		hadamardAddAVX512(dst, x, y)
	case avx2:
		hadamardAddAVX2(dst, x, y)
	default:
		hadamardAddGeneric(dst, x, y)
	}
}

func normalise(x, dst, gain, bias []float32, mean, scale float32) {
	switch active {
	case avx512:
		normaliseAVX512(x, dst, gain, bias, mean, scale)
	case avx2:
		normaliseAVX2(x, dst, gain, bias, mean, scale)
	default:
		normaliseGeneric(x, dst, gain, bias, mean, scale)
	}
}

func normaliseBack(dx, x []float32, mean, slope, scale float32) {
	switch active {
	case avx512:
		normaliseBackAVX512(dx, x, mean, slope, scale)
	case avx2:
		normaliseBackAVX2(dx, x, mean, slope, scale)
	default:
		normaliseBackGeneric(dx, x, mean, slope, scale)
	}
}
