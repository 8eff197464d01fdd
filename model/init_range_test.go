package model

import (
	"math/rand/v2"
	"testing"
)

// TestInitRange: one range holds for every weight, and without it nothing changes.
func TestInitRange(t *testing.T) {
	const bound = 0.1
	cfg := Config{VocabSize: 50, Embedding: 20, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 20}}
	cfg.Init.Scheme, cfg.Init.Range = Uniform, bound
	m, err := NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		if p.Name == "head.bias" {
			continue
		}
		var most float32
		for _, v := range p.Value {
			most = max(most, v, -v)
		}
		if !(most <= bound && most > 0.8*bound) {
			t.Errorf("the largest element of %s is %v, want almost %v", p.Name, most, bound)
		}
	}
}

func TestInitRangeIsForUniform(t *testing.T) {
	for _, init := range []Init{{Range: 0.1}, {Scheme: Uniform, Range: -1}, {Scheme: Identity, Range: 0.1}} {
		if err := init.validate(); err == nil {
			t.Errorf("%+v is accepted", init)
		}
	}
}
