//go:build !linux

package kernel

// preferHugePages does nothing: only Linux takes the wish.
func preferHugePages([]float32) {}
