//go:build !purego

package kernel

// Every function here calls the active implementation of what its generic twin specifies.

func sigmoidAll(x []float32) {
	if active == neon {
		sigmoidNEON(x)
	} else {
		sigmoidGeneric(x)
	}
}

func tanhAll(x []float32) {
	if active == neon {
		tanhNEON(x)
	} else {
		tanhGeneric(x)
	}
}

func expSum(x []float32, top float32) float64 {
	if active != neon {
		return expSumGeneric(x, top)
	}
	var some [128]float32
	var sum float64
	for len(x) > 0 {
		n := copy(some[:], x)
		sum += expSumStore(some[:n], top)
		x = x[n:]
	}
	return sum
}

func expSumStore(x []float32, top float32) float64 {
	if active != neon {
		return expSumStoreGeneric(x, top)
	}
	expNEON(x, top)
	var sum float64
	for _, e := range x {
		sum += float64(e)
	}
	return sum
}

func multiplyAdd(n int) {
	if active == neon {
		multiplyAddNEON(n)
	} else {
		multiplyAddGeneric(n)
	}
}
