package model_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// A training loop by hand: a small LSTM learns to count to eight, over and over.
func ExampleLanguageModel() {
	const vocab, steps, streams = 8, 16, 4
	cfg := model.Config{VocabSize: vocab, Embedding: 16}
	cfg.Cell, cfg.Layers, cfg.Hidden = model.LSTM, 1, 16
	m, err := model.NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		panic(err)
	}
	w := model.NewWorkers(1)
	defer w.Close()

	win, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
	clipper, err := optim.NewClipper(optim.Clip{Norm: 1}, m.Parameters())
	if err != nil {
		panic(err)
	}
	adam, err := optim.New(optim.Config{Name: optim.NameAdam}, m.Parameters())
	if err != nil {
		panic(err)
	}

	inputs, targets := make([]int32, steps*streams), make([]int32, steps*streams)
	for i := range inputs {
		t, b := i/streams, i%streams
		inputs[i], targets[i] = int32((t+b)%vocab), int32((t+b+1)%vocab)
	}
	nats := 0.0
	for range 100 {
		m.Pack(w)
		nats = win.Forward(inputs, targets, state, 0)
		win.Backward()
		adam.Step(0.02, clipper.Clip(w).Scale, w)
	}
	fmt.Println("learned:", nats/(steps*streams) < 0.05)
	// Output: learned: true
}
