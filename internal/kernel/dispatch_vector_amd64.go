//go:build !purego

package kernel

// Every function here calls the active implementation of what its generic twin specifies.

func sigmoidAll(x []float32) {
	switch active {
	case avx512:
		sigmoidAVX512(x)
	case avx2:
		sigmoidAVX2(x)
	default:
		sigmoidGeneric(x)
	}
}

func tanhAll(x []float32) {
	switch active {
	case avx512:
		tanhAVX512(x)
	case avx2:
		tanhAVX2(x)
	default:
		tanhGeneric(x)
	}
}

func add(dst, src []float32) {
	switch active {
	case avx512:
		addAVX512(dst, src)
	case avx2:
		addAVX2(dst, src)
	default:
		addGeneric(dst, src)
	}
}

func axpy(dst []float32, a float32, src []float32) {
	switch active {
	case avx512:
		axpyAVX512(dst, a, src)
	case avx2:
		axpyAVX2(dst, a, src)
	default:
		axpyGeneric(dst, a, src)
	}
}

func scale(dst []float32, a float32) {
	switch active {
	case avx512:
		scaleAVX512(dst, a)
	case avx2:
		scaleAVX2(dst, a)
	default:
		scaleGeneric(dst, a)
	}
}

func raise(dst, src []float32) {
	switch active {
	case avx512:
		raiseAVX512(dst, src)
	case avx2:
		raiseAVX2(dst, src)
	default:
		raiseGeneric(dst, src)
	}
}

func clamp(dst []float32, limit float32) {
	switch active {
	case avx512:
		clampAVX512(dst, limit)
	case avx2:
		clampAVX2(dst, limit)
	default:
		clampGeneric(dst, limit)
	}
}

func sumSquares(x []float32) float64 {
	switch active {
	case avx512:
		return sumSquaresAVX512(x)
	case avx2:
		return sumSquaresAVX2(x)
	}
	return sumSquaresGeneric(x)
}

func dropout(dst, src []float32, at, lo, hi, limit uint32, scale float32) {
	switch active {
	case avx512:
		dropoutAVX512(dst, src, at, lo, hi, limit, scale)
	case avx2:
		dropoutAVX2(dst, src, at, lo, hi, limit, scale)
	default:
		dropoutGeneric(dst, src, at, lo, hi, limit, scale)
	}
}

func maximum(x []float32) float32 {
	switch active {
	case avx512:
		return maximumAVX512(x)
	case avx2:
		return maximumAVX2(x)
	}
	return maximumGeneric(x)
}

func expSum(x []float32, top float32) float64 {
	switch active {
	case avx512:
		return expSumAVX512(x, top)
	case avx2:
		return expSumAVX2(x, top)
	}
	return expSumGeneric(x, top)
}

func expSumStore(x []float32, top float32) float64 {
	switch active {
	case avx512:
		return expSumStoreAVX512(x, top)
	case avx2:
		return expSumStoreAVX2(x, top)
	}
	return expSumStoreGeneric(x, top)
}

func multiplyAdd(n int) {
	switch active {
	case avx512:
		multiplyAddAVX512(n)
	case avx2:
		multiplyAddAVX2(n)
	default:
		multiplyAddGeneric(n)
	}
}

func read(x []float32) {
	switch active {
	case avx512:
		readAVX512(x)
	case avx2:
		readAVX2(x)
	default:
		readGeneric(x)
	}
}
