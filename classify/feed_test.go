package classify

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/tokenize"
)

// What does not fit is cut out of a document at a random place, from its beginning to its end.
func TestFeedCutsLongDocuments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	tokens, starts := []int32{10, 11, 12, 13, 14}, map[int32]int{}
	var f feed
	for range 200 {
		f.reset()
		f.add(tokens[:2], 3, 0, rng)
		f.add(tokens, 3, 0, rng)
		if whole := f.documents[0].Tokens; !slices.Equal(whole, tokens[:2]) {
			t.Fatalf("a short document became %v", whole)
		}
		part := f.documents[1].Tokens
		if len(f.documents) != 2 || len(part) != 3 || part[1] != part[0]+1 || part[2] != part[0]+2 {
			t.Fatalf("%d documents, the long one became %v", len(f.documents), part)
		}
		starts[part[0]]++
	}
	for _, first := range tokens[:3] {
		if n := starts[first]; n < 40 || n > 95 { // 66.7 ± 4 standard deviations
			t.Errorf("a part begins with token %d in %d of 200 cases, want a third", first, n)
		}
	}
}

// Each token becomes unknown with the given probability. 4,000 draws have a standard deviation below 0.008.
func TestFeedDropsTokens(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range []float64{0, 0.2, 1} {
		var f feed
		f.add(slices.Repeat([]int32{9}, 4000), 4000, p, rng)
		unknown := 0
		for _, id := range f.documents[0].Tokens {
			switch id {
			case tokenize.Unknown:
				unknown++
			case 9:
			default:
				t.Fatalf("token 9 became %d", id)
			}
		}
		if got := float64(unknown) / 4000; got < p-0.03 || got > p+0.03 || (p == 0 || p == 1) && got != p {
			t.Errorf("%v of the tokens are unknown, want %v", got, p)
		}
	}
}
