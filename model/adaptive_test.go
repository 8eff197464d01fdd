package model

import (
	"fmt"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// adaptiveConfig has 4 frequent tokens and tails of 4 and 3.
func adaptiveConfig(hidden int) Config {
	return Config{
		VocabSize: FixtureVocab, Embedding: FixtureEmbedding, Cutoffs: []int{4, 8},
		RecurrentConfig: RecurrentConfig{Cell: RNN, Layers: 1, Hidden: hidden, OutputDropout: 0.2},
	}
}

// adaptiveNats returns −ln p(target) of an adaptive softmax, from the formula.
func (r *reference) adaptiveNats(x []float64, cfg Config, target int) float64 {
	frequent := affineAll(r.weights["head.head.weight"], r.weights["head.head.bias"], x)
	for i := len(cfg.Cutoffs) - 1; i >= 0; i-- {
		if target < cfg.Cutoffs[i] {
			continue
		}
		name, end := fmt.Sprintf("head.tail.%d.", i), append(cfg.Cutoffs, cfg.VocabSize)[i+1]
		narrow := affineAll(r.weights[name+"0.weight"], make([]float64, cfg.tailWidth(i)), x)
		logits := affineAll(r.weights[name+"1.weight"], make([]float64, end-cfg.Cutoffs[i]), narrow)
		return softmaxNats(frequent, cfg.Cutoffs[0]+i) + softmaxNats(logits, target-cfg.Cutoffs[i])
	}
	return softmaxNats(frequent, target)
}

func TestAdaptiveSoftmax(t *testing.T) {
	for _, steps := range []int{3, 12} {
		n := newLanguageNet(t, adaptiveConfig(20), steps, 5, 2)
		n.ref.key = 78
		nats := n.window.Forward(n.inputs, n.targets, n.state, 78)
		n.window.Backward()
		want, _ := n.reference()
		compare(t, "loss", []float64{nats}, []float64{want}, forwardTolerance)
		checkGradients(t, gradientTolerance, gradientsOf(n.Parameters(), n.ref), func() float64 {
			nats, _ := n.reference()
			return nats / float64(len(n.inputs))
		})
	}
}

// TestAdaptiveSoftmaxWithoutRareTokens: no row of a tail's own is no gradient, not that of the window before.
func TestAdaptiveSoftmaxWithoutRareTokens(t *testing.T) {
	n := newLanguageNet(t, adaptiveConfig(20), 4, 3, 2)
	n.window.Forward(n.inputs, n.targets, n.state, 0)
	n.window.Backward()
	for i := range n.targets {
		n.targets[i] %= 4
	}
	n.window.Forward(n.inputs, n.targets, n.state, 0)
	n.window.Backward()
	for _, tail := range n.tails {
		for _, h := range []*head{tail.project, tail.words} {
			sameBits(t, "gradient of "+h.weight.Name, h.weight.Grad, make([]float32, h.weight.Len()))
		}
	}
}

func TestAdaptiveSoftmaxAgainstPyTorch(t *testing.T) {
	const steps, streams = 7, 3
	fixture := ReadFixture(t, "adaptive")
	cfg := adaptiveConfig(16)
	cfg.OutputDropout = 0
	m, err := NewEmptyLanguageModel(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fillFixture(m.Parameters())
	w := testWorkers(t, 2)
	window, state := m.NewTrainingWindow(w, steps, streams), m.NewState(streams)
	m.Pack(w)
	fixtureState(state)
	inputs := FixtureTokens("inputs", steps*streams)
	nats := window.Forward(inputs, FixtureTokens("targets", steps*streams), state, 0)
	window.Backward()
	compare(t, "loss", []float64{nats / (steps * streams)}, []float64{fixture.Loss}, forwardTolerance)
	compareStates(t, state, fixture.Final)
	if len(fixture.Grads) != len(m.Parameters()) {
		t.Errorf("%d gradients in the fixture, %d parameters", len(fixture.Grads), len(m.Parameters()))
	}
	for _, p := range m.Parameters() {
		compare(t, "gradient of "+p.Name, widen(p.Grad), fixture.Grads[p.Name], gradientTolerance)
	}
	fixtureState(state)
	compare(t, "log-probabilities", stepScores(m.NewStepper(w, streams), state, inputs), fixture.Output["scores"], forwardTolerance)
}

// stepScores returns ln softmax of the logits of every step and stream.
func stepScores(s *Stepper, state *State, inputs []int32) []float64 {
	var scores []float64
	for n := state.Streams(); len(inputs) > 0; inputs = inputs[n:] {
		for _, logits := range s.Step(state, inputs[:n]) {
			sum := kernel.LogSumExp(logits)
			for _, v := range logits {
				scores = append(scores, float64(v)-sum)
			}
		}
	}
	return scores
}

// TestAdaptiveStepperIsAWindow holds what single steps predict against the losses of a window.
func TestAdaptiveStepperIsAWindow(t *testing.T) {
	for _, streams := range []int{3, 2 * minStrand} {
		checkAdaptiveStepper(t, adaptiveConfig(20), streams)
		remedied := adaptiveConfig(20)
		remedied.Highway, remedied.LayerNorm = true, true
		checkAdaptiveStepper(t, remedied, streams)
	}
}

func checkAdaptiveStepper(t *testing.T, cfg Config, streams int) {
	t.Helper()
	n := newLanguageNet(t, cfg, 5, streams, 2)
	stepper, state := n.NewStepper(n.workers, streams), n.NewState(streams)
	state.CopyFrom(n.state)
	window := n.NewWindow(n.workers, 5, streams)
	window.Forward(n.inputs, n.targets, n.state, 0)
	scores := stepScores(stepper, state, n.inputs)
	var got []float64
	for r, target := range n.targets {
		got = append(got, -scores[r*FixtureVocab+int(target)])
	}
	compare(t, "nats", got, window.loss.nats, 1e-6)
	if allocs := testing.AllocsPerRun(10, func() { stepper.Step(state, n.inputs[:streams]) }); allocs != 0 {
		t.Errorf("%v allocations in a step of %d streams", allocs, streams)
	}
}

func TestAdaptiveSoftmaxRepeats(t *testing.T) {
	const steps, streams = 9, 5
	cfg := adaptiveConfig(37)
	want := trainOnce(newLanguageNet(t, cfg, steps, streams, 1), 81)
	for workers := 1; workers <= 3; workers++ {
		n := newLanguageNet(t, cfg, steps, streams, workers)
		n.window.loss.logits = kernel.NewMatrix(7*workers, 6) // in blocks
		got := trainOnce(n, 81)
		sameNats(t, got.nats, want.nats)
		sameTensors(t, got.grads, want.grads)
		if allocs := testing.AllocsPerRun(5, func() { trainStep(n) }); allocs != 0 {
			t.Errorf("%v allocations in a step with %d workers", allocs, workers)
		}
	}
}

func trainStep(n *languageNet) {
	n.Pack(n.workers)
	n.window.Forward(n.inputs, n.targets, n.state, 87)
	n.window.Backward()
}

func TestDefaultCutoffs(t *testing.T) {
	for vocab, want := range map[int]string{10: "[]", 2000: "[]", 2001: "[2000]", 30_000: "[2000 10000]", 60_000: "[2000 10000 50000]"} {
		if got := fmt.Sprint(DefaultCutoffs(vocab)); got != want {
			t.Errorf("cut-offs of %d tokens are %s, want %s", vocab, got, want)
		}
	}
	if c := (Config{VocabSize: 1 << 24, Embedding: 1, Cutoffs: DefaultCutoffs(1 << 24), RecurrentConfig: RecurrentConfig{Cell: RNN, Layers: 1, Hidden: 1 << 14}}); c.Validate() != nil {
		t.Errorf("the largest vocabulary: %v", c.Validate())
	}
	if s := (Config{VocabSize: 30_000, Cutoffs: DefaultCutoffs(30_000), RecurrentConfig: RecurrentConfig{Hidden: 64}}).adaptiveSize(); s != 2002*65+16*(64+8000)+4*(64+20000) {
		t.Errorf("an adaptive softmax has %v weights", s)
	}
}
