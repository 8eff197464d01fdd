package model_test

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// runTolerance bounds float32 against PyTorch's float64 in a run: an error of 1e-6 of a gradient changes Adam's step by
// as much of itself, and ten steps of 0.02 move a weight by no more than 0.2. 3e-7 was the most on two kinds of kernels.
const runTolerance = 3e-6

// TestFirstLossesAgainstPyTorch repeats the run of testdata/pytorch.py: Adam, gradients clipped by their global norm,
// truncated backpropagation with the state carried from window to window.
func TestFirstLossesAgainstPyTorch(t *testing.T) {
	for _, cell := range model.Cells {
		t.Run(string(cell), func(t *testing.T) {
			fixture := model.ReadFixture(t, "training_"+string(cell))
			losses, norms := train(t, model.NewFixtureModel(t, cell), len(fixture.Losses))
			if len(losses) != 10 || len(fixture.Norms) != 10 {
				t.Fatalf("%d losses and %d norms, want 10", len(losses), len(fixture.Norms))
			}
			for i, want := range fixture.Losses {
				if !(math.Abs(losses[i]-want) <= runTolerance*want) {
					t.Errorf("loss of step %d is %v, want %v", i+1, losses[i], want)
				}
			}
			for i, want := range fixture.Norms {
				if !(math.Abs(norms[i]-want) <= runTolerance*want) {
					t.Errorf("norm of step %d is %v, want %v", i+1, norms[i], want)
				}
			}
		})
	}
}

func train(t *testing.T, m *model.LanguageModel, windows int) (losses, norms []float64) {
	const steps, streams, rate, limit = 5, 4, 0.02, 0.4
	w := model.NewWorkers(2)
	defer w.Close()
	window, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
	adam, err := optim.New(optim.Config{Name: optim.NameAdam}, m.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	clipper, err := optim.NewClipper(optim.Clip{Norm: limit}, m.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	text := model.FixtureTokens("text", (windows*steps+1)*streams)
	for i := range text {
		text[i] /= 2
	}
	for i := range windows {
		from, to := i*steps*streams, (i+1)*steps*streams
		m.Pack(w)
		nats := window.Forward(text[from:to], text[from+streams:to+streams], state, 0)
		window.Backward()
		clipped := clipper.Clip(w)
		adam.Step(rate, clipped.Scale, w)
		losses = append(losses, nats/(steps*streams))
		norms = append(norms, clipped.Norm)
	}
	return losses, norms
}
