package optim

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/textgen-go/textgen/model"
)

// TestAveragesEqualPyTorch holds the means of five updates but the first against those of testdata/optimizers.py, and
// the weights themselves against plain SGD.
func TestAveragesEqualPyTorch(t *testing.T) {
	var fixture struct {
		Weights   [2][]float32
		Gradients [][2][]float32
		Averages  [][2][]float32
	}
	data, err := os.ReadFile("testdata/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &fixture); err != nil {
		t.Fatal(err)
	}
	w, cfg := workers(t, 1), Config{Name: NameNTASGD}
	params, plain := fixtureParameters(fixture.Weights), fixtureParameters(fixture.Weights)
	o := newOptimizer(t, cfg, params).(*ntasgd)
	sgd := newOptimizer(t, Config{Name: NameSGD}, plain)
	for step, grads := range fixture.Gradients {
		for i := range params {
			copy(params[i].Grad, grads[i])
			copy(plain[i].Grad, grads[i])
		}
		o.Step(0.1, 1, w)
		sgd.Step(0.1, 1, w)
		for i := range params {
			if !slices.Equal(params[i].Value, plain[i].Value) {
				t.Errorf("step %d: %s is %v, with plain SGD %v", step, params[i].Name, params[i].Value, plain[i].Value)
			}
		}
		if step == 0 {
			o.average = Average{On: true, From: 1}
			continue
		}
		if !o.Exchange(w) {
			t.Fatal("there are no averages")
		}
		for i, p := range params {
			compare(t, cfg, step, p, fixture.Averages[step-1][i])
		}
		o.Exchange(w)
	}
}

func fixtureParameters(weights [2][]float32) []*model.Parameter {
	return []*model.Parameter{parameter("weight", []int{2, 3}, weights[0]), parameter("bias", []int{3}, weights[1])}
}

// TestTrigger: averaging begins when a validation is worse than the best of those that lie more than Patience before it.
// Averages are there from the next step on; until then, Exchange says that there are none and leaves the weights.
func TestTrigger(t *testing.T) {
	for _, c := range []struct {
		name     string
		patience int
		losses   []float64
		on       bool
	}{
		{"falling", 2, []float64{5, 4, 3, 2, 1}, false},
		{"worse than recent ones", 2, []float64{5, 4, 1, 2, 3}, false},
		{"worse than an old one", 2, []float64{3, 2, 5, 6, 4}, true},
		{"worse than the first", 1, []float64{3, 3.5, 3.1}, true},
		{"equal", 1, []float64{3, 3, 3, 3}, false},
		{"by default after five more", 0, []float64{1, 2, 2, 2, 2, 2}, false},
		{"by default after six more", 0, []float64{1, 2, 2, 2, 2, 2, 2}, true},
		{"not a number", 1, []float64{1, 2, math.NaN()}, true},
	} {
		params, w := random(6), workers(t, 1)
		before := slices.Clone(params[0].Value)
		o := newOptimizer(t, Config{Name: NameNTASGD, Patience: c.patience}, params).(Averager)
		for _, l := range c.losses {
			o.Observe(l)
		}
		if o.Exchange(w) || !slices.Equal(params[0].Value, before) {
			t.Errorf("%s: averages of no step were exchanged", c.name)
		}
		o.Step(0.01, 1, w)
		if got := o.Exchange(w); got != c.on {
			t.Errorf("%s: averages: %v, want %v", c.name, got, c.on)
		}
	}
}

// TestAveragesSurviveAResume stops before and after averaging begins.
func TestAveragesSurviveAResume(t *testing.T) {
	cfg, w := Config{Name: NameNTASGD, Patience: 1}, workers(t, 2)
	losses := []float64{3, 4, 5, 6, 7, 8}
	advance := func(o Optimizer, losses []float64) {
		for _, l := range losses {
			o.Step(0.01, 1, w)
			o.(Averager).Observe(l)
		}
	}
	straight := random(3)
	whole := newOptimizer(t, cfg, straight)
	advance(whole, losses)
	if a := whole.State().Average; !a.On || a.From != 3 || a.Seen != nil {
		t.Fatalf("%+v, want averages from step 3 on", a)
	}
	whole.(Averager).Exchange(w)
	for stop := range losses {
		params := random(3)
		first := newOptimizer(t, cfg, params)
		advance(first, losses[:stop])
		second := newOptimizer(t, cfg, params)
		if err := second.Restore(throughJSON(t, first.State())); err != nil {
			t.Fatal(err)
		}
		advance(second, losses[stop:])
		second.(Averager).Exchange(w)
		for i, p := range params {
			if !slices.Equal(p.Value, straight[i].Value) {
				t.Errorf("stopped after %d steps: the mean of %s differs", stop, p.Name)
			}
		}
	}
}

func throughJSON(t *testing.T, s State) State {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out := State{Tensors: s.Tensors}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRestoreRefusesImpossibleAverages(t *testing.T) {
	o := newOptimizer(t, Config{Name: NameNTASGD}, random(4))
	for _, a := range []Average{{From: -1}, {On: true, From: 9}, {Seen: []float64{math.Inf(1)}}} {
		s := o.State()
		s.Average = a
		if o.Restore(s) == nil {
			t.Errorf("%+v is accepted", a)
		}
	}
}
