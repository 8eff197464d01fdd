package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/internal/kernel"
)

// trainedBits is everything that a training window computes.
type trainedBits struct {
	nats         []float64
	state, grads []Named
}

func trainOnce(n *languageNet, key uint64) trainedBits {
	n.window.Forward(n.inputs, n.targets, n.state, key)
	n.window.Backward()
	got := trainedBits{nats: n.window.loss.nats, state: n.state.Tensors()}
	for _, p := range n.Parameters() {
		got.grads = append(got.grads, Named{Name: "gradient of " + p.Name, Data: p.Grad})
	}
	return got
}

func sameNats(t *testing.T, got, want []float64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("losses of the rows are %v, want the bits of %v", got, want)
	}
}

func sameTensors(t *testing.T, got, want []Named) {
	t.Helper()
	for i := range want {
		sameBits(t, want[i].Name, got[i].Data, want[i].Data)
	}
}

// TestWorkersDoNotChangeBits tries windows that go through the rows, and through the table where that is possible, and
// one of so many streams that few workers project the input in the time loop, and many before it.
func TestWorkersDoNotChangeBits(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		for _, window := range [][2]int{{3, 5}, {12, 5}, {2, 17}} {
			for _, precision := range []Precision{Float32, Mixed} {
				name := caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "window ", window, precision)
				t.Run(name, func(t *testing.T) { testWorkersDoNotChangeBits(t, cfg, window[0], window[1], precision) })
			}
		}
	}
}

func testWorkersDoNotChangeBits(t *testing.T, cfg Config, steps, streams int, precision Precision) {
	var want trainedBits
	for workers := 1; workers <= 3; workers++ {
		n := newLanguageNet(t, cfg, steps, streams, workers)
		n.SetPrecision(precision)
		n.Pack(n.workers)
		if workers == 1 {
			want = trainOnce(n, 81)
			continue
		}
		got := trainOnce(n, 81)
		sameNats(t, got.nats, want.nats)
		sameTensors(t, got.state, want.state)
		sameTensors(t, got.grads, want.grads)
	}
}

// TestWindowsInARow holds one window against two of half the length: a row is computed by the same arithmetic in the same
// order whatever rows stand around it, so even the bits are equal, although only the long window takes its projections
// from a table.
func TestWindowsInARow(t *testing.T) {
	const steps, streams = 5, 5
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			n := newLanguageNet(t, cfg, 2*steps, streams, 2)
			long, short := n.NewWindow(n.workers, 2*steps, streams), n.NewWindow(n.workers, steps, streams)
			state, half := n.NewState(streams), steps*streams
			state.CopyFrom(n.state)
			total := long.Forward(n.inputs, n.targets, n.state, 0)
			first := short.Forward(n.inputs[:half], n.targets[:half], state, 0)
			sameNats(t, short.loss.nats, long.loss.nats[:half])
			second := short.Forward(n.inputs[half:], n.targets[half:], state, 0)
			sameNats(t, short.loss.nats, long.loss.nats[half:])
			sameTensors(t, state.Tensors(), n.state.Tensors())
			if math.Abs(first+second-total) > 1e-12*total { // float64, added up in another order
				t.Errorf("%v and %v nats in two windows, %v in one", first, second, total)
			}
		})
	}
}

func TestStreamsDoNotMeet(t *testing.T) {
	const steps, streams = 10, 5
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			n := newLanguageNet(t, cfg, steps, streams, 2)
			all, one := n.NewWindow(n.workers, steps, streams), n.NewWindow(n.workers, steps, 1)
			start := n.NewState(streams)
			start.CopyFrom(n.state)
			all.Forward(n.inputs, n.targets, n.state, 0)
			for b := range streams {
				state, want := n.NewState(1), n.NewState(1)
				state.CopyStream(0, start, b)
				want.CopyStream(0, n.state, b)
				one.Forward(every(n.inputs, b, streams), every(n.targets, b, streams), state, 0)
				sameNats(t, one.loss.nats, every(all.loss.nats, b, streams))
				sameTensors(t, state.Tensors(), want.Tensors())
			}
		})
	}
}

// every returns x[from], x[from+step] and so on.
func every[T any](x []T, from, step int) []T {
	var y []T
	for i := from; i < len(x); i += step {
		y = append(y, x[i])
	}
	return y
}

