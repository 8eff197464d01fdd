package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/tokenize"
)

func TestPropose(t *testing.T) {
	for _, tt := range []struct {
		name               string
		facts              Facts
		kind               tokenize.Kind
		words, chars, most int // longest n-grams, and buckets
		epochs             int
	}{
		{"reviews", Facts{Documents: 25_000, Labels: 2, Words: 230, Chars: 1300}, tokenize.Word, 2, 0, 1 << 19, 4},
		{"questions", Facts{Documents: 5_000, Labels: 6, Words: 10, Chars: 50}, tokenize.Word, 2, 6, 1 << 20, 16},
		{"names", Facts{Documents: 20_000, Labels: 18, Words: 1, Chars: 7}, tokenize.Char, 0, 4, 1 << 16, 4},
		{"many labels", Facts{Documents: 100, Labels: 4000, Words: 10, Chars: 50}, tokenize.Word, 2, 6, bag.MostWeights / 4000, 20},
		{"too many labels for n-grams", Facts{Documents: 100, Labels: 5000, Words: 10, Chars: 50}, tokenize.Word, 0, 0, bag.MostWeights / 5000, 20},
	} {
		s, err := Propose("", "", tt.facts)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
		if err := s.modelConfig(1000, tt.facts.Labels).Validate(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if s.Tokenizer != tt.kind || s.NGrams != tt.words || s.CharGrams != tt.chars || s.Buckets != tt.most || s.Epochs != tt.epochs {
			t.Errorf("%s: %+v, want %+v", tt.name, s, tt)
		}
	}
	s, err := Propose("", "", Facts{Documents: 10, Labels: 2, Words: 5, Chars: 30})
	if err != nil {
		t.Fatal(err)
	}
	s.Buckets, s.Batch = -1, 0
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "buckets is -1") || !strings.Contains(err.Error(), "batch is 0") {
		t.Errorf("bad settings: %v", err)
	}
	s.CharGrams = 1 << 20
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("n-grams of a million characters: error %v", err)
	}
	if _, err := Propose("huge", "", Facts{}); err == nil {
		t.Error("an unknown preset is accepted")
	}
}

// What settings are proposed by, counted by hand.
func TestFactsOfDocuments(t *testing.T) {
	d := &data{train: []corpora.Document{
		{Text: "rain falls", Labels: []string{"wet"}}, {Text: "été", Labels: []string{"dry"}}, {Text: "the sun shines", Labels: []string{"dry"}},
	}}
	got, err := d.facts()
	want := Facts{Documents: 3, Labels: 2, Words: 2, Chars: 9, Task: labelset.MultiClass}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
