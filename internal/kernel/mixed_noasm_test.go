//go:build !amd64 || purego

package kernel

import "testing"

func eachMixed(t *testing.T, f func(t *testing.T)) { eachImplementation(t, f) }

func addsByTiles() bool { return false }
