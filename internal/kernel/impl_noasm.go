//go:build (!amd64 && !arm64) || purego

package kernel

var implementations = []string{"generic"}

func best() implementation { return generic }

func (i implementation) tiles() *tileSet { return nil }

func (i implementation) mixedTiles() *tileSet { return nil }

func multiplyAdd(n int) { multiplyAddGeneric(n) }

func sigmoidAll(x []float32) { sigmoidGeneric(x) }

func tanhAll(x []float32) { tanhGeneric(x) }

func expSum(x []float32, top float32) float64 { return expSumGeneric(x, top) }

func expSumStore(x []float32, top float32) float64 { return expSumStoreGeneric(x, top) }
