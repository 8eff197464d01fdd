package generate_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
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

// Byte pairs are asked for, and listed, as they are read, not as the vocabulary spells their bytes.
func TestNearestOfBytePairs(t *testing.T) {
	s := settings(t)
	s.Tokenizer, s.VocabSize, s.Steps = tokenize.BPE, 300, 3
	out := filepath.Join(t.TempDir(), "run")
	train1(t, generate.TrainConfig{Settings: s, Paths: []string{writeText(t, strings.Repeat("un thé à côté de la cité\n", 200))}, Out: out})
	m := load(t, out)
	nearest := func(token string) []generate.Neighbour {
		t.Helper()
		ns, err := m.Nearest(token, 0)
		if err != nil {
			t.Fatal(err)
		}
		return ns
	}
	same := func(a, b generate.Neighbour) bool { return a == b }
	if !slices.EqualFunc(nearest("é"), nearest("Ã©"), same) {
		t.Error("the nearest of é are not those of the bytes C3 A9")
	}
	texts := map[string]string{}
	for _, n := range nearest("u") {
		texts[n.Token] = n.Text
	}
	for token, want := range map[string]string{"Ã©": "é", "ĠcitÃ©": " cité", "Ċ": "\n", "é": "\xe9"} {
		if texts[token] != want {
			t.Errorf("token %q reads as %q, want %q", token, texts[token], want)
		}
	}
}
