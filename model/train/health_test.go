package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

func TestProbedLags(t *testing.T) {
	for steps, want := range map[int][]int{
		1:  {0},
		2:  {0, 1},
		3:  {0, 1, 2},
		5:  {0, 1, 2, 3, 4},
		17: {0, 1, 2, 3, 4, 6, 8, 12, 16},
		35: {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 34},
		64: {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 63},
	} {
		if got := ProbedLags(steps); !slices.Equal(got, want) {
			t.Errorf("%d steps: lags %v, want %v", steps, got, want)
		}
	}
}

// healthSteps returns the steps at which a run of the quadratic was measured.
func healthSteps(t *testing.T, steps, every int) (at []int) {
	q, h := newQuadratic(), &history{}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.HealthEvery, cfg.LogEvery = steps, every, 1
	run(t, newLoop(t, q, cfg, h.hooks()))
	for _, r := range h.records {
		if r.Health != nil {
			if r.Health.Step != r.Step {
				t.Errorf("the record of step %d has the health of step %d", r.Step, r.Health.Step)
			}
			at = append(at, r.Step)
		}
	}
	return at
}

func TestHealthIsMeasuredNowAndThen(t *testing.T) {
	for _, c := range []struct {
		steps, every int
		want         []int
	}{
		{60, 0, []int{1, 25, 50, 60}},
		{60, 20, []int{1, 20, 40, 60}},
		{60, -1, nil},
		{60, 100, []int{1, 60}},
	} {
		if got := healthSteps(t, c.steps, c.every); !slices.Equal(got, c.want) {
			t.Errorf("%d steps, every %d: measured at %v, want %v", c.steps, c.every, got, c.want)
		}
	}
	long := healthSteps(t, 12000, 0)
	want := []int{1, 25, 50, 60, 75, 100, 120, 125, 150, 175, 180, 200, 240, 300}
	if !slices.Equal(long[:len(want)], want) {
		t.Errorf("a long run is measured at %v", long[:len(want)])
	}
}

// What is probed is the first streams of the last window, from the state that they had there.
func TestProbeReadsTheLastWindow(t *testing.T) {
	const steps = 6
	m, w := newModel(t, vocab, 0), newWorkers(t, 1)
	o := newObjective(t, m, w, BPTT{Batch: probeStreams + 1, Steps: steps}, babble(400, vocab, 1), nil)
	probe, from := m.NewProbe(w, steps, probeStreams), m.NewState(probeStreams)
	m.Pack(w)
	for range 2 {
		for b := range probeStreams {
			from.CopyStream(b, o.state, b)
		}
		if _, err := o.Step(); err != nil {
			t.Fatal(err)
		}
	}
	var inputs []int32
	for at := range steps {
		inputs = append(inputs, o.inputs[at*o.cfg.Batch:][:probeStreams]...)
	}
	last := (steps - 1) * o.cfg.Batch
	want := probe.Measure(inputs, o.targets[last:last+probeStreams], from)
	got := o.Probe()
	for i, layer := range got.Layers {
		for j, k := range got.Lags {
			if layer.Gradient[j] != told(want[i].Gradient[k]) {
				t.Errorf("layer %d: the gradient at lag %d is %v, want %v", i, k, layer.Gradient[j], told(want[i].Gradient[k]))
			}
		}
	}
}

