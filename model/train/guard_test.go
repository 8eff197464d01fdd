package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// spoiler is an objective that spoils a loss or a gradient, once, at a step.
type spoiler struct {
	*LanguageModel
	at    func() bool
	spoil func(b *Batch)
}

func (s *spoiler) Step() (Batch, error) {
	b, err := s.LanguageModel.Step()
	if s.at() {
		s.spoil(&b)
	}
	return b, err
}

// damaged makes a run in which one place holds a bad value at one step. The values of a parameter, the optimiser's
// tensors and the hidden state are spoilt between gradient and update.
func damaged(t *testing.T, place, optimizer string, step int, bad float32, guard GuardMode, h *history) (*LanguageModel, *Loop) {
	t.Helper()
	m := newModel(t, vocab, 0)
	w := newWorkers(t, 1)
	rng := rand.New(rand.NewPCG(uint64(step), 5))
	p := m.Parameters()[rng.IntN(len(m.Parameters()))]
	element := rng.IntN(p.Len())
	var l *Loop
	done := false
	now := func() bool {
		if done || l.state.Step != step-1 {
			return false
		}
		done = true
		return true
	}
	o := &spoiler{LanguageModel: newObjective(t, m, w, BPTT{Batch: 4, Steps: 8, Seed: 9}, babble(800, vocab, 1), babble(90, vocab, 2))}
	o.at, o.spoil = func() bool { return false }, nil
	hooks := h.hooks()
	switch place {
	case "loss":
		o.at, o.spoil = now, func(b *Batch) { b.Nats = float64(bad) }
	case "gradient":
		o.at, o.spoil = now, func(*Batch) { p.Grad[element] = bad }
	default:
		hooks.BeforeUpdate = func(Update) error {
			if now() {
				data := p.Value
				switch place {
				case "optimizer":
					data = anyOf(rng, l.optimizer.State().Tensors)
				case "hidden state":
					data = anyOf(rng, o.Position().Tensors)
				}
				data[element%len(data)] = bad
			}
			return nil
		}
	}
	var err error
	l, err = NewLoop(o, w, Config{
		Steps: 60, EvalEvery: 7, LogEvery: 2, SaveEvery: 1, Guard: guard,
		Optimizer: optim.Config{Name: optimizer, Momentum: 0.9}, Schedule: optim.ScheduleConfig{Rate: 1e-3}, Clip: optim.Clip{Norm: 1},
	}, hooks)
	if err != nil {
		t.Fatal(err)
	}
	return o.LanguageModel, l
}

func anyOf(rng *rand.Rand, tensors []model.Named) []float32 {
	return tensors[rng.IntN(len(tensors))].Data
}

// rememberers are the optimisers whose memory has a say in every step. That of NT-ASGD has none before it averages.
var rememberers = []string{optim.NameAdam, optim.NameAdamW, optim.NameRMSProp, optim.NameSGD}

// TestDamageIsAlwaysNoticed puts a NaN into each place at 50 random steps: it must be noticed in that step.
func TestDamageIsAlwaysNoticed(t *testing.T) {
	nan := float32(math.NaN())
	for i, place := range []string{"loss", "gradient", "weight", "optimizer"} {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		for j := range 50 {
			step, optimizer := 1+rng.IntN(60), rememberers[j%len(rememberers)]
			var h history
			_, l := damaged(t, place, optimizer, step, nan, GuardWarn, &h)
			l.cfg.SaveEvery = 100 // a save looks at everything, and is not to be what notices it
			_, err := l.Run(context.Background())
			var d *DivergedError
			if !errors.As(err, &d) || d.Step != step || place != "loss" && (d.Tensor == "" || d.Layer == "") {
				t.Fatalf("NaN in %s at step %d with %s: %v", place, step, optimizer, err)
			}
			if n := len(h.at); n > 0 && h.at[n-1] >= step {
				t.Fatalf("NaN in %s at step %d with %s: saved at %v", place, step, optimizer, h.at)
			}
		}
	}
}

