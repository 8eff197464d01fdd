//go:build !amd64 || purego

package kernel

func best() implementation { return generic }

func (i implementation) tiles() *tileSet { return nil }

func (i implementation) mixedTiles() *tileSet { return nil }

// MixedIsFast reports whether this machine has instructions for products of numbers that are rounded to bfloat16.
func MixedIsFast() bool { return false }