// TestHealthOfAStep works the numbers of one step out by hand.
func TestHealthOfAStep(t *testing.T) {
	q, h := newQuadratic(), &history{}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.HealthEvery = 10, 5
	cfg.Optimizer, cfg.Schedule = optim.Config{Name: optim.NameSGD}, optim.ScheduleConfig{Rate: 0.5}
	cfg.Clip = optim.Clip{Norm: 4} // some steps are above it
	var before, grad float64
	var norms []float64
	hooks := h.hooks()
	hooks.BeforeUpdate = func(u Update) error {
		norms = append(norms, u.Clipped.Norm)
		if u.Step == 5 {
			before, grad = float64(q.param.Value[0]), u.Clipped.Norm
		}
		return nil
	}
	after := 0.0
	step := hooks.OnStep
	hooks.OnStep = func(r Record) error {
		if r.Step == 5 {
			after = float64(q.param.Value[0])
		}
		return step(r)
	}
	run(t, newLoop(t, q, cfg, hooks))
	i := slices.IndexFunc(h.records, func(r Record) bool { return r.Health != nil && r.Health.Step == 5 })
	got := *h.records[i].Health
	clipped := 0
	for _, n := range norms[1:5] {
		if n > cfg.Clip.Norm {
			clipped++
		}
	}
	if clipped == 0 || clipped == 4 || got.Clipped != float64(clipped)/4 || got.NormMax != told(slices.Max(norms[1:5])) {
		t.Errorf("%+v, want a share of %v clipped and a norm of %v", got, float64(clipped)/4, slices.Max(norms[1:5]))
	}
	p := got.Parameters[0]
	if p.Name != "w" || p.Gradient != told(grad) || p.Weight != told(math.Abs(after)) || math.Abs(p.Update-math.Abs(after-before)/math.Abs(after)) > 1e-3 {
		t.Errorf("%+v; the gradient was %v, the weight went from %v to %v", p, grad, before, after)
	}
}

func TestToldNumbersFitJSON(t *testing.T) {
	for x, want := range map[float64]float64{
		0: 0, 1.23456: 1.235, -2.5: -2.5, 1e-30: 1e-30, 1e39: 3.403e38, -1e39: 3.403e38, math.Inf(1): 3.403e38,
	} {
		if got := told(x); got != want {
			t.Errorf("%v is told as %v, want %v", x, got, want)
		}
	}
	if told(math.NaN()) != 3.403e38 {
		t.Error("NaN is told as it is")
	}
}

