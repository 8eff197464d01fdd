package train

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

func newRand() *rand.Rand { return rand.New(rand.NewPCG(21, 22)) }

const dialectVocab = 24

// dialects returns a text of words of about six letters. A passage of 100 tokens is in one of three dialects, each with
// letters of its own besides those in common: what was long ago tells what comes.
func dialects(n int, seed uint64) ids {
	rng := rand.New(rand.NewPCG(seed, 3))
	s := make(ids, n)
	var dialect, letter int32
	for i := range s {
		if i%100 == 0 {
			dialect = rng.Int32N(3)
		}
		if rng.IntN(6) == 0 {
			s[i], letter = 0, rng.Int32N(9)
			continue
		}
		letter = (letter*(dialect+2) + 1 + rng.Int32N(3)) % 9
		s[i] = 1 + dialect*7 + letter
	}
	return s
}

// trial is a short run of a small network on dialects.
type trial struct {
	cell   model.Cell
	layers int
	init   model.Init
	rate   float64
	steps  int
}

// verdicts trains and returns what the guard says, and the history.
func (c trial) verdicts(t *testing.T) (said []Verdict, h history) {
	t.Helper()
	cfg := model.Config{VocabSize: dialectVocab, Embedding: 48,
		RecurrentConfig: model.RecurrentConfig{Cell: c.cell, Layers: c.layers, Hidden: 48, Init: c.init}}
	m, err := model.NewLanguageModel(cfg, newRand())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkers(t, 2)
	o := newObjective(t, m, w, BPTT{Batch: 8, Steps: 48, Shift: true, Seed: 1}, dialects(40000, 1), dialects(4000, 2))
	l, err := NewLoop(o, w, Config{
		Steps: c.steps, Guard: GuardWarn, Schedule: optim.ScheduleConfig{Name: optim.Cosine, Rate: c.rate, Warmup: 0.1}, Clip: optim.Clip{Norm: 1},
	}, h.hooks())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return h.verdicts(), h
}

// TestVerdictsOnRealRuns trains networks of which it is known how they fare.
func TestVerdictsOnRealRuns(t *testing.T) {
	half, large := model.Init{RecurrentScale: 0.5}, model.Init{RecurrentScale: 1.8}
	for _, c := range []struct {
		name string
		trial
		want Kind
	}{
		{"tanh network whose recurrent weights are halved", trial{model.RNN, 1, half, 3e-3, 200}, Vanishing},
		{"two tanh layers whose recurrent weights are halved", trial{model.RNN, 2, half, 3e-3, 200}, Vanishing},
		{"tanh network whose recurrent weights are too large", trial{model.RNN, 2, large, 3e-3, 200}, Exploding},
		{"one tanh layer whose recurrent weights are too large", trial{model.RNN, 1, large, 3e-3, 200}, Exploding},
		{"LSTM", trial{model.LSTM, 1, model.Init{}, 5e-3, 400}, ""},
		{"two layers of LSTM", trial{model.LSTM, 2, model.Init{}, 5e-3, 400}, ""},
		{"GRU", trial{model.GRU, 2, model.Init{}, 5e-3, 400}, ""},
		{"LSTM with a rate of nearly nothing", trial{model.LSTM, 1, model.Init{}, 1e-9, 400}, Stalled},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, h := c.verdicts(t)
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) == 0 || got[0].Kind != c.want) {
				t.Errorf("verdicts %v, want %q", got, c.want)
			}
			t.Logf("loss %.3f", h.records[len(h.records)-1].Loss)
		})
	}
}
