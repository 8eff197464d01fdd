//go:build !purego

package kernel

import "testing"

// eachMixed runs f under every implementation, and where there are instructions for bfloat16, also without them.
func eachMixed(t *testing.T, f func(t *testing.T)) {
	eachImplementation(t, f)
	if !hasBF16 {
		t.Log("this machine has no AVX512_BF16: its kernels are not tested")
		return
	}
	hasBF16 = false
	defer func() { hasBF16 = true }()
	t.Run("rounding", f)
}