func TestHealthAsText(t *testing.T) {
	h := Health{NormMax: 1.25, Clipped: 0.04, Lags: []int{0, 1, 2, 3}, Layers: []LayerHealth{
		{Gradient: []float64{2, 1, 0.7, 0.49}, Gates: []GateHealth{{"i", 0.1, 0.2}, {"f", 0, 0.1}}},
		{Gradient: []float64{2, 1, 0.8, 0.64}, Gates: []GateHealth{{"i", 0.3, 0.26}, {"f", 0.5, 0}}},
	}}
	if got, want := h.String(), "gradient ≤ 1.2, clipped 4 %, kept 80 % a step back, i of layer 1 56 % saturated"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	h.Layers = []LayerHealth{{Gradient: []float64{2, 0.5, 0.05, 0.005}}, {Gradient: []float64{2, 0, 0.4, 0}}, {Gradient: []float64{2, 0, 0, 0}}}
	if got, want := h.String(), "gradient ≤ 1.2, clipped 4 %, kept 10 % a step back"; got != want {
		t.Errorf("layers that go on from 1, 2 and 4 steps ago: %q, want %q", got, want)
	}
	h.Layers = []LayerHealth{{Gradient: []float64{2, 0, 0.5, 0, 0.32}}}
	h.Lags = []int{0, 1, 2, 3, 4}
	if got, want := h.String(), "gradient ≤ 1.2, clipped 4 %, kept 80 % a step back"; got != want {
		t.Errorf("a layer that goes on from 2 steps ago: %q, want %q", got, want)
	}
	h.Lags, h.Layers = nil, []LayerHealth{{Name: "layer 0 forwards", Gates: []GateHealth{{"i", 0.002, 0.002}}}}
	if got, want := h.String(), "gradient ≤ 1.2, clipped 4 %"; got != want {
		t.Errorf("a gate that is next to never saturated: %q, want %q", got, want)
	}
	if got, want := (&Health{NormMax: 2}).String(), "gradient ≤ 2, clipped 0 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHealthChangesNothing compares the bits of runs that are measured in every step and never.
func TestHealthChangesNothing(t *testing.T) {
	var with, without history
	always, never := newRecipe(), newRecipe()
	always.cfg.HealthEvery, never.cfg.HealthEvery = 1, -1
	never.cfg.Guard = GuardOff
	m1, l1 := always.start(t, nil, with.hooks())
	m2, l2 := never.start(t, nil, without.hooks())
	run(t, l1)
	run(t, l2)
	if !slices.Equal(with.losses(), without.losses()) || !equalValues(values(m1), values(m2)) {
		t.Error("a run that is measured has other bits")
	}
	layers := with.records[0].Health.Layers
	if len(layers) != 2 || len(layers[0].Gates) != 4 || len(layers[0].Gradient) != len(with.records[0].Health.Lags) {
		t.Errorf("%+v", with.records[0].Health)
	}
	for _, layer := range layers {
		for i, g := range layer.Gradient {
			if !(g > 0 && g < 10) {
				t.Errorf("the gradient at lag %d is %v", with.records[0].Health.Lags[i], g)
			}
		}
	}
}

// TestHealthIsResumed stops a run after every step: what is to be told of it must not depend on that.
func TestHealthIsResumed(t *testing.T) {
	r := newRecipe()
	r.cfg.HealthEvery, r.cfg.LogEvery, r.cfg.Steps = 5, 3, 12
	told := func(h *history) (out []Health) {
		for _, rec := range h.records {
			if rec.Health != nil {
				out = append(out, *rec.Health)
			}
		}
		return out
	}
	var straight, pieces history
	_, l := r.start(t, nil, straight.hooks())
	run(t, l)
	var m *model.LanguageModel
	for step := 1; ; step++ {
		ctx, cancel := context.WithCancel(context.Background())
		hooks := pieces.hooks()
		hooks.BeforeUpdate = func(u Update) error {
			if u.Step == step {
				cancel()
			}
			return nil
		}
		var from [][]float32
		if m != nil {
			from = values(m)
		}
		next, l := r.start(t, from, hooks)
		if m != nil {
			if err := l.Restore(throughJSON(t, pieces.last)); err != nil {
				t.Fatal(err)
			}
		}
		m = next
		_, err := l.Run(ctx)
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if got, want := told(&pieces), told(&straight); len(want) != 3 || !reflect.DeepEqual(got, want) {
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		t.Errorf("%s\nwant\n%s", a, b)
	}
}

// BenchmarkHealth compares runs that are measured every minHealthEvery steps, which is the most that the default comes to
// after earlySteps, and guarded, with runs that are neither. They take turns of goodEvery steps, so that what else the
// machine does falls on both. What counts is the metric overhead-%, the median of the turns: run it with -benchtime 20x.
func BenchmarkHealth(b *testing.B) {
	for _, c := range []struct {
		preset string
		hidden int
	}{{"tiny", 128}, {"small", 256}} {
		b.Run(c.preset, func(b *testing.B) {
			plain, watched := longLoop(b, c.hidden, -1, GuardOff), longLoop(b, c.hidden, minHealthEvery, GuardAct)
			var ratios []float64
			for i := 0; b.Loop(); i++ {
				var spent [2]float64
				for j := range 2 {
					which := (i + j) % 2
					began := time.Now()
					advance(b, []*Loop{plain, watched}[which], goodEvery)
					spent[which] = time.Since(began).Seconds()
				}
				ratios = append(ratios, spent[1]/spent[0])
			}
			slices.Sort(ratios)
			b.ReportMetric(100*(ratios[len(ratios)/2]-1), "overhead-%")
		})
	}
}

// longLoop prepares a run in the shape of a preset, with a thousand measurements.
func longLoop(b *testing.B, hidden, every int, guard GuardMode) *Loop {
	cfg := model.Config{VocabSize: 65, Embedding: hidden, RecurrentConfig: model.RecurrentConfig{Cell: model.LSTM, Layers: 2, Hidden: hidden}}
	m, err := model.NewLanguageModel(cfg, newRand())
	if err != nil {
		b.Fatal(err)
	}
	w := newWorkers(b, 2)
	o := newObjective(b, m, w, BPTT{Batch: 32, Steps: 64}, babble(1<<17, 65, 1), nil)
	l, err := NewLoop(o, w, Config{
		Steps: 1000 * minHealthEvery, EvalEvery: -1, HealthEvery: every, Guard: guard,
		Optimizer: optim.Config{Name: optim.NameAdam}, Schedule: optim.ScheduleConfig{Rate: 1e-3}, Clip: optim.Clip{Norm: 1},
	}, Hooks{})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.plan(context.Background()); err != nil {
		b.Fatal(err)
	}
	advance(b, l, 2)
	return l
}

func advance(b *testing.B, l *Loop, steps int) {
	for range steps {
		if _, err := l.advance(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
