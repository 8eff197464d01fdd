package optim

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model"
)

// parameter makes a parameter with a gradient of the same size.
func parameter(name string, shape []int, value []float32) *model.Parameter {
	return &model.Parameter{Name: name, Shape: shape, Value: slices.Clone(value), Grad: make([]float32, len(value))}
}

func workers(t testing.TB, n int) *model.Workers {
	w := model.NewWorkers(n)
	t.Cleanup(w.Close)
	return w
}

func newOptimizer(t testing.TB, cfg Config, params []*model.Parameter) Optimizer {
	t.Helper()
	o, err := New(cfg, params)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// everyOptimizer is one config of each kind, with all of its moments in use.
var everyOptimizer = []Config{
	{Name: NameSGD},
	{Name: NameSGD, Momentum: 0.9, WeightDecay: 0.01},
	{Name: NameRMSProp},
	{Name: NameAdam},
	{Name: NameAdamW, WeightDecay: 0.1},
	{Name: NameNTASGD, WeightDecay: 0.1},
}

// TestUpdatesEqualPyTorch holds five updates against those of testdata/optimizers.py.
func TestUpdatesEqualPyTorch(t *testing.T) {
	var fixture struct {
		Rates     []float64
		Weights   [2][]float32
		Gradients [][2][]float32
		Cases     []struct {
			Config Config
			After  [][2][]float32
		}
	}
	data, err := os.ReadFile("testdata/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &fixture); err != nil {
		t.Fatal(err)
	}
	w := workers(t, 1)
	for _, c := range fixture.Cases {
		params := fixtureParameters(fixture.Weights)
		o := newOptimizer(t, c.Config, params)
		for step, rate := range fixture.Rates {
			for i, p := range params {
				copy(p.Grad, fixture.Gradients[step][i])
				for j := range p.Grad {
					p.Grad[j] *= 4 // undone by the gradient scale
				}
			}
			o.Step(rate, 0.25, w)
			for i, p := range params {
				compare(t, c.Config, step, p, c.After[step][i])
			}
		}
	}
}

// compare allows for the roundings of a few float32 operations in another order.
func compare(t *testing.T, cfg Config, step int, p *model.Parameter, want []float32) {
	t.Helper()
	for j, v := range p.Value {
		if diff := math.Abs(float64(v - want[j])); diff > 2e-6*math.Max(1, math.Abs(float64(want[j]))) {
			t.Errorf("%+v, step %d: %s[%d] = %v, PyTorch has %v", cfg, step, p.Name, j, v, want[j])
		}
	}
}

// TestFirstStep holds one step against numbers worked out by hand: w = 1, g = 2, rate = 0.1.
func TestFirstStep(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want float64
	}{
		{Config{Name: NameSGD}, 1 - 0.1*2},
		{Config{Name: NameSGD, WeightDecay: 0.5}, 1 - 0.1*2.5},
		{Config{Name: NameRMSProp}, 1 - 0.1*2/math.Sqrt(0.01*4)}, // v = 0.01·2²
		{Config{}, 1 - 0.1},                                      // both moments corrected: m/√v = 1
		{Config{Name: NameAdamW, WeightDecay: 0.5}, 1 - 0.1*0.5 - 0.1},
	} {
		p := parameter("w", []int{1, 1}, []float32{1})
		p.Grad[0] = 2
		newOptimizer(t, c.cfg, []*model.Parameter{p}).Step(0.1, 1, workers(t, 1))
		if math.Abs(float64(p.Value[0])-c.want) > 1e-6 {
			t.Errorf("%+v: w = %v, want %v", c.cfg, p.Value[0], c.want)
		}
	}
}

