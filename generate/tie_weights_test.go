package generate

import (
	"testing"

	"github.com/textgen-go/textgen/model"
)

func TestTied(t *testing.T) {
	for _, test := range []struct {
		name  string
		vocab int
		set   func(*Settings)
		want  bool
	}{
		{"many tokens", 4001, func(*Settings) {}, true},
		{"few tokens", 4000, func(*Settings) {}, false},
		{"wanted with few", 10, func(s *Settings) { s.TieWeights = new(true) }, true},
		{"not wanted with many", 10_000, func(s *Settings) { s.TieWeights = new(false) }, false},
		{"widths that differ", 10_000, func(s *Settings) { s.Embedding = 100 }, false},
		{"the same width", 10_000, func(s *Settings) { s.Embedding = s.Hidden }, true},
		{"weights as they come", 10_000, func(s *Settings) { s.Init = "" }, true},
		{"adaptive", 30_000, func(s *Settings) { s.Softmax = AdaptiveSoftmax }, false},
		{"as in PyTorch", 10_000, func(s *Settings) { s.Init = model.Uniform }, false},
	} {
		s, err := Preset("small")
		if err != nil {
			t.Fatal(err)
		}
		test.set(&s)
		if got := s.tied(test.vocab); got != test.want {
			t.Errorf("%s: tied %v, want %v", test.name, got, test.want)
		}
	}
}
