package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// alone leaves a net a single document.
func (n *classifierNet) alone(d int) *classifierNet {
	n.docs, n.weights = n.docs[d:d+1], n.weights[d:d+1]
	return n
}

// TestBatchProbeGradients holds the norms of every layer and lag of a document against central differences of the float64
// reference. The differences of networks that read in both directions are held by TestBatchProbeAverages.
func TestBatchProbeGradients(t *testing.T) {
	const lags = 7
	for _, cfg := range classifierConfigs(2, 3) {
		if cfg.Bidirectional {
			continue
		}
		t.Run(classifierName(cfg), func(t *testing.T) {
			n := newClassifierNet(t, cfg, 2).alone(1)
			probe := n.batch.NewProbe(lags)
			n.run()
			for l, got := range probe.Measure(n.docs) {
				want := make([]float64, lags)
				for k := range n.docs[0].Tokens {
					want[k] = n.differenceNorm(l, len(n.docs[0].Tokens)-1-k)
				}
				compare(t, "gradient by lag", got.Gradient, want, gradientTolerance)
			}
		})
	}
}

// differenceNorm is the norm of the gradient of the only document's loss with respect to the output of a layer at a step.
func (n *classifierNet) differenceNorm(layer, step int) float64 {
	var squares float64
	for unit := range n.cfg.Hidden {
		var loss [2]float64
		for side, by := range [2]float64{difference, -difference} {
			n.ref.nudge = func(l, t int, h []float64) {
				if l == layer && t == step {
					h[unit] += by
				}
			}
			loss[side], _ = n.reference()
		}
		d := (loss[0] - loss[1]) / (2 * difference)
		squares += d * d
	}
	n.ref.nudge = nil
	return math.Sqrt(squares)
}

// TestBatchProbeAverages compares a batch with its documents one by one.
func TestBatchProbeAverages(t *testing.T) {
	const lags = 6
	for _, cfg := range classifierConfigs(2, 3) {
		if cfg.Dropout > 0 { // whose masks depend on where in a batch a document is
			continue
		}
		t.Run(classifierName(cfg), func(t *testing.T) {
			n := newClassifierNet(t, cfg, 1)
			probe := n.batch.NewProbe(lags)
			n.run()
			got := probe.Measure(n.docs)
			want, count := make([][lags]float64, len(got)), [lags]float64{}
			for d := range n.docs {
				one := newClassifierNet(t, cfg, 1).alone(d)
				alone := one.batch.NewProbe(lags)
				one.run()
				for k := range min(lags, len(one.docs[0].Tokens)) {
					count[k]++
				}
				for l, r := range alone.Measure(one.docs) {
					for k, norm := range r.Gradient {
						want[l][k] += norm
					}
				}
			}
			for l := range got {
				for k := range want[l] {
					want[l][k] *= float64(len(n.docs)) / max(1, count[k])
				}
				compare(t, "gradient by lag", got[l].Gradient, want[l][:], gradientTolerance)
			}
		})
	}
}

// TestBatchProbeChangesNothing compares the bits of training with and without measurements, and the gates with those of a
// training pass.
func TestBatchProbeChangesNothing(t *testing.T) {
	cfg := ClassifierConfig{VocabSize: 6, Embedding: 4, Labels: 3, Pooling: PoolLast,
		RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 9, Bidirectional: true}}
	run := func(measure bool) (bits []float32) {
		n := newClassifierNet(t, cfg, 2)
		probe := n.batch.NewProbe(4)
		for range 2 {
			n.run()
			if measure {
				probe.Measure(n.docs[:2])
			}
		}
		for _, p := range n.Parameters() {
			bits = append(append(bits, p.Value...), p.Grad...)
		}
		return bits
	}
	if !slices.Equal(run(true), run(false)) {
		t.Error("a measurement changed values or gradients")
	}
	n := newClassifierNet(t, cfg, 1)
	n.batch.Forward(n.docs, 0)
	var want LayerReading
	want.Gates = make([]GateReading, 4)
	for g, name := range probedGates(LSTM) {
		want.Gates[g].Name = name
	}
	readGates(n.batch.front.traces[1][1], &want)
	probe := n.batch.NewProbe(1)
	n.batch.Backward(n.weights)
	if got := probe.Measure(n.docs)[3].Gates; !slices.Equal(got, want.Gates) {
		t.Errorf("gates %+v, want %+v", got, want.Gates)
	}
}

// TestGateReadings opens one gate for good.
func TestGateReadings(t *testing.T) {
	cfg := ClassifierConfig{VocabSize: 6, Embedding: 4, Labels: 2, Pooling: PoolLast,
		RecurrentConfig: RecurrentConfig{Cell: GRU, Layers: 1, Hidden: 5}}
	c, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Parameters() {
		if p.Name == "rnn.bias_ih_l0" {
			for i := range cfg.Hidden {
				p.Value[cfg.Hidden+i] = 50 // the update gate
			}
		}
	}
	b := c.NewTrainingBatch(testWorkers(t, 1))
	c.Pack(b.workers)
	docs := []Document{{Tokens: []int32{1, 2, 3}}}
	b.Forward(docs, 0)
	b.Backward([][]float32{{1, -1}})
	r := b.NewProbe(2).Measure(docs)[0]
	if z := r.Gates[1]; z.Name != "z" || z.High != 1 || z.Low != 0 || r.Gates[0].High != 0 {
		t.Errorf("gates %+v, want an update gate at its upper limit alone", r.Gates)
	}
	if r.Dead != 1 {
		t.Errorf("%v of the units are dead; an update gate of 1 keeps them at 0", r.Dead)
	}
}
