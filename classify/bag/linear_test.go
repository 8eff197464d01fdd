package bag

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// TestBayesByHand is the example of Manning, Raghavan and Schütze 2008, table 13.1: P(China | d5) ∝ 3/4 · (3/7)³ · 1/14
// · 1/14 and P(not China | d5) ∝ 1/4 · (2/9)³ · 2/9 · 2/9.
func TestBayesByHand(t *testing.T) {
	texts := []string{"Chinese Beijing Chinese", "Chinese Chinese Shanghai", "Chinese Macao", "Tokyo Japan Chinese"}
	b := TrainBayes(labelset.MultiClass, NGrams{Words: 1}, 2, texts, [][]int{{0}, {0}, {0}, {1}})
	got := make([]float32, 2)
	b.Logits("Chinese Chinese Chinese Tokyo Japan unknown", got)
	want := []float64{
		math.Log(3.0/4) + 3*math.Log(3.0/7) + 2*math.Log(1.0/14),
		math.Log(1.0/4) + 3*math.Log(2.0/9) + 2*math.Log(2.0/9),
	}
	for i, w := range want {
		if math.Abs(float64(got[i])-w) > 1e-5 {
			t.Errorf("label %d: %v, want %v", i, got[i], w)
		}
	}
	b = TrainBayes(labelset.MultiLabel, NGrams{Words: 1}, 1, texts, [][]int{{0}, {0}, {0}, {}})
	b.Logits("Chinese Chinese Chinese Tokyo Japan", got[:1])
	if math.Abs(float64(got[0])-(want[0]-want[1])) > 1e-5 {
		t.Errorf("multi-label %v, want %v", got[0], want[0]-want[1])
	}
}

// A label that all of four documents have, or none, has odds of 3½ to ½: x is as frequent with it, 3/6, as without, 1/2.
func TestBayesOfWhatAllOrNoneHave(t *testing.T) {
	all := [][]int{{0}, {0}, {0}, {0}}
	b := TrainBayes(labelset.MultiLabel, NGrams{Words: 1}, 2, []string{"x", "x", "y", "y"}, all)
	got := make([]float32, 2)
	b.Logits("x", got)
	for i, want := range []float64{math.Log(7), -math.Log(7)} {
		if math.Abs(float64(got[i])-want) > 1e-6 {
			t.Errorf("label %d: %v, want %v", i, got[i], want)
		}
	}
}

// TestLinearGradient holds a step against central differences of the loss.
func TestLinearGradient(t *testing.T) {
	for _, task := range []labelset.Task{labelset.MultiClass, labelset.MultiLabel} {
		l := NewLinear(task, NGrams{Words: 1, Buckets: 8}, 3)
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range l.weights {
			l.weights[i] = rng.Float32() - 0.5
		}
		ids, truth := []int32{1, 4, 4, 7}, []int{2}
		loss := func() float64 {
			z := make([]float32, 3)
			l.scores(ids, z)
			fitted, err := measure.FitTemperature(task, [][]float32{z}, [][]int{truth})
			if err != nil {
				t.Fatal(err)
			}
			f := fitted.Before
			if task == labelset.MultiLabel {
				f *= 3
			}
			return f
		}
		numeric := make([]float64, len(l.weights))
		const h = 1e-2
		for i := range l.weights {
			w := l.weights[i]
			l.weights[i] = w + h
			up := loss()
			l.weights[i] = w - h
			numeric[i] = (up - loss()) / (2 * h)
			l.weights[i] = w
		}
		before := slices.Clone(l.weights)
		l.step(ids, truth, 1, make([]float32, 3))
		for i, w := range l.weights {
			// float32 losses of about 1 over 2h, and h² of the third derivative
			if got := float64(before[i] - w); math.Abs(got-numeric[i]) > 2e-4 {
				t.Errorf("%s: gradient of weight %d is %v, want %v", task, i, got, numeric[i])
			}
		}
	}
}