// TestDamageIsUndone puts a NaN into each place at 50 random steps: the guard must go back, and nothing that is handed out
// to be saved or as the best may hold it.
func TestDamageIsUndone(t *testing.T) {
	nan := float32(math.NaN())
	for i, place := range []string{"loss", "gradient", "weight", "optimizer", "hidden state"} {
		rng := rand.New(rand.NewPCG(uint64(i), 8))
		for j := range 50 {
			step, optimizer := 1+rng.IntN(60), rememberers[j%len(rememberers)]
			var h history
			m, l := damaged(t, place, optimizer, step, nan, GuardAct, &h)
			save := l.hooks.Save
			l.hooks.Save = func(reason SaveReason, s State) error {
				var tensors []model.Named
				for _, p := range m.Parameters() {
					tensors = append(tensors, model.Named{Name: p.Name, Data: p.Value})
				}
				if name := optim.NonFinite(append(tensors, s.Tensors()...)); name != "" || !finite(s.Best.Loss) {
					t.Errorf("NaN in %s at step %d with %s: saved in %s, best %v", place, step, optimizer, name, s.Best)
				}
				return save(reason, s)
			}
			r := run(t, l)
			if r.Ending != Completed || r.Steps != 60 || l.state.Guard.Rollbacks != 1 || !finite(r.Best.Loss) {
				t.Errorf("NaN in %s at step %d with %s: %+v with %d returns", place, step, optimizer, r, l.state.Guard.Rollbacks)
			}
			if v := h.verdicts(); len(v) != 1 || v[0].Kind != NonFinite || v[0].Step != step {
				t.Errorf("NaN in %s at step %d with %s: verdicts %v", place, step, optimizer, v)
			}
		}
	}
}

// TestGuardGoesBack damages runs that the guard must save.
func TestGuardGoesBack(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		for _, place := range []string{"loss", "gradient", "weight", "optimizer"} {
			if place == "optimizer" && bad > 0 {
				continue // in a second moment, it stops the weight and is noticed at the next save
			}
			t.Run(fmt.Sprint(bad, " in ", place), func(t *testing.T) {
				var h, again history
				o, l := damaged(t, place, optim.NameAdam, 33, bad, GuardAct, &h)
				r := run(t, l)
				if r.Ending != Completed || r.Steps != 60 || l.state.Guard.Rollbacks != 1 {
					t.Errorf("%+v with %d returns", r, l.state.Guard.Rollbacks)
				}
				said := h.verdicts()
				for _, rec := range h.records {
					if want := map[bool]float64{false: 1e-3, true: 5e-4}[rec.Step >= 33]; rec.Rate != want {
						t.Errorf("step %d has the rate %v, want %v", rec.Step, rec.Rate, want)
					}
				}
				if len(said) != 1 || said[0].Kind != NonFinite || said[0].Step != 33 || !strings.Contains(said[0].Action, "step 0") {
					t.Errorf("verdicts %v", said)
				}
				_, l2 := damaged(t, place, optim.NameAdam, 33, bad, GuardAct, &again)
				run(t, l2)
				if !slices.Equal(h.losses(), again.losses()) {
					t.Error("the same run has other bits the next time")
				}
				for _, p := range o.Parameters() {
					if !finite(float64(p.Value[0])) {
						t.Errorf("%s holds %v", p.Name, p.Value[0])
					}
				}
			})
		}
	}
}

// TestGuardGivesUp damages every step from the tenth on.
func TestGuardGivesUp(t *testing.T) {
	q, h := newQuadratic(), &history{}
	n := 0
	q.onStep = func(q *quadratic) {
		if n++; n >= 10 {
			q.param.Grad[0] = float32(math.NaN())
		}
	}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery = 100, 5
	l := newLoop(t, q, cfg, h.hooks())
	_, err := l.Run(context.Background())
	var d *DivergedError
	if !errors.As(err, &d) || d.Rollbacks != maxRollbacks || d.Step != 10 || d.Tensor != "w" {
		t.Fatalf("error %v", err)
	}
	if !strings.Contains(err.Error(), "after going back 3 times") {
		t.Errorf("%v", err)
	}
	if h.at[len(h.at)-1] != 5 {
		t.Errorf("saves at %v", h.at)
	}
	last := h.records[len(h.records)-1]
	if said := h.verdicts(); len(said) != 1+maxRollbacks || len(last.Verdicts) == 0 || last.Step != 10 || last.Rate == 0 || !finite(last.Loss) {
		t.Errorf("the last record is %+v, of %d verdicts in all", last, len(said))
	}
	if v := last.Verdicts[len(last.Verdicts)-1]; v.Kind != NonFinite || v.Tensor != "w" || v.Action != "gave up" ||
		!strings.Contains(v.Try, "--lr 0.019") { // half of an eighth of 0.3
		t.Errorf("the last verdict is %+v", v)
	}
}

