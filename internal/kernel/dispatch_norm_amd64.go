//go:build !purego

package kernel

func sum(x []float32) float64 {
	switch active {
	case avx512:
		return sumAVX512(x)
	case avx2:
		return sumAVX2(x)
	}
	return sumGeneric(x)
}

func dot(x, y []float32) float64 {
	switch active {
	case avx512:
		return dotAVX512(x, y)
	case avx2:
		return dotAVX2(x, y)
	}
	return dotGeneric(x, y)
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
