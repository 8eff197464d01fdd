package model

import "testing"

// TestActivationPenaltyAgainstPyTorch: a window that learns from the last 5 of its 7 steps, from states of zeros.
func TestActivationPenaltyAgainstPyTorch(t *testing.T) {
	const steps, streams, learned = 7, 3, 2
	for _, cell := range []Cell{RNN, LSTM, GRU} {
		t.Run(string(cell), func(t *testing.T) {
			fixture := ReadFixture(t, "remedy_penalised_"+string(cell))
			m, w := NewFixtureModel(t, cell), testWorkers(t, 2)
			m.cfg.AR, m.cfg.TAR = 2, 3
			window := m.NewTrainingWindow(w, steps, streams)
			m.Pack(w)
			nats := window.ForwardPart(FixtureTokens("inputs", steps*streams), FixtureTokens("targets", steps*streams), m.NewState(streams), 0, learned, steps)
			window.Backward()
			compare(t, "loss", []float64{nats / ((steps - learned) * streams)}, []float64{fixture.Loss}, forwardTolerance)
			compareGrads(t, m.Parameters(), fixture.Grads)
		})
	}
}

// compareGrads holds the gradients of all parameters against those of a fixture.
func compareGrads(t *testing.T, params []*Parameter, want map[string][]float64) {
	t.Helper()
	if len(want) != len(params) {
		t.Errorf("%d gradients in the fixture, %d parameters", len(want), len(params))
	}
	for _, p := range params {
		compare(t, "gradient of "+p.Name, widen(p.Grad), want[p.Name], gradientTolerance)
	}
}
