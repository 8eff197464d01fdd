package measure

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/textgen-go/textgen/classify/labelset"
)

// TestTemperatureAsSciPy allows for the tolerance of SciPy's search.
func TestTemperatureAsSciPy(t *testing.T) {
	for i, f := range fixtures(t) {
		t.Run(fmt.Sprint(i, " ", f.Task), func(t *testing.T) {
			got, err := FitTemperature(f.Task, f.Logits, f.Truth)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.T-f.Temperature) > 1e-5*f.Temperature {
				t.Errorf("temperature %v, want %v", got.T, f.Temperature)
			}
			if math.Abs(got.Before-f.LogLoss) > 1e-6 {
				t.Errorf("loss %v, want %v", got.Before, f.LogLoss)
			}
		})
	}
}

// TestTemperatureByHand has logits ±2 that are right three times of four: honest logits are ±ln 3, so T = 2/ln 3 with
// sigmoids, and twice that with a softmax over both.
func TestTemperatureByHand(t *testing.T) {
	truth := [][]int{{0}, {0}, {0}, {1}}
	for _, tt := range []struct {
		task   labelset.Task
		logits []float32
		want   float64
	}{
		{labelset.MultiClass, []float32{2, -2}, 4 / math.Log(3)},
		{labelset.MultiLabel, []float32{2, -2}, 2 / math.Log(3)},
	} {
		got, err := FitTemperature(tt.task, [][]float32{tt.logits, tt.logits, tt.logits, tt.logits}, truth)
		if err != nil || math.Abs(got.T-tt.want) > 1e-9 {
			t.Errorf("%s: temperature %v, error %v, want %v", tt.task, got.T, err, tt.want)
		}
	}
}

func TestTemperatureExtremes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		logits [][]float32
		truth  [][]int
		want   float64
	}{
		{"all right", [][]float32{{5, 0}, {0, 5}}, [][]int{{0}, {1}}, 1},
		{"all right by far", [][]float32{{1e30, -1e30}, {-1e30, 1e30}}, [][]int{{0}, {1}}, 1},
		{"all equal", [][]float32{{3, 3}}, [][]int{{1}}, 1},
		{"all wrong", [][]float32{{5, 0}, {0, 5}}, [][]int{{1}, {0}}, 100},
		{"wrong by far", [][]float32{{1e30, 0}, {0, 1e30}}, [][]int{{1}, {0}}, 100},
		{"one label", [][]float32{{7}}, [][]int{{0}}, 1},
		{"right and faint", [][]float32{{0.01, 0}, {0, 0.01}}, [][]int{{0}, {1}}, 1},
		{"mostly right and faint", [][]float32{{0.01, 0}, {0.01, 0}, {0.01, 0}}, [][]int{{0}, {0}, {1}}, 0.1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := FitTemperature(labelset.MultiClass, tt.logits, tt.truth)
			if err != nil || got.T != tt.want || math.IsNaN(got.After) {
				t.Errorf("%+v, error %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestTemperatureErrors(t *testing.T) {
	inf := float32(math.Inf(1))
	for name, tt := range map[string]struct {
		logits [][]float32
		truth  [][]int
	}{
		"none":        {nil, nil},
		"infinite":    {[][]float32{{inf, 0}}, [][]int{{0}}},
		"no label":    {[][]float32{{1, 0}}, [][]int{{}}},
		"wrong label": {[][]float32{{1, 0}}, [][]int{{2}}},
	} {
		if _, err := FitTemperature(labelset.MultiClass, tt.logits, tt.truth); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestTemperatureNeverWorse fits to any logits: the loss is at most that at 1 and at its neighbours.
func TestTemperatureNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task := rapid.SampledFrom([]labelset.Task{labelset.MultiClass, labelset.MultiLabel}).Draw(t, "task")
		n := rapid.IntRange(1, 20).Draw(t, "documents")
		size := rapid.Float64Range(0.01, 50).Draw(t, "size")
		logits, truth := make([][]float32, n), make([][]int, n)
		for i := range n {
			truth[i] = []int{rapid.IntRange(0, 2).Draw(t, "truth")}
			for range 3 {
				logits[i] = append(logits[i], float32(rapid.Float64Range(-size, size).Draw(t, "logit")))
			}
		}
		got, err := FitTemperature(task, logits, truth)
		if err != nil {
			t.Fatal(err)
		}
		if got.T < leastTemperature*0.999999 || got.T > mostTemperature || got.After > got.Before+1e-12 {
			t.Fatalf("%+v", got)
		}
		if got.T == 1 {
			return
		}
		for _, beta := range []float64{0.99 / got.T, 1.01 / got.T} {
			if 1/beta < leastTemperature || 1/beta > mostTemperature {
				continue
			}
			if f, _, _ := scaledLoss(task, logits, truth, beta); f < got.After-1e-12 {
				t.Fatalf("loss %v at %v, but %v at %v", got.After, got.T, f, 1/beta)
			}
		}
	})
}

// Logits of 0 and ln 4 are, at a temperature of 2, 0 and ln 2: a softmax gives 1/3 and 2/3, sigmoids 1/2 and 2/3.
func TestApplyByHand(t *testing.T) {
	for _, c := range []struct {
		task labelset.Task
		want [2]float64
	}{{labelset.MultiClass, [2]float64{1. / 3, 2. / 3}}, {labelset.MultiLabel, [2]float64{1. / 2, 2. / 3}}} {
		row := []float32{0, float32(math.Log(4))}
		Temperature{T: 2}.Apply(c.task, row)
		for i, want := range c.want {
			if math.Abs(float64(row[i])-want) > 1e-6 {
				t.Errorf("%s: probabilities %v, want %v", c.task, row, c.want)
			}
		}
	}
}
