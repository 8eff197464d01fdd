package train

import (
	"testing"

	"pgregory.net/rapid"
)

// TestOverlappingWindowsPredictEveryTokenOnce goes through an epoch with windows of all sorts of lengths and distances.
func TestOverlappingWindowsPredictEveryTokenOnce(t *testing.T) {
	const n = 60
	m, w := newModel(t, n, 0), newWorkers(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		cfg := BPTT{Batch: rapid.IntRange(1, 3).Draw(rt, "batch"), Steps: rapid.IntRange(1, 19).Draw(rt, "steps")}
		cfg.Every = rapid.IntRange(1, cfg.Steps).Draw(rt, "every")
		o := newObjective(t, m, w, cfg, count(n), nil)
		seen, tokens := map[int32]int{}, 0
		for k := range o.StepsPerEpoch() {
			b, err := o.Step()
			if err != nil {
				rt.Fatal(err)
			}
			tokens += b.Tokens
			learned := 0
			if k > 0 {
				learned = cfg.Steps - cfg.Every
			}
			for _, id := range o.targets[learned*cfg.Batch:] {
				seen[id]++
			}
		}
		for id, times := range seen {
			if times != 1 {
				rt.Fatalf("token %d was predicted %d times", id, times)
			}
		}
		left := (n-1)/cfg.Batch*cfg.Batch - len(seen)
		if tokens != len(seen) || left < 0 || left >= cfg.Every*cfg.Batch {
			rt.Fatalf("%d tokens counted, %d predicted, %d left out", tokens, len(seen), left)
		}
	})
}

// TestOverlappingWindowsCarryTheState: with weights that do not change, overlapping windows lose what others lose.
func TestOverlappingWindowsCarryTheState(t *testing.T) {
	nats := func(every int) (sum float64) {
		o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: 8, Every: every}, babble(81, vocab, 1), nil)
		for range o.StepsPerEpoch() {
			b, err := o.Step()
			if err != nil {
				t.Fatal(err)
			}
			sum += b.Nats
		}
		return sum
	}
	for _, every := range []int{1, 2, 4} {
		if got, want := nats(every), nats(8); !(got-want < 1e-4 && want-got < 1e-4) {
			t.Errorf("%v nats in windows %d tokens apart, want %v", got, every, want)
		}
	}
}

func TestWindowsTooFarApart(t *testing.T) {
	m, w := newModel(t, vocab, 0), newWorkers(t, 1)
	if _, err := NewLanguageModel(m, w, BPTT{Batch: 1, Steps: 8, Every: 9}, babble(81, vocab, 1), nil); err == nil {
		t.Error("windows of 8 tokens, 9 apart, are accepted")
	}
}