// After the guard went back, the next step sees the weights that it went back to.
func TestStepSeesWhatTheGuardWentBackTo(t *testing.T) {
	q := newQuadratic()
	n := 0
	q.onStep = func(q *quadratic) {
		if n++; n == 25 {
			q.param.Value[0] = float32(math.NaN())
		} else if q.packed != q.param.Value[0] {
			t.Errorf("step %d sees a weight of %v, not %v", n, q.packed, q.param.Value[0])
		}
	}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery = 40, -1
	l := newLoop(t, q, cfg, Hooks{})
	if run(t, l); l.state.Guard.Rollbacks != 1 {
		t.Errorf("%d returns, want 1", l.state.Guard.Rollbacks)
	}
}

// A guard that is to warn tells once of a loss that leaps, and does nothing; of a validation that leaps it says nothing.
func TestGuardOnlyWarns(t *testing.T) {
	q := newQuadratic()
	q.param.Name = "head.bias"
	q.losses = []float64{3, 900}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.Guard = 300, 100, GuardWarn
	nats := func(step int) float64 {
		if step > 150 && step < 250 {
			return 40
		}
		return 0.2
	}
	var h history
	l := newLoop(t, &single{quadratic: q, nats: nats}, cfg, h.hooks())
	if r := run(t, l); r.Ending != Completed || l.state.Guard.Rollbacks != 0 {
		t.Errorf("%+v with %d returns", r, l.state.Guard.Rollbacks)
	}
	if said := h.verdicts(); len(said) != 1 || said[0].Kind != Exploding || said[0].Action != "" || said[0].Layer != "head" || said[0].Step < 150 || said[0].Step > 170 {
		t.Errorf("verdicts %v, want one of a loss that leaps", said)
	}

	q.onStep = func(q *quadratic) { q.param.Grad[0] = float32(math.NaN()) }
	if _, err := newLoop(t, q, cfg, h.hooks()).Run(t.Context()); !errors.Is(err, ErrDiverged) {
		t.Fatalf("error %v", err)
	}
	if said := h.verdicts(); len(said) != 2 || said[1].Kind != NonFinite || said[1].Action != "" {
		t.Errorf("verdicts %v, want one more of a gradient that is not finite", said)
	}
}

// A guard that is off says nothing but that a value is not finite.
func TestGuardIsOff(t *testing.T) {
	q := newQuadratic()
	steps := 0
	q.onStep = func(q *quadratic) {
		if steps++; steps == 250 {
			q.param.Grad[0] = float32(math.NaN())
		}
	}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.Guard = 300, 20, GuardOff
	q.losses = []float64{1, 1.5, 2, 2.5, 3} // overfitting
	var h history
	l := newLoop(t, &single{quadratic: q, nats: func(step int) float64 { return 10 * math.Pow(0.99, float64(step)) }}, cfg, h.hooks())
	if _, err := l.Run(t.Context()); !errors.Is(err, ErrDiverged) {
		t.Fatalf("error %v", err)
	}
	if said := h.verdicts(); len(said) != 1 || said[0].Kind != NonFinite {
		t.Errorf("verdicts %v, want one of a gradient that is not finite", said)
	}
}

// TestRolledBackRunResumes stops a run after the guard went back, and goes on.
func TestRolledBackRunResumes(t *testing.T) {
	var straight, pieces history
	_, l := damaged(t, "gradient", optim.NameAdam, 33, float32(math.NaN()), GuardAct, &straight)
	run(t, l)

	o, l := damaged(t, "gradient", optim.NameAdam, 33, float32(math.NaN()), GuardAct, &pieces)
	ctx, cancel := context.WithCancel(context.Background())
	save := l.hooks.Save
	l.hooks.Save = func(reason SaveReason, s State) error {
		if s.Step == 40 {
			cancel()
		}
		return save(reason, s)
	}
	if _, err := l.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	next, l := damaged(t, "gradient", optim.NameAdam, 1000, 0, GuardAct, &pieces)
	for i, p := range next.Parameters() {
		copy(p.Value, o.Parameters()[i].Value)
	}
	if err := l.Restore(throughJSON(t, pieces.last)); err != nil {
		t.Fatal(err)
	}
	run(t, l)
	if !slices.Equal(pieces.losses(), straight.losses()) || l.state.Guard.Rollbacks != 1 {
		t.Errorf("%s\nwant\n%s", strings.Join(pieces.losses(), "\n"), strings.Join(straight.losses(), "\n"))
	}
}