// TestConvergence minimises Σ aᵢ(wᵢ−cᵢ)²/2 with curvatures a from 0.1 to 10.
func TestConvergence(t *testing.T) {
	centre := []float32{1, -2, 0.5, 3}
	curvature := []float32{0.1, 1, 3, 10}
	for _, c := range []struct {
		cfg   Config
		steps int
		rate  float64
	}{
		{Config{Name: NameSGD}, 1000, 0.1},
		{Config{Name: NameSGD, Momentum: 0.9}, 400, 0.05},
		{Config{Name: NameRMSProp}, 1500, 0.02},
		{Config{Name: NameAdam}, 1000, 0.1},
		{Config{Name: NameAdamW}, 1000, 0.1},
	} {
		p := parameter("w", []int{4, 1}, make([]float32, 4))
		o := newOptimizer(t, c.cfg, []*model.Parameter{p})
		w := workers(t, 1)
		for s := range c.steps {
			for i := range p.Grad {
				p.Grad[i] = curvature[i] * (p.Value[i] - centre[i])
			}
			o.Step(c.rate*(1-float64(s)/float64(c.steps)), 1, w)
		}
		for i, v := range p.Value {
			if math.Abs(float64(v-centre[i])) > 1e-2 {
				t.Errorf("%+v: w[%d] = %v, the minimum is at %v", c.cfg, i, v, centre[i])
			}
		}
	}
}

// random returns a model of several pieces with random values and gradients.
func random(seed uint64) []*model.Parameter {
	rng := rand.New(rand.NewPCG(seed, 0))
	params := []*model.Parameter{
		parameter("a", []int{3, pieceLen/2 + 1}, make([]float32, 3*(pieceLen/2+1))),
		parameter("b", []int{17}, make([]float32, 17)),
		parameter("c", []int{1, 2*pieceLen - 1}, make([]float32, 2*pieceLen-1)),
	}
	for _, p := range params {
		for i := range p.Value {
			p.Value[i] = rng.Float32() - 0.5
			p.Grad[i] = rng.Float32() - 0.5
		}
	}
	return params
}

func TestBitsDoNotDependOnWorkers(t *testing.T) {
	for _, cfg := range everyOptimizer {
		var want []*model.Parameter
		var norm Clipped
		for _, n := range []int{1, 2, 5} {
			params := random(1)
			o := newOptimizer(t, cfg, params)
			c := newClipper(t, Clip{Norm: 1, Value: 0.3}, params)
			w := workers(t, n)
			var clipped Clipped
			for range 3 {
				clipped = c.Clip(w)
				o.Step(0.01, clipped.Scale, w)
			}
			if want == nil {
				want, norm = params, clipped
				continue
			}
			if clipped != norm {
				t.Errorf("%s, %d workers: %+v instead of %+v", cfg.Name, n, clipped, norm)
			}
			for i, p := range params {
				if !slices.Equal(p.Value, want[i].Value) {
					t.Errorf("%s, %d workers: %s differs", cfg.Name, n, p.Name)
				}
			}
		}
	}
}

func TestStepsDoNotAllocate(t *testing.T) {
	params := random(2)
	w := workers(t, 2)
	c := newClipper(t, Clip{Norm: 1, Value: 0.3}, params)
	for _, cfg := range everyOptimizer {
		o := newOptimizer(t, cfg, params)
		allocs := testing.AllocsPerRun(5, func() { o.Step(0.01, c.Clip(w).Scale, w) })
		if allocs != 0 {
			t.Errorf("%s: %v allocations a step", cfg.Name, allocs)
		}
	}
}

func TestRestoreContinuesWithTheSameBits(t *testing.T) {
	w := workers(t, 1)
	for _, cfg := range everyOptimizer {
		straight := random(3)
		o := newOptimizer(t, cfg, straight)
		for range 4 {
			o.Step(0.01, 1, w)
		}

		resumed := random(3)
		first := newOptimizer(t, cfg, resumed)
		first.Step(0.01, 1, w)
		first.Step(0.01, 1, w)
		second := newOptimizer(t, cfg, resumed)
		if err := second.Restore(first.State()); err != nil {
			t.Fatal(err)
		}
		second.Step(0.01, 1, w)
		second.Step(0.01, 1, w)

		if second.State().Steps != 4 {
			t.Errorf("%s: %d steps, want 4", cfg.Name, second.State().Steps)
		}
		for i, p := range resumed {
			if !slices.Equal(p.Value, straight[i].Value) {
				t.Errorf("%s: %s differs after a restore", cfg.Name, p.Name)
			}
		}
	}
}

