package generate

import (
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A logit over the smallest temperature is infinite.
func TestSamplerTakesTheMostLikelyAtZero(t *testing.T) {
	for _, temperature := range []float64{0, math.SmallestNonzeroFloat64} {
		s := newSampler(t, Sampling{Temperature: temperature})
		// Special tokens (0 to 3) are never chosen, however likely.
		if id, err := s.Next([]float32{9, 9, 9, 9, 0.1, 0.3, 0.2}); id != 5 || err != nil {
			t.Errorf("temperature %v: Next = %d, %v, want 5", temperature, id, err)
		}
	}
}

// With logits ln 1, ln 2 and ln 5 the shares are 1/8, 2/8 and 5/8. 20,000 draws have a standard deviation below 0.0035:
// 0.015 is more than four of them.
func TestSamplerDrawsInProportion(t *testing.T) {
	s := newSampler(t, Sampling{Temperature: 1})
	logits := []float32{0, 0, 0, 0, 0, float32(math.Log(2)), float32(math.Log(5))}
	count := make([]float64, len(logits))
	const n = 20000
	for range n {
		id, err := s.Next(logits)
		if err != nil {
			t.Fatal(err)
		}
		count[id]++
	}
	for id, want := range map[int]float64{4: 1. / 8, 5: 2. / 8, 6: 5. / 8} {
		if got := count[id] / n; math.Abs(got-want) > 0.015 {
			t.Errorf("token %d was drawn in %.3f of the cases, want %.3f", id, got, want)
		}
	}
}

func TestSamplerPenalisesWhatItSaid(t *testing.T) {
	s := newSampler(t, Sampling{RepetitionPenalty: 2, RepetitionWindow: 2})
	logits := []float32{0, 0, 0, 0, 3, 2, 1.6, 1.55}
	var got []int32
	for range 6 {
		id, err := s.Next(logits)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, id)
	}
	// 3, 2, 1.6, 1.55 → 4; 1.5, 2, … → 5; 1.5, 1, 1.6, … → 6; the window then holds 5 and 6, and 3 counts whole again → 4;
	// it holds 6 and 4 → 5; it holds 4 and 5 → 6.
	if want := [6]int32{4, 5, 6, 4, 5, 6}; [6]int32(got) != want {
		t.Errorf("chose %v, want %v", got, want)
	}
}

// Of the shares 1/8, 2/8 and 5/8, each limit leaves what it allows.
func TestSamplerLimits(t *testing.T) {
	logits := []float32{0, 0, 0, 0, 0, float32(math.Log(2)), float32(math.Log(5))}
	for _, c := range []struct {
		cfg  Sampling
		want []int32
	}{
		{Sampling{Temperature: 1}, []int32{4, 5, 6}},
		{Sampling{Temperature: 1, TopK: 2}, []int32{5, 6}},
		{Sampling{Temperature: 1, TopK: 1}, []int32{6}},
		{Sampling{Temperature: 1, TopP: 0.8}, []int32{5, 6}},
		{Sampling{Temperature: 1, TopP: 0.6}, []int32{6}},
		{Sampling{Temperature: 1, MinP: 0.3}, []int32{5, 6}},
		{Sampling{Temperature: 1, MinP: 0.5}, []int32{6}},
		{Sampling{Temperature: 1, TopK: 2, MinP: 0.5}, []int32{6}},
	} {
		s, drawn := newSampler(t, c.cfg), map[int32]bool{}
		for range 200 {
			id, err := s.Next(logits)
			if err != nil {
				t.Fatal(err)
			}
			drawn[id] = true
		}
		if got := slices.Sorted(maps.Keys(drawn)); !slices.Equal(got, c.want) {
			t.Errorf("%+v: drew %v, want %v", c.cfg, got, c.want)
		}
	}
}

func TestSamplerRefusesBrokenLogits(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		s := newSampler(t, Sampling{Temperature: 1})
		if _, err := s.Next([]float32{0, 0, 0, 0, 1, float32(bad)}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: %v, want ErrNotFinite", bad, err)
		}
	}
}

func TestSamplingValidate(t *testing.T) {
	for _, bad := range []Sampling{
		{Temperature: -1}, {Temperature: math.NaN()}, {Temperature: math.Inf(1)}, {TopK: -1}, {TopP: 1.5}, {TopP: -0.1},
		{TopP: math.NaN()}, {MinP: 2}, {RepetitionPenalty: 0.5}, {RepetitionWindow: -1},
	} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
	if err := (Sampling{Temperature: 0.8, TopK: 40, TopP: 0.95, MinP: 0.05, RepetitionPenalty: 1.1}).Validate(); err != nil {
		t.Error(err)
	}
}

func newSampler(t *testing.T, cfg Sampling) *Sampler {
	t.Helper()
	s, err := NewSampler(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSamplerErrors(t *testing.T) {
	if _, err := NewSampler(Sampling{Temperature: 1}, nil); err == nil {
		t.Error("a sampler without a generator is made for a temperature above 0")
	}
	s, err := NewSampler(Sampling{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range firstOrdinary + 1 {
		if _, err := s.Next(make([]float32, n)); err == nil {
			t.Errorf("a token is chosen from a vocabulary of %d", n)
		}
	}
}