// TestHugeLearningRate trains with a rate that ruins the weights in every step: that must be noticed at once, and neither a
// save nor the best may hold them.
func TestHugeLearningRate(t *testing.T) {
	for _, name := range optim.Names {
		r, h := newRecipe(), &history{}
		r.cfg.Optimizer = optim.Config{Name: name}
		r.cfg.Schedule = optim.ScheduleConfig{Rate: 1e6}
		r.cfg.EvalEvery, r.cfg.SaveEvery = 1, 1
		hooks := h.hooks()
		var params []*model.Parameter
		hooks.Save = func(SaveReason, State) error {
			for _, p := range params {
				if largest := slices.Max(p.Value); largest > 10 {
					t.Errorf("%s: a weight of %v was saved", name, largest)
				}
			}
			return nil
		}
		m, l := r.start(t, nil, hooks)
		params = m.Parameters()
		got, err := l.Run(context.Background())
		var d *DivergedError
		if !errors.As(err, &d) || d.Step > 1+maxRollbacks || d.Rollbacks != maxRollbacks {
			t.Errorf("%s: %v", name, err)
		}
		if got.Best.Loss > 3 {
			t.Errorf("%s: best %+v", name, got.Best)
		}
	}
}

func TestLeaps(t *testing.T) {
	repeat := func(loss float64, n int) []float64 { return slices.Repeat([]float64{loss}, n) }
	for _, c := range []struct {
		name    string
		losses  []float64
		unigram float64
		want    int // index of the leap, or −1
	}{
		{"falling", []float64{4.2, 4.3, 4, 3, 2.5, 2.6, 2.4}, 3.3, -1},
		{"all at once", []float64{4.2, 4.1, 10.5}, 3.3, 2},
		{"a bad start", []float64{4.2, 10, 9, 4}, 3.3, -1},
		{"what was learned is lost", slices.Concat([]float64{4.2}, repeat(2, 200), repeat(3.3, 30)), 3.3, 220},
		{"what was learned is lost, unigrams unknown", slices.Concat([]float64{4.2}, repeat(2, 200), repeat(4.1, 30)), 0, -1},
		{"an odd batch", slices.Concat([]float64{4.2}, repeat(2, 200), repeat(3.3, 19), repeat(2, 5)), 3.3, -1},
		{"an odd passage", slices.Concat([]float64{4.2}, repeat(2, 200), repeat(2.9, 40)), 3.3, -1},
		{"nothing was learned yet", slices.Concat([]float64{4.2}, repeat(3.2, 200), repeat(3.4, 40)), 3.3, -1},
	} {
		var s leapState
		got := slices.IndexFunc(c.losses, func(x float64) bool { return s.observe(x, c.unigram) })
		if got != c.want {
			t.Errorf("%s: a leap at %d, want %d", c.name, got, c.want)
		}
	}
}

// single is an objective of batches of one document with given losses.
type single struct {
	*quadratic
	nats  func(step int) float64
	steps int
}

func (s *single) Step() (Batch, error) {
	_, err := s.quadratic.Step()
	s.steps++
	return Batch{Nats: s.nats(s.steps), Tokens: 1}, err
}

// Single documents have losses far above their mean in healthy runs; when most of them have, training went wrong.
func TestLeapsOfSmallBatches(t *testing.T) {
	healthy := func(step int) float64 {
		if step%20 == 7 {
			return 6
		}
		return 0.2
	}
	for _, c := range []struct {
		name string
		nats func(step int) float64
		want string // what the guard did, or ""
	}{
		{"outliers", healthy, ""},
		{"ruined", func(step int) float64 {
			if step >= 98 && step <= 112 {
				return float64(step % 2 * 40)
			}
			return healthy(step)
		}, "went back to the weights of step 50; the learning rate is 0.5 of the schedule from now on"},
	} {
		q := newQuadratic()
		cfg := fakeConfig(q)
		cfg.Steps, cfg.EvalEvery = 300, 100
		var h history
		run(t, newLoop(t, &single{quadratic: q, nats: c.nats}, cfg, h.hooks()))
		var got string
		for _, v := range h.verdicts() {
			got += v.Action
		}
		if got != c.want {
			t.Errorf("%s: the guard %s, want %q; it said %v", c.name, got, c.want, h.verdicts())
		}
		for _, v := range h.verdicts() {
			if strings.Contains(v.String(), "token") {
				t.Errorf("%s: tokens in a verdict on documents: %v", c.name, v)
			}
		}
	}
}

