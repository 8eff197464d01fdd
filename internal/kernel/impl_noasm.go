//go:build !amd64 || purego

package kernel

func best() implementation { return generic }

func (i implementation) tiles() *tileSet { return nil }

func (i implementation) mixedTiles() *tileSet { return nil }

// MixedIsFast reports whether this machine multiplies numbers that are rounded to bfloat16 faster than float32.
func MixedIsFast() bool { return false }
