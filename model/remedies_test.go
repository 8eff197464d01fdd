package model

import "testing"

// TestRemediesAgainstPyTorch holds windows from states of zeros against those of testdata/remedies.py: what layer
// normalisation, highways, dilation and zoneout compute and how gradients flow through them. Zoneout is still there, for
// masks are this package's own: those of training are held against the float64 reference.
func TestRemediesAgainstPyTorch(t *testing.T) {
	const steps, streams = 7, 3
	for name, set := range map[string]func(*RecurrentConfig){
		"norm":     func(c *RecurrentConfig) { c.LayerNorm = true },
		"highway":  func(c *RecurrentConfig) { c.Highway = true },
		"dilation": func(c *RecurrentConfig) { c.Dilation = 3 },
		"zoneout": func(c *RecurrentConfig) {
			if c.Zoneout = 0.25; c.Cell == LSTM {
				c.ZoneoutCell = 0.5
			}
		},
	} {
		for _, cell := range []Cell{RNN, LSTM, GRU} {
			t.Run(name+"/"+string(cell), func(t *testing.T) {
				fixture := ReadFixture(t, "remedy_"+name+"_"+string(cell))
				cfg := NewFixtureModel(t, cell).Config()
				set(&cfg.RecurrentConfig)
				m, err := NewEmptyLanguageModel(cfg)
				if err != nil {
					t.Fatal(err)
				}
				fillFixture(m.Parameters())
				w := testWorkers(t, 2)
				window := m.NewTrainingWindow(w, steps, streams)
				window.front.quiet = true
				m.Pack(w)
				nats := window.Forward(FixtureTokens("inputs", steps*streams), FixtureTokens("targets", steps*streams), m.NewState(streams), 0)
				window.Backward()
				compare(t, "loss", []float64{nats / (steps * streams)}, []float64{fixture.Loss}, forwardTolerance)
				compareGrads(t, m.Parameters(), fixture.Grads)
			})
		}
	}
}