func TestEvaluationDisturbsNothing(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			n := newLanguageNet(t, cfg, 10, 5, 2)
			for _, p := range n.Parameters() {
				fillUniform(p.Grad, 1, rand.New(rand.NewPCG(5, 6)))
			}
			before := gradsOf(n.Parameters())
			nats := n.NewWindow(n.workers, 10, 5).Forward(n.inputs, n.targets, n.state, 82)
			for i, p := range n.Parameters() {
				sameBits(t, "gradient of "+p.Name, p.Grad, before[i])
			}
			n.ref.dropping = false
			want, _ := n.reference()
			compare(t, "loss without dropout", []float64{nats}, []float64{want}, forwardTolerance)
		})
	}
}

func gradsOf(params []*Parameter) [][]float32 {
	var all [][]float32
	for _, p := range params {
		all = append(all, slices.Clone(p.Grad))
	}
	return all
}

// TestBackwardOverwrites trains twice on one window: what the first left behind must not show.
func TestBackwardOverwrites(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		for _, steps := range []int{3, 12} {
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "steps ", steps), func(t *testing.T) {
				want := trainOnce(newLanguageNet(t, cfg, steps, 5, 2), 83)
				n := newLanguageNet(t, cfg, steps, 5, 2)
				start := n.NewState(5)
				start.CopyFrom(n.state)
				n.inputs, n.targets = n.targets, n.inputs
				trainOnce(n, 84)
				n.inputs, n.targets = n.targets, n.inputs
				n.state.CopyFrom(start)
				got := trainOnce(n, 83)
				sameNats(t, got.nats, want.nats)
				sameTensors(t, got.state, want.state)
				sameTensors(t, got.grads, want.grads)
			})
		}
	}
}

// TestDropoutKeys: the same key drops the same, another key something else.
func TestDropoutKeys(t *testing.T) {
	cfg := Config{VocabSize: 23, Embedding: 19, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 37}}
	for name, set := range map[string]func(*Config){
		"input":   func(c *Config) { c.InputDropout = 0.3 },
		"between": func(c *Config) { c.Dropout = 0.3 },
		"output":  func(c *Config) { c.OutputDropout = 0.3 },
		"tokens":  func(c *Config) { c.EmbeddingDropout = 0.3 },
		"weights": func(c *Config) { c.WeightDrop = 0.3 },
	} {
		t.Run(name, func(t *testing.T) {
			c := cfg
			set(&c)
			run := func(key uint64) []float64 { return trainOnce(newLanguageNet(t, c, 10, 5, 2), key).nats }
			first := run(85)
			sameNats(t, run(85), first)
			if slices.Equal(run(86), first) {
				t.Error("another key gives the same losses")
			}
		})
	}
}

// TestDropoutsDiffer: no two places of a network, and no two windows, drop the same elements.
func TestDropoutsDiffer(t *testing.T) {
	seen := map[string]string{}
	for key := range uint64(10) {
		for layer := range 10 {
			mask := slices.Repeat([]float32{1}, 64)
			kernel.Dropout(mask, mask, 0.5, dropoutKey(key, layer), 0)
			name, pattern := fmt.Sprintf("key %d, layer %d", key, layer), fmt.Sprint(mask)
			if other, ok := seen[pattern]; ok {
				t.Errorf("%s drops what %s does", name, other)
			}
			seen[pattern] = name
		}
	}
}

// TestBlocksOfLogits holds a loss in blocks of rows against the same in one: a large vocabulary must change nothing.
func TestBlocksOfLogits(t *testing.T) {
	cfg := Config{VocabSize: 23, Embedding: 19, RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 1, Hidden: 37}}
	want := trainOnce(newLanguageNet(t, cfg, 10, 5, 2), 0)
	for _, rows := range []int{1, 7, 25, 49} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			n := newLanguageNet(t, cfg, 10, 5, 2)
			n.window.loss.logits = kernel.NewMatrix(rows, cfg.VocabSize)
			got := trainOnce(n, 0)
			sameNats(t, got.nats, want.nats)
			sameTensors(t, got.grads, want.grads)
		})
	}
}

func TestTrainingAllocatesNothing(t *testing.T) {
	for _, cfg := range languageConfigs(23, 19, 2, 37) {
		for workers := 1; workers <= 2; workers++ {
			t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights, "workers ", workers), func(t *testing.T) {
				n := newLanguageNet(t, cfg, 10, 5, workers)
				allocs := testing.AllocsPerRun(5, func() {
					n.Pack(n.workers)
					n.window.Forward(n.inputs, n.targets, n.state, 87)
					n.window.Backward()
				})
				if allocs != 0 {
					t.Errorf("%v allocations in a step", allocs)
				}
			})
		}
	}
}
