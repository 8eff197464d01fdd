package model

import "testing"

// TestStepperIsAWindow holds the logits of single steps against those of a window over all of them, bit for bit: both do
// the same arithmetic in the same order. The larger vocabulary has no table of projections.
func TestStepperIsAWindow(t *testing.T) {
	const steps, streams = 8, 3
	for _, vocab := range []int{23, tableLimit + 1} {
		for _, cfg := range languageConfigs(vocab, 19, 3, 37) {
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "vocabulary ", vocab), func(t *testing.T) {
				n := newLanguageNet(t, cfg, steps, streams, 2)
				stepper, state := n.NewStepper(n.workers, streams), n.NewState(streams)
				state.CopyFrom(n.state)
				window := n.NewWindow(n.workers, steps, streams)
				window.Forward(n.inputs, n.targets, n.state, 0)
				for i := range steps {
					for b, logits := range stepper.Step(state, n.inputs[i*streams:(i+1)*streams]) {
						sameBits(t, "logits", logits, window.loss.logits.Row(i*streams+b))
					}
				}
				sameTensors(t, state.Tensors(), n.state.Tensors())
			})
		}
	}
}

// TestStepLeavesLogitsToTheCaller: a caller that overwrites the logits changes nothing but these.
func TestStepLeavesLogitsToTheCaller(t *testing.T) {
	n := newLanguageNet(t, languageConfigs(23, 19, 2, 37)[0], 8, 1, 1)
	clean, scribbled := n.NewStepper(n.workers, 1), n.NewStepper(n.workers, 1)
	a, b := n.NewState(1), n.NewState(1)
	for i := range n.inputs {
		want, got := clean.Step(a, n.inputs[i:i+1]), scribbled.Step(b, n.inputs[i:i+1])
		sameBits(t, "logits", got[0], want[0])
		clear(got[0])
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		for workers := 1; workers <= 2; workers++ {
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "workers ", workers), func(t *testing.T) {
				n := newLanguageNet(t, cfg, 2, 3, workers)
				stepper := n.NewStepper(n.workers, 3)
				if allocs := testing.AllocsPerRun(10, func() { stepper.Step(n.state, n.inputs[:3]) }); allocs != 0 {
					t.Errorf("%v allocations in a step", allocs)
				}
			})
		}
	}
}
