package model

import (
	"slices"
	"testing"
)

func TestDistinctNumbersKeysInOrder(t *testing.T) {
	var d distinct
	for _, c := range []struct{ in, keys, rows []int32 }{
		{[]int32{130, 7, 7, 199, 0, 130}, []int32{0, 7, 130, 199}, []int32{2, 1, 1, 3, 0, 2}},
		{[]int32{64, 63}, []int32{63, 64}, []int32{1, 0}}, // nothing is left of the window before
	} {
		d.set(c.in, 200)
		if !slices.Equal(d.keys, c.keys) || !slices.Equal(d.rows, c.rows) {
			t.Errorf("%v: keys %v, rows %v; want %v, %v", c.in, d.keys, d.rows, c.keys, c.rows)
		}
	}
}
