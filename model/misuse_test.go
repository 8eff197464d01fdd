package model

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A caller's mistakes are named where they are made.
func TestMisusePanics(t *testing.T) {
	cfg := Config{VocabSize: 5, Embedding: 4, RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 1, Hidden: 4}}
	fresh := func(t *testing.T) *LanguageModel {
		m, err := NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	w := NewWorkers(1)
	defer w.Close()
	packed := func(t *testing.T) *LanguageModel {
		m := fresh(t)
		m.Pack(w)
		return m
	}
	probed := func(t *testing.T) *LanguageModel {
		m := fresh(t)
		m.NewProbe(w, 3, 2)
		m.Pack(w)
		return m
	}
	classifier := func(t *testing.T) *Classifier {
		cfg := ClassifierConfig{VocabSize: 5, Embedding: 4, Labels: 2, Pooling: PoolLast, RecurrentConfig: cfg.RecurrentConfig}
		m, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	tokens := make([]int32, 6)
	forwarded := func(t *testing.T) *Batch {
		m := classifier(t)
		b := m.NewTrainingBatch(w)
		m.Pack(w)
		b.Forward([]Document{{Tokens: tokens}}, 0)
		return b
	}
	for _, c := range []struct {
		name, want string
		do         func(t *testing.T)
	}{
		{"forward unpacked", "not packed", func(t *testing.T) {
			m := fresh(t)
			m.NewWindow(w, 3, 2).Forward(tokens, tokens, m.NewState(2), 0)
		}},
		{"forward unpacked for training", "not packed", func(t *testing.T) {
			m := packed(t)
			m.NewTrainingWindow(w, 3, 2).Forward(tokens, tokens, m.NewState(2), 0)
		}},
		{"forward unpacked in a second window for training", "not packed", func(t *testing.T) {
			m := fresh(t)
			m.NewTrainingWindow(w, 3, 2)
			m.NewTrainingWindow(w, 3, 2).Forward(tokens, tokens, m.NewState(2), 0)
		}},
		{"forward in another precision", "not packed", func(t *testing.T) {
			m := packed(t)
			m.SetPrecision(BFloat16)
			m.NewWindow(w, 3, 2).Forward(tokens, tokens, m.NewState(2), 0)
		}},
		{"step unpacked", "not packed", func(t *testing.T) { fresh(t).NewStepper(w, 2) }},
		{"window and state", "a state of 3 streams for 2", func(t *testing.T) {
			m := packed(t)
			m.NewWindow(w, 3, 2).Forward(tokens, tokens, m.NewState(3), 0)
		}},
		{"stepper and state", "a state of 1 streams for 2", func(t *testing.T) {
			m := packed(t)
			m.NewStepper(w, 2).Step(m.NewState(1), tokens[:2])
		}},
		{"backward without gradients", "NewTrainingWindow", func(t *testing.T) {
			m := packed(t)
			win := m.NewWindow(w, 3, 2)
			win.Forward(tokens, tokens, m.NewState(2), 0)
			win.Backward()
		}},
		{"too few frequencies", "4 tokens", func(t *testing.T) { fresh(t).PredictFrequencies([]int{1, 2, 3, 4}) }},
		{"negative frequency", "a frequency of -1", func(t *testing.T) { fresh(t).PredictFrequencies([]int{1, 2, 3, 4, -1}) }},
		{"probe unpacked", "not packed", func(t *testing.T) {
			m := packed(t)
			m.NewProbe(w, 3, 2).Measure(tokens, tokens[:2], m.NewState(2))
		}},
		{"probe and state", "a state of 3 streams for 2", func(t *testing.T) {
			m := probed(t)
			m.NewProbe(w, 3, 2).Measure(tokens, tokens[:2], m.NewState(3))
		}},
		{"probe and inputs", "4 tokens for 6 rows", func(t *testing.T) {
			m := probed(t)
			m.NewProbe(w, 3, 2).Measure(tokens[:4], tokens[:2], m.NewState(2))
		}},
		{"probe and targets", "6 tokens for 2 rows", func(t *testing.T) {
			m := probed(t)
			m.NewProbe(w, 3, 2).Measure(tokens, tokens, m.NewState(2))
		}},
		{"transducer unpacked", "not packed", func(t *testing.T) {
			m, err := NewTransducer(TransducerConfig{Inputs: 2, Outputs: 1, RecurrentConfig: cfg.RecurrentConfig}, rand.New(rand.NewPCG(1, 2)))
			if err != nil {
				t.Fatal(err)
			}
			m.Pack(w) // before there was anything to go back by
			m.NewTransduction(w, 3, 1, 1).Forward(make([]float32, 6), 0)
		}},
		{"classifier unpacked", "not packed", func(t *testing.T) {
			classifier(t).NewBatch(w).Forward([]Document{{Tokens: tokens}}, 0)
		}},
		{"document without tokens", "document 1 has no tokens", func(t *testing.T) {
			m := classifier(t)
			m.Pack(w)
			m.NewBatch(w).Forward([]Document{{Tokens: tokens}, {}}, 0)
		}},
		{"document without tokens in training", "document 1 has no tokens", func(t *testing.T) {
			m := classifier(t)
			b := m.NewTrainingBatch(w)
			m.Pack(w)
			b.Forward([]Document{{Tokens: tokens}, {}}, 0)
		}},
		{"backward of a batch without gradients", "NewTrainingBatch", func(t *testing.T) {
			m := classifier(t)
			m.Pack(w)
			b := m.NewBatch(w)
			b.Forward([]Document{{Tokens: tokens}}, 0)
			b.Backward([][]float32{{1, 2}})
		}},
		{"backward of other documents", "gradients of 2 documents", func(t *testing.T) { forwarded(t).Backward([][]float32{{1, 2}, {3, 4}}) }},
		{"backward of no documents", "gradients of 0 documents", func(t *testing.T) { forwarded(t).Backward(nil) }},
		{"backward of other labels", "gradients of 1 labels", func(t *testing.T) { forwarded(t).Backward([][]float32{{1}}) }},
		{"copy of fewer streams", "other streams", func(t *testing.T) {
			m := fresh(t)
			m.NewState(2).CopyFrom(m.NewState(1))
		}},
		{"scored behind the window", "from step 3", func(t *testing.T) {
			m := packed(t)
			m.NewWindow(w, 3, 2).ForwardPart(tokens, tokens, m.NewState(2), 0, 3, 3)
		}},
		{"on behind the window", "4 steps on", func(t *testing.T) {
			m := packed(t)
			m.NewWindow(w, 3, 2).ForwardPart(tokens, tokens, m.NewState(2), 0, 0, 4)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want one with %q", got, c.want)
				}
			}()
			c.do(t)
		})
	}
}
