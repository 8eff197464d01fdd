package tokenize

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQueueSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ranks := rapid.SliceOf(rapid.Int32Range(0, 20)).Draw(t, "ranks")
		var q queue[candidate]
		for i, rank := range ranks {
			q.push(candidate{rank: rank, at: int32(i)})
		}
		var got []candidate
		for range ranks {
			got = append(got, q.pop())
		}
		sorted := slices.IsSortedFunc(got, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.at, b.at))
		})
		if !sorted || len(q) > 0 {
			t.Fatalf("%v came out as %v", ranks, got)
		}
	})
}