// TestStateHoldsWhatIsRemembered: one or two tensors a parameter, or none where nothing is remembered.
func TestStateHoldsWhatIsRemembered(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want int
	}{
		{Config{Name: NameSGD, WeightDecay: 0.1}, 0},
		{Config{Name: NameSGD, Momentum: 0.9}, 1},
		{Config{Name: NameRMSProp}, 1},
		{Config{Name: NameAdam}, 2},
		{Config{Name: NameAdamW}, 2},
		{Config{Name: NameNTASGD}, 1},
	} {
		params := random(4)
		if n := len(newOptimizer(t, c.cfg, params).State().Tensors); n != c.want*len(params) {
			t.Errorf("%+v: %d tensors of %d parameters, want %d of each", c.cfg, n, len(params), c.want)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	saved := func() State { return newOptimizer(t, Config{}, random(4)).State() }
	for _, c := range []struct {
		name  string
		spoil func(*State)
		want  string
	}{
		{"another optimiser", func(s *State) { s.Name = NameSGD }, `saved by "sgd", not by "adam"`},
		{"negative steps", func(s *State) { s.Steps = -1 }, "less than none"},
		{"too few tensors", func(s *State) { s.Tensors = s.Tensors[1:] }, "5 tensors where the model needs 6"},
		{"a name twice", func(s *State) { s.Tensors[1] = s.Tensors[0] }, "tensors"},
		{"a wrong name", func(s *State) { s.Tensors[1].Name = "adam.m.z" }, "tensor adam.m.b is missing"},
		{"a wrong shape", func(s *State) { s.Tensors[1].Shape = []int{16} }, "adam.m.b has shape [16]"},
		{"a wrong length", func(s *State) { s.Tensors[1].Data = s.Tensors[1].Data[:3] }, "3 elements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOptimizer(t, Config{}, random(4))
			s := saved()
			s.Tensors[0].Data[0] = 1
			c.spoil(&s)
			err := o.Restore(s)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if o.State().Tensors[0].Data[0] != 0 || o.State().Steps != 0 {
				t.Error("a refused state was partly restored")
			}
		})
	}
}

func TestConfigValidate(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Name: "adamax"}, `optimizer "adamax" is unknown`},
		{Config{Momentum: 1}, "momentum is 1"},
		{Config{Beta1: -0.1}, "beta1 is -0.1"},
		{Config{Beta2: math.NaN()}, "beta2 is NaN"},
		{Config{Epsilon: math.Inf(1)}, "epsilon is +Inf"},
		{Config{Epsilon: math.NaN()}, "epsilon is NaN"},
		{Config{Epsilon: -1e-8}, "epsilon is -1e-08"},
		{Config{Epsilon: 1e-50}, "epsilon is 1e-50"}, // 0 in float32: a weight without gradient would be 0/0
		{Config{Epsilon: 1e39}, "epsilon is 1e+39"},
		{Config{WeightDecay: -1}, "weight_decay is -1"},
	} {
		if _, err := New(c.cfg, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.cfg, err, c.want)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	params := random(5)
	var n int
	for _, p := range params {
		n += len(p.Value)
	}
	w := workers(b, 0)
	for _, cfg := range everyOptimizer {
		b.Run(cfg.Name, func(b *testing.B) {
			o := newOptimizer(b, cfg, params)
			b.SetBytes(int64(4 * n))
			for b.Loop() {
				o.Step(1e-6, 1, w)
			}
		})
	}
}
