package model

import "testing"

// precisions of weights when generating.
var precisions = map[string]Precision{"float32": Float32, "bfloat16": BFloat16, "int8": Int8}

// TestStepperIsAWindow holds the logits of single steps against those of a window over all of them, bit for bit: both do
// the same arithmetic in the same order. The larger vocabulary has no table of projections; the larger number of streams
// is shared among the workers, of the smaller one the work of each; 128 cells of a single LSTM are computed in fused
// steps, by both workers.
func TestStepperIsAWindow(t *testing.T) {
	const steps = 8
	for name, precision := range precisions {
		for _, sh := range []struct{ vocab, streams, hidden int }{
			{23, 3, 37}, {23, 2*minStrand + 1, 37}, {tableLimit + 1, 3, 37}, {23, 1, 128}, {tableLimit + 1, 1, 128},
		} {
			for _, cfg := range languageConfigs(sh.vocab, 19, 3, sh.hidden) {
				if sh.hidden > 37 && cfg.Cell != LSTM {
					continue
				}
				t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, name, " vocabulary ", sh.vocab, " streams ", sh.streams, " units ", sh.hidden), func(t *testing.T) {
					n := newLanguageNet(t, cfg, steps, sh.streams, 2)
					n.SetPrecision(precision)
					n.Pack(n.workers)
					stepper, state := n.NewStepper(n.workers, sh.streams), n.NewState(sh.streams)
					state.CopyFrom(n.state)
					window := n.NewWindow(n.workers, steps, sh.streams)
					window.Forward(n.inputs, n.targets, n.state, 0)
					for i := range steps {
						for b, logits := range stepper.Step(state, n.inputs[i*sh.streams:(i+1)*sh.streams]) {
							sameBits(t, "logits", logits, window.loss.logits.Row(i*sh.streams+b))
						}
					}
					sameTensors(t, state.Tensors(), n.state.Tensors())
				})
			}
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
	for name, precision := range precisions {
		for _, cfg := range append(languageConfigs(23, 19, 2, 37), languageConfigs(23, 19, 2, 64)...) {
			for _, streams := range []int{1, 3, 2 * minStrand} {
				t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, name, " streams ", streams), func(t *testing.T) {
					n := newLanguageNet(t, cfg, 2, streams, 2)
					n.SetPrecision(precision)
					n.Pack(n.workers)
					stepper, tokens := n.NewStepper(n.workers, streams), n.inputs[:streams]
					if allocs := testing.AllocsPerRun(10, func() { stepper.Step(n.state, tokens) }); allocs != 0 {
						t.Errorf("%v allocations in a step", allocs)
					}
				})
			}
		}
	}
}
