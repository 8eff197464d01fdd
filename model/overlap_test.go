package model_test

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// TestOverlappingWindowsAgainstPyTorch repeats the run of testdata/remedies.py: windows of 7 steps, 3 steps apart.
func TestOverlappingWindowsAgainstPyTorch(t *testing.T) {
	for _, cell := range []model.Cell{model.RNN, model.LSTM, model.GRU} {
		t.Run(string(cell), func(t *testing.T) {
			fixture := model.ReadFixture(t, "remedy_overlapping_"+string(cell))
			losses, norms := trainOverlapping(t, model.NewFixtureModel(t, cell), len(fixture.Losses))
			if len(losses) != 6 || len(fixture.Norms) != 6 {
				t.Fatalf("%d losses and %d norms, want 6", len(losses), len(fixture.Norms))
			}
			for i, want := range fixture.Losses {
				if !(math.Abs(losses[i]-want) <= runTolerance*want && math.Abs(norms[i]-fixture.Norms[i]) <= runTolerance*fixture.Norms[i]) {
					t.Errorf("loss and norm of step %d are %v and %v, want %v and %v", i+1, losses[i], norms[i], want, fixture.Norms[i])
				}
			}
		})
	}
}

func trainOverlapping(t *testing.T, m *model.LanguageModel, batches int) (losses, norms []float64) {
	const steps, every, streams, rate = 7, 3, 4, 0.5
	w := model.NewWorkers(2)
	defer w.Close()
	window, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
	sgd, err := optim.New(optim.Config{Name: optim.NameSGD}, m.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	clipper, err := optim.NewClipper(optim.Clip{}, m.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	text := model.FixtureTokens("text", (batches*every+steps+1)*streams)
	for i := range text {
		text[i] /= 2
	}
	for i := range batches {
		from, learned := i*every*streams, 0
		if i > 0 {
			learned = steps - every
		}
		to := from + steps*streams
		m.Pack(w)
		nats := window.ForwardPart(text[from:to], text[from+streams:to+streams], state, 0, learned, every)
		window.Backward()
		norms = append(norms, clipper.Clip(w).Norm)
		sgd.Step(rate, 1, w)
		losses = append(losses, nats/float64((steps-learned)*streams))
	}
	return losses, norms
}
