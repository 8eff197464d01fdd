package generate_test

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/model/checkpoint"
)

// TestNearest holds every neighbour of a token against the weights in the model's file.
func TestNearest(t *testing.T) {
	m := trained(t)
	f, err := checkpoint.Read(m.Info().Path, checkpoint.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tensor, _ := f.Tensor("head.weight")
	vector := func(token string) []float32 {
		ids, _ := m.Tokenizer().AppendIDs(nil, []byte(token))
		return tensor.Data[int(ids[0])*tensor.Shape[1]:][:tensor.Shape[1]]
	}
	nearest, err := m.Nearest("S", 1000)
	if err != nil {
		t.Fatal(err)
	}
	if want := m.Tokenizer().Size() - 5; len(nearest) != want {
		t.Errorf("%d neighbours, want %d: all but S and the special tokens", len(nearest), want)
	}
	last := 1.0
	for _, n := range nearest {
		var ab, aa, bb float64
		for i, a := range vector("S") {
			b := vector(n.Token)[i]
			ab, aa, bb = ab+float64(a*b), aa+float64(a*a), bb+float64(b*b)
		}
		if want := ab / math.Sqrt(aa) / math.Sqrt(bb); math.Abs(n.Similarity-want) > 1e-5 {
			t.Errorf("%q has the similarity %v, want %v", n.Token, n.Similarity, want)
		}
		if n.Similarity > last {
			t.Errorf("%q is nearer than the one before it", n.Token)
		}
		last = n.Similarity
	}
	if few, err := m.Nearest("S", 2); err != nil || len(few) != 2 || few[0] != nearest[0] {
		t.Errorf("the nearest two are %v, %v; want the first of %v", few, err, nearest)
	}
	for _, token := range []string{"", "Se", "Ω"} {
		if got, err := m.Nearest(token, 1); err == nil {
			t.Errorf("the nearest of %q are %v, want an error", token, got)
		}
	}
}
