package train_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/textgen-go/textgen/model/train"
)

// tokens is a text that is already tokenized.
type tokens []int32

func (t tokens) Len() int { return len(t) }

func (t tokens) Read(dst []int32, from int) int { return copy(dst, t[from:]) }

func Example() {
	text := make(tokens, 2000)
	for i := range text {
		text[i] = int32(i % 5 * (i % 3))
	}
	m, err := model.NewLanguageModel(model.Config{
		VocabSize: 9, Embedding: 8,
		RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 1, Hidden: 16},
	}, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	w := model.NewWorkers(0)
	defer w.Close()
	objective, err := train.NewLanguageModel(m, w, train.BPTT{Batch: 4, Steps: 20}, text[:1800], text[1800:])
	if err != nil {
		fmt.Println(err)
		return
	}
	loop, err := train.NewLoop(objective, w, train.Config{
		Steps:    200,
		Schedule: optim.ScheduleConfig{Name: optim.Cosine, Rate: 0.02},
		Clip:     optim.Clip{Norm: 1},
	}, train.Hooks{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := loop.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Ending, "after", result.Steps, "steps; has learned the text:", result.Best.Loss < 0.1)
	// Output: completed after 200 steps; has learned the text: true
}
