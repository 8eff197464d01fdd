//go:build !amd64 || purego

package kernel

func best() implementation { return generic }

func (i implementation) tiles() *tileSet { return nil }
