//go:build !purego

package kernel

import "testing"

// eachMixed runs f under every implementation, and where there are instructions for bfloat16, also without the better of
// them and without any.
func eachMixed(t *testing.T, f func(t *testing.T)) {
	eachImplementation(t, f)
	without(t, "AMX", &hasAMX, f)
	without(t, "AVX512_BF16", &hasBF16, f)
}

// without runs f as if the machine had no such instructions, from now until the test ends.
func without(t *testing.T, name string, has *bool, f func(t *testing.T)) {
	if !*has {
		t.Logf("this machine has no %s: its kernels are not tested", name)
		return
	}
	*has = false
	t.Cleanup(func() { *has = true })
	t.Run("without "+name, f)
}

// addsByTiles reports whether products in Mixed are added up by tiles of AMX.
func addsByTiles() bool { return active == avx512 && hasAMX }