// Naive Bayes of very many labels takes memory for what the texts have, not for each part and label.
func TestBayesOfManyLabels(t *testing.T) {
	const labels = 2000
	var texts []string
	var truth [][]int
	for i := range labels {
		texts = append(texts, fmt.Sprintf("a%d b%d c%d d%d", i, i, i, i))
		truth = append(truth, []int{i})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b := TrainBayes(labelset.MultiClass, NGrams{Words: 1}, labels, texts, truth)
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(16<<20); got > most {
		t.Errorf("%d bytes were allocated for %d parts of %d labels, want at most %d", got, len(b.parts), labels, most)
	}
	row := make([]float32, labels)
	for _, i := range []int{0, 1, labels - 1} {
		b.Logits(texts[i], row)
		if best := measure.MostProbable(row); best != i {
			t.Errorf("text %d has label %d", i, best)
		}
	}
}

// TestSquash holds probabilities against those of the temperature 1, bit by bit.
func TestSquash(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, task := range []labelset.Task{labelset.MultiClass, labelset.MultiLabel} {
		l := NewLinear(task, NGrams{Buckets: 1}, 50)
		for range 100 {
			got := make([]float32, 50)
			for i := range got {
				got[i] = float32(20 * rng.NormFloat64())
			}
			want := slices.Clone(got)
			measure.Temperature{T: 1}.Apply(task, want)
			if l.squash(got); !slices.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", task, got, want)
			}
		}
	}
}

// TestRows holds sums of rows, and what is added to rows, against one element after the other, bit by bit: with few labels
// and with as many as the kernel adds.
func TestRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, labels := range []int{1, fewLabels - 1, fewLabels, 77} {
		l := NewLinear(labelset.MultiClass, NGrams{Buckets: 5}, labels)
		l.first = 10
		for i := range l.weights {
			l.weights[i] = rng.Float32() - 0.5
		}
		ids, sum, change := []int32{11, 14, 11, 10}, make([]float32, labels), slices.Clone(l.weights[3*labels:4*labels])
		want, wantRows := make([]float32, labels), slices.Clone(l.weights)
		for _, id := range ids {
			for i := range want {
				want[i] += wantRows[(int(id)-10)*labels+i]
			}
		}
		if l.addRows(sum, ids); !slices.Equal(sum, want) {
			t.Errorf("%d labels: the sum is %v, want %v", labels, sum, want)
		}
		for _, id := range ids {
			for i, c := range change {
				wantRows[(int(id)-10)*labels+i] += c
			}
		}
		if l.addToRows(ids, change); !slices.Equal(l.weights, wantRows) {
			t.Errorf("%d labels: the weights are %v, want %v", labels, l.weights, wantRows)
		}
	}
}

// TestTrainStops ends training in the middle of a pass.
func TestTrainStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := NewLinear(labelset.MultiClass, NGrams{Buckets: 1}, 2)
	err := l.Train(stopAfter{ctx, new(int)}, LinearConfig{Epochs: 1, Rate: 1}, make([][]int32, 100), slices.Repeat([][]int{{0}}, 100), 1)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// stopAfter is a context that is cancelled while it is in use: after its error was asked for ten times.
type stopAfter struct {
	context.Context
	asked *int
}

func (s stopAfter) Err() error {
	if *s.asked++; *s.asked < 10 {
		return nil
	}
	return s.Context.Err()
}

// BenchmarkStep is a step of gradient descent on a short document, with few labels and with many.
func BenchmarkStep(b *testing.B) {
	for _, labels := range []int{2, 8, 32, 200, 2000} {
		b.Run(fmt.Sprint(labels), func(b *testing.B) {
			grams := NGrams{Buckets: min(1<<18, MostWeights/labels)}
			l, rng, p := NewLinear(labelset.MultiClass, grams, labels), rand.New(rand.NewPCG(1, 2)), make([]float32, labels)
			ids := make([]int32, 300)
			for b.Loop() {
				for i := range ids {
					ids[i] = int32(rng.ExpFloat64()*float64(grams.Buckets)/40) % int32(grams.Buckets)
				}
				l.step(ids, []int{rng.IntN(labels)}, 1, p)
			}
		})
	}
}