func TestLeapsOfValidation(t *testing.T) {
	for _, c := range []struct {
		name           string
		first, unigram float64
		losses         []float64
		want           int // index of the leap, or −1
	}{
		{"ruined at once", 4.2, 3.3, []float64{30}, 0},
		{"ruined later", 4.2, 3.3, []float64{3, 2.5, 30}, 2},
		{"other text for a model that was trained before", 0.01, 0.7, []float64{5.6, 5.5, 5.9}, -1},
		{"ruined after training on", 0.01, 0.7, []float64{5.6, 30}, 1},
		{"overfitted", 1.8, 1.7, []float64{1, 2, 4, 7, 12, 20}, -1},
		{"classes", 1.4, 0, []float64{1.2, 20}, 1},
	} {
		s := leapState{First: c.first, Mean: c.first}
		got := slices.IndexFunc(c.losses, func(x float64) bool { return s.validated(x, c.unigram) })
		if got != c.want {
			t.Errorf("%s: a leap at %d, want %d", c.name, got, c.want)
		}
	}
}

// A validation loss above any bound does not end a run if the last good state has it, too: the text is another than that of
// training. What updates have ruined does.
func TestLeapThatTheGoodStateHas(t *testing.T) {
	for _, ruined := range []bool{false, true} {
		q := newQuadratic()
		first := q.param.Value[0]
		q.onValidate = func() {
			q.losses = []float64{900}
			if ruined && q.packed == first {
				q.losses = []float64{3}
			}
		}
		cfg := fakeConfig(q)
		cfg.Steps, cfg.EvalEvery = 40, 7
		var h history
		l := newLoop(t, q, cfg, h.hooks())
		r, err := l.Run(t.Context())
		if ruined {
			if !errors.Is(err, ErrDiverged) || l.state.Guard.Rollbacks != maxRollbacks {
				t.Errorf("ruined: %v after %d returns", err, l.state.Guard.Rollbacks)
			}
			continue
		}
		if err != nil || r.Ending != Completed || r.Best.Loss != 900 || l.state.Guard.Rollbacks != 0 || len(h.verdicts()) > 0 {
			t.Errorf("another text: %+v, %v after %d returns; said %v", r, err, l.state.Guard.Rollbacks, h.verdicts())
		}
		if q.param.Value[0] == first || q.packed != q.param.Value[0] {
			t.Errorf("the weight is %v and packed as %v", q.param.Value[0], q.packed)
		}
	}
}

func TestGuardConfig(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Steps, cfg.Guard = 10, "perhaps"
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "perhaps") {
		t.Errorf("error %v", err)
	}
}

func TestWhatIsFound(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		err  DivergedError
		want string
	}{
		{DivergedError{What: "loss", Before: 2, Value: 40}, "the loss leaps from about 2 to 40 nats"},
		{DivergedError{What: "validation loss", Before: 2, Value: 40, Tensor: "rnn.weight_hh_l0", Layer: "layer 0"},
			"the validation loss leaps from about 2 to 40 nats; the largest gradient is that of rnn.weight_hh_l0 (layer 0)"},
		{DivergedError{What: "loss", Value: nan}, "the loss is NaN"},
		{DivergedError{What: "loss", Value: nan, Tensor: "head.bias", Layer: "head"}, "the loss is NaN, and so is an element of head.bias (head)"},
		{DivergedError{What: "validation loss", Value: nan, Tensor: "w"}, "the validation loss is NaN; the largest gradient is that of w"},
		{DivergedError{What: "gradient", Value: nan, Tensor: "w"}, "the gradient of w is NaN"},
	} {
		if got := c.err.finding(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestLayerOf(t *testing.T) {
	for tensor, want := range map[string]string{
		"rnn.weight_hh_l0": "layer 0", "optim.adam.v.rnn.bias_ih_l12_reverse": "layer 12", "state.h_l1": "layer 1",
		"embedding.weight": "embedding", "head.bias": "head", "w": "", "x_large": "",
	} {
		if got := layerOf(tensor); got != want {
			t.Errorf("%s belongs to %q, want %q", tensor, got, want)
		}
	}
}
