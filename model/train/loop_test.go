package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/textgen-go/textgen/model/optim"
)

func TestLoopLearns(t *testing.T) {
	q, h := newQuadratic(), &history{}
	q.step, q.validate = 10*time.Millisecond, 100*time.Millisecond
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.LogEvery = 250, 100, 50
	r := run(t, newLoop(t, q, cfg, h.hooks()))

	if r.Ending != Completed || r.Steps != 250 || r.Tokens != 1000 {
		t.Errorf("result %+v", r)
	}
	if want := 2.5 + 0.3; math.Abs(r.Seconds-want) > 1e-9 {
		t.Errorf("%v seconds, want %v", r.Seconds, want)
	}
	if r.Best.Step == 0 || r.Best.Loss > 0.01 {
		t.Errorf("best %+v: the minimum is 0", r.Best)
	}
	var steps, validated []int
	for _, rec := range h.records {
		steps = append(steps, rec.Step)
		if rec.ValidLoss != nil {
			validated = append(validated, rec.Step)
		}
		if math.Abs(rec.TokensPerSecond-400) > 1e-6 {
			t.Errorf("step %d: %v tokens/s, want 400", rec.Step, rec.TokensPerSecond)
		}
	}
	if want := []int{50, 100, 150, 200, 250}; !slices.Equal(steps, want) {
		t.Errorf("records at %v, want %v", steps, want)
	}
	if want := []int{100, 200, 250}; !slices.Equal(validated, want) {
		t.Errorf("validations at %v, want %v", validated, want)
	}
}

func TestRecordsAreMeansSinceTheLast(t *testing.T) {
	each, pairs := &history{}, &history{}
	for _, c := range []struct {
		h   *history
		log int
	}{{each, 1}, {pairs, 2}} {
		q := newQuadratic()
		cfg := fakeConfig(q)
		cfg.Steps, cfg.EvalEvery, cfg.LogEvery = 10, -1, c.log
		run(t, newLoop(t, q, cfg, c.h.hooks()))
	}
	for i, r := range pairs.records {
		want := (each.records[2*i].Loss + each.records[2*i+1].Loss) / 2
		if math.Abs(r.Loss-want) > 1e-12 {
			t.Errorf("step %d: loss %v, want %v", r.Step, r.Loss, want)
		}
		if last := each.records[2*i+1]; r.GradNorm == 0 || r.GradNorm != last.GradNorm || r.Rate != last.Rate {
			t.Errorf("step %d: norm and rate are not those of the step", r.Step)
		}
		if (r.Facts != nil) != (i == 0) {
			t.Errorf("step %d: facts %v; the first record tells them, once", r.Step, r.Facts)
		}
	}
}

func TestRecordAsJSON(t *testing.T) {
	loss := 1.5
	for _, c := range []struct {
		record Record
		want   string
	}{
		{Record{Step: 1, Tokens: 2, Seconds: 3, Loss: 4, Rate: 5, GradNorm: 6, TokensPerSecond: 7},
			`{"step":1,"tokens":2,"seconds":3,"loss":4,"lr":5,"grad_norm":6,"tokens_per_s":7}`},
		{Record{ValidLoss: &loss},
			`{"step":0,"tokens":0,"seconds":0,"loss":0,"valid_loss":1.5,"lr":0,"grad_norm":0,"tokens_per_s":0}`},
	} {
		got, err := json.Marshal(c.record)
		if err != nil || string(got) != c.want {
			t.Errorf("%s, %v\nwant %s", got, err, c.want)
		}
	}
}

func TestSaves(t *testing.T) {
	for _, c := range []struct {
		name      string
		saveEvery int
		losses    []float64
		want      []SaveReason
		at        []int
	}{
		{"after every validation", 0, []float64{3, 4, 2}, []SaveReason{SaveStart, SaveBest, SavePeriodic, SavePeriodic, SaveBest, SaveFinal}, []int{0, 2, 2, 4, 6, 6}},
		{"every three steps", 3, []float64{3, 4, 5}, []SaveReason{SaveStart, SaveBest, SavePeriodic, SaveFinal}, []int{0, 2, 3, 6}},
		{"never in between", -1, []float64{3, 4, 5}, []SaveReason{SaveStart, SaveBest, SaveFinal}, []int{0, 2, 6}},
		{"a tie is not better", -1, []float64{3, 3, 3}, []SaveReason{SaveStart, SaveBest, SaveFinal}, []int{0, 2, 6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, h := newQuadratic(), &history{}
			q.losses = c.losses
			cfg := fakeConfig(q)
			cfg.Steps, cfg.EvalEvery, cfg.SaveEvery = 6, 2, c.saveEvery
			run(t, newLoop(t, q, cfg, h.hooks()))
			if !slices.Equal(h.saves, c.want) || !slices.Equal(h.at, c.at) {
				t.Errorf("saves %v at %v, want %v at %v", h.saves, h.at, c.want, c.at)
			}
		})
	}
}

// A run that validates seldom is saved nevertheless.
func TestSavesByTime(t *testing.T) {
	q, h := newQuadratic(), &history{}
	q.step = 2 * time.Minute
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery = 8, 8
	l := newLoop(t, q, cfg, h.hooks())
	r := run(t, l)
	if h.last.Seconds != r.Seconds {
		t.Errorf("the last save tells of %v seconds, want %v", h.last.Seconds, r.Seconds)
	}
	if q.clock.pass(time.Hour); l.State().Seconds != r.Seconds || r.Seconds != 16*60 {
		t.Errorf("%v seconds, and %v an hour after the run, want %v", r.Seconds, l.State().Seconds, 16*60)
	}
	want, at := []SaveReason{SaveStart, SavePeriodic, SavePeriodic, SaveBest, SaveFinal}, []int{0, 3, 6, 8, 8}
	if !slices.Equal(h.saves, want) || !slices.Equal(h.at, at) {
		t.Errorf("saves %v at %v, want %v at %v", h.saves, h.at, want, at)
	}
}

func TestEpochs(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Epochs = 3
	r := run(t, newLoop(t, q, cfg, Hooks{}))
	if r.Steps != 3*fakeBatches || q.epoch != 2 || q.batch != fakeBatches {
		t.Errorf("%d steps, epoch %d, batch %d", r.Steps, q.epoch, q.batch)
	}
	if want := (Plan{Steps: 21, EvalEvery: 21, LogEvery: 1}); r.Plan != want {
		t.Errorf("plan %+v, want %+v", r.Plan, want)
	}
}

// A run of more steps than can be counted is as long as can be, with its validations and records.
func TestEndlessRuns(t *testing.T) {
	const longest = math.MaxInt / fakeBatches * fakeBatches
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Epochs = math.MaxInt / 4
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := newLoop(t, q, cfg, Hooks{}).Run(ctx)
	want := Plan{Steps: longest, EvalEvery: longest/defaultValidations + 1, LogEvery: longest/defaultRecords + 1}
	if !errors.Is(err, context.Canceled) || r.Plan != want {
		t.Errorf("plan %+v, %v; want %+v", r.Plan, err, want)
	}
}

func TestValidationsOfShortRuns(t *testing.T) {
	for steps, want := range map[int]int{1: 1, 24: 24, 50: 25, 75: 25, 499: 27, 500: 25, 20_000: 1000} {
		if p := fakeConfig(newQuadratic()).newPlan(steps, validations(steps)); p.EvalEvery != want {
			t.Errorf("%d steps: a validation every %d, want %d", steps, p.EvalEvery, want)
		}
	}
}

func TestEarlyStop(t *testing.T) {
	q, h := newQuadratic(), &history{}
	q.losses = []float64{5, 4, 4.5, 4.2, 3.9, 4, 4, 4, 1}
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.Patience = 1000, 10, 3
	l := newLoop(t, q, cfg, h.hooks())
	r := run(t, l)
	if r.Ending != Stale || r.Steps != 80 || r.Best.Step != 50 || r.Best.Loss != 3.9 {
		t.Errorf("result %+v; want the end at step 80 with the best of step 50", r)
	}
	if last := h.saves[len(h.saves)-1]; last != SaveFinal {
		t.Errorf("the last save is %s", last)
	}
	if r := run(t, l); r.Ending != Stale || r.Steps != 80 {
		t.Errorf("run again: %+v; the run is over", r)
	}
}

func TestScoreAsCriterion(t *testing.T) {
	q := newQuadratic()
	scores := []float64{0.2, 0.6, math.NaN(), 0.5}
	n := 0
	q.onValidate = func() { q.score = &scores[n]; n++ }
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.Criterion = 40, 10, Score
	var h history
	r := run(t, newLoop(t, q, cfg, h.hooks()))
	if r.Best.Step != 20 || *r.Best.Score != 0.6 {
		t.Errorf("best %+v, want step 20", r.Best)
	}
	for _, rec := range h.records {
		if rec.Step == 30 && rec.ValidScore != nil {
			t.Errorf("a score that is not a number was recorded: %v", *rec.ValidScore)
		}
	}
}

// A score that is not a number does not keep a run from being saved when the loss decides.
func TestBestHasNoScoreThatIsNoNumber(t *testing.T) {
	q := newQuadratic()
	nan := math.NaN()
	q.score = &nan
	cfg := fakeConfig(q)
	cfg.Steps, cfg.EvalEvery, cfg.Criterion = 4, 2, Loss
	saves := 0
	hooks := Hooks{Save: func(_ SaveReason, s State) error {
		saves++
		_, err := json.Marshal(s)
		return err
	}}
	if r := run(t, newLoop(t, q, cfg, hooks)); r.Best.Step == 0 || r.Best.Score != nil || saves == 0 {
		t.Errorf("best %+v after %d saves", r.Best, saves)
	}
}

func TestScoreAsCriterionNeedsOne(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Steps, cfg.Criterion = 4, Score
	_, err := newLoop(t, q, cfg, Hooks{}).Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "choose loss") {
		t.Errorf("error %v", err)
	}
}

func TestPlateauFollowsValidation(t *testing.T) {
	q, h := newQuadratic(), &history{}
	q.losses = []float64{5, 6, 6, 6, 6, 6, 6}
	cfg := fakeConfig(q)
	cfg.Schedule = optim.ScheduleConfig{Name: optim.Plateau, Rate: 0.1, Factor: 0.5, Patience: 1}
	cfg.Steps, cfg.EvalEvery, cfg.LogEvery = 60, 10, 10
	run(t, newLoop(t, q, cfg, h.hooks()))
	want := []float64{0.1, 0.1, 0.1, 0.05, 0.05, 0.025} // of steps 10, 20, …: bad at 20, 30 (halved after), 40, 50
	for i, r := range h.records {
		if math.Abs(r.Rate-want[i]) > 1e-12 {
			t.Errorf("step %d: rate %v, want %v", r.Step, r.Rate, want[i])
		}
	}
}

func TestTimeBudget(t *testing.T) {
	for _, c := range []struct {
		name             string
		budget           time.Duration
		step, validation time.Duration
		evalEvery        int
	}{
		{"fast steps", time.Minute, 7 * time.Millisecond, 50 * time.Millisecond, 0},
		{"slow validation", time.Minute, 20 * time.Millisecond, 4 * time.Second, 0},
		{"a given interval", time.Minute, 10 * time.Millisecond, time.Second, 700},
		{"no validation", 10 * time.Second, 3 * time.Millisecond, 0, -1},
		{"slow steps", 5 * time.Minute, 2 * time.Second, time.Second, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newQuadratic()
			q.step, q.validate = c.step, c.validation
			cfg := fakeConfig(q)
			cfg.Time, cfg.EvalEvery = c.budget, c.evalEvery
			r := run(t, newLoop(t, q, cfg, Hooks{Save: func(SaveReason, State) error {
				q.clock.pass(40 * time.Millisecond)
				return nil
			}}))
			if share := r.Seconds / c.budget.Seconds(); share < 0.95 || share > 1.05 {
				t.Errorf("took %v of the budget: %v s, plan %+v", share, r.Seconds, r.Plan)
			}
			if c.evalEvery < 0 && q.validations != 0 {
				t.Errorf("%d validations", q.validations)
			}
		})
	}
}

// TestTimeBudgetCanBeRepeated: measuring the speed leaves no trace.
func TestTimeBudgetCanBeRepeated(t *testing.T) {
	timed, again := &history{}, &history{}
	q := newQuadratic()
	q.step, q.validate = 11*time.Millisecond, 13*time.Millisecond
	cfg := fakeConfig(q)
	cfg.Time = 5 * time.Second
	plan := run(t, newLoop(t, q, cfg, timed.hooks())).Plan

	q2 := newQuadratic()
	cfg = fakeConfig(q2)
	cfg.Steps, cfg.EvalEvery = plan.Steps, plan.EvalEvery
	run(t, newLoop(t, q2, cfg, again.hooks()))
	if !slices.Equal(timed.losses(), again.losses()) {
		t.Error("a run of the same number of steps differs")
	}
	if q.param.Value[0] != q2.param.Value[0] {
		t.Errorf("w = %v, and %v in the repetition", q.param.Value[0], q2.param.Value[0])
	}
}

func TestCancelWhileMeasuring(t *testing.T) {
	q := newQuadratic()
	q.step = time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	q.onStep = func(*quadratic) { cancel() }
	cfg := fakeConfig(q)
	cfg.Time = time.Second
	l := newLoop(t, q, cfg, Hooks{})
	r, err := l.Run(ctx)
	if !errors.Is(err, context.Canceled) || r.Ending != Interrupted || r.Steps != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if s := l.State(); s.Position.Batch != 0 || s.Optimizer.Steps != 0 || q.param.Value[0] != 10 || s.Guard.Leap != (leapState{}) {
		t.Errorf("measuring left its trace: %+v", s)
	}
}

// TestResume stops a run after each of its steps, and in each of its validations, and carries on in a new loop. Validations
// go up and down, so that what the plateau remembers has a say.
func TestResume(t *testing.T) {
	validate := func(q *quadratic) {
		q.losses = []float64{5, 4, 4.5, 4.2, 4.1, 3, 3.5, 3.1}[(q.epoch*fakeBatches+q.batch)/5-1:]
		q.validations = 0
	}
	config := func(q *quadratic) Config {
		cfg := fakeConfig(q)
		cfg.Schedule = optim.ScheduleConfig{Name: optim.Plateau, Rate: 0.3, Warmup: 4, Patience: 1}
		cfg.Steps, cfg.EvalEvery, cfg.LogEvery, cfg.Patience = 40, 5, 3, 4
		return cfg
	}
	straight, q := &history{}, newQuadratic()
	q.onValidate = func() { validate(q) }
	want := run(t, newLoop(t, q, config(q), straight.hooks()))

	for stop := range want.Steps {
		for _, inValidation := range []bool{false, true} {
			var h history
			q1 := newQuadratic()
			ctx, cancel := context.WithCancel(context.Background())
			step := 0
			q1.onStep = func(*quadratic) {
				if step++; step == stop && !inValidation {
					cancel()
				}
			}
			q1.onValidate = func() {
				validate(q1)
				if step >= stop {
					cancel()
				}
			}
			if stop == 0 {
				cancel()
			}
			_, err := newLoop(t, q1, config(q1), h.hooks()).Run(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("stop %d: error %v", stop, err)
			}
			if h.saves[len(h.saves)-1] != SaveInterrupted {
				t.Fatalf("stop %d: saves %v", stop, h.saves)
			}

			q2 := newQuadratic()
			copy(q2.param.Value, q1.param.Value)
			q2.onValidate = func() { validate(q2) }
			l := newLoop(t, q2, config(q2), h.hooks())
			if err := l.Restore(throughJSON(t, h.last)); err != nil {
				t.Fatal(err)
			}
			got := run(t, l)
			if !slices.Equal(h.losses(), straight.losses()) {
				t.Errorf("stop %d, in validation %v:\n%s\nwant\n%s", stop, inValidation,
					strings.Join(h.losses(), "\n"), strings.Join(straight.losses(), "\n"))
			}
			got.Seconds, want.Seconds = 0, 0
			if got != want || q2.param.Value[0] != q.param.Value[0] {
				t.Errorf("stop %d: result %+v, want %+v", stop, got, want)
			}
			cancel()
		}
	}
}

// throughJSON passes a state through what a file holds: JSON and tensors.
func throughJSON(t testing.TB, s State) State {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var out State
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if err := out.SetTensors(s.Tensors()); err != nil {
		t.Fatal(err)
	}
	return out
}

// A clone of a state does not change while training goes on.
func TestCloneStays(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Steps = 20
	var at10 State
	l := newLoop(t, q, cfg, Hooks{})
	l.hooks.OnStep = func(r Record) error {
		if r.Step == 10 {
			at10 = l.State().Clone()
		}
		return nil
	}
	run(t, l)
	last := l.State()
	live := last.Tensors()
	for i, tensor := range at10.Tensors() {
		if slices.Equal(tensor.Data, live[i].Data) {
			t.Errorf("%s of step 10 became that of step 20, %v", tensor.Name, live[i].Data)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Steps = 10
	l := newLoop(t, q, cfg, Hooks{})
	run(t, l)
	for _, c := range []struct {
		name  string
		spoil func(*State)
	}{
		{"a negative step", func(s *State) { s.Step = -1 }},
		{"settled ahead of the step", func(s *State) { s.Settled = 11 }},
		{"no plan", func(s *State) { s.Plan = Plan{} }},
		{"a plan without records", func(s *State) { s.Plan.LogEvery = 0 }},
		{"a best that is not a number", func(s *State) { s.Best.Loss = math.NaN() }},
		{"another optimiser", func(s *State) { s.Optimizer.Name = "sgd" }},
		{"no moments", func(s *State) { s.Optimizer.Tensors = nil }},
		{"another corpus", func(s *State) { s.Position.Batches = 8 }},
		{"no hidden state", func(s *State) { s.Position.Tensors = nil }},
		{"a spoilt plateau", func(s *State) { s.Schedule.Bad = -1 }},
	} {
		s := l.State().Clone()
		c.spoil(&s)
		if err := l.Restore(s); err == nil {
			t.Errorf("%s: restored", c.name)
		}
	}
	s := l.State()
	tensors := s.Tensors()
	tensors[0].Name = "elsewhere"
	if err := s.SetTensors(tensors); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("error %v about an unknown tensor", err)
	}
}

// TestDivergence spoils each value that a step may make and looks at what is left.
func TestDivergence(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name   string
		spoil  func(q *quadratic)
		what   string
		tensor string
		steps  int
	}{
		{"weight", func(q *quadratic) { q.param.Value[0] = nan }, "weight", "w", 24},
		{"gradient", func(q *quadratic) { q.param.Grad[0] = nan }, "gradient", "w", 24},
		{"infinite gradient", func(q *quadratic) { q.param.Grad[0] = float32(math.Inf(-1)) }, "gradient", "w", 24},
		{"hidden state", func(q *quadratic) { q.carried[0] = nan }, "loss", "state.carried", 25},
		{"overflowing moment", func(q *quadratic) { q.param.Grad[0] = 1e30 }, "gradient", "w", 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, h := newQuadratic(), &history{}
			n := 0
			q.onStep = func(q *quadratic) {
				if n++; n == 25 {
					c.spoil(q)
				}
			}
			cfg := fakeConfig(q)
			cfg.Steps, cfg.EvalEvery, cfg.Guard = 100, 10, GuardOff
			r, err := newLoop(t, q, cfg, h.hooks()).Run(context.Background())
			var d *DivergedError
			if !errors.As(err, &d) || !errors.Is(err, ErrDiverged) {
				t.Fatalf("error %v", err)
			}
			if d.What != c.what || d.Tensor != c.tensor {
				t.Errorf("%v", d)
			}
			if r.Ending != Failed || h.at[len(h.at)-1] != 20 {
				t.Errorf("%+v, saves at %v: nothing may be saved after step 20", r, h.at)
			}
			if r.Steps != c.steps {
				t.Errorf("%d updates were made, want %d", r.Steps, c.steps)
			}
			if c.what == "gradient" && !finite(float64(q.param.Value[0])) {
				t.Errorf("the update was made: w = %v", q.param.Value[0])
			}
		})
	}
}

func TestNonFiniteValidationIsNeverTheBest(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		q, h := newQuadratic(), &history{}
		q.losses = []float64{3, bad}
		cfg := fakeConfig(q)
		cfg.Steps, cfg.EvalEvery = 100, 10
		r, err := newLoop(t, q, cfg, h.hooks()).Run(context.Background())
		if !errors.Is(err, ErrDiverged) || r.Best.Step != 10 || h.at[len(h.at)-1] != 10 {
			t.Errorf("%v: error %v, best %+v, saves at %v", bad, err, r.Best, h.at)
		}
	}
}

func TestHooksCanEndARun(t *testing.T) {
	boom := errors.New("disk full")
	for name, hooks := range map[string]Hooks{
		"OnStep":       {OnStep: func(Record) error { return boom }},
		"OnValidation": {OnValidation: func(v, best Validation) error { return boom }},
		"BeforeUpdate": {BeforeUpdate: func(Update) error { return boom }},
		"Save":         {Save: func(SaveReason, State) error { return boom }},
	} {
		q := newQuadratic()
		cfg := fakeConfig(q)
		cfg.Steps = 20
		if r, err := newLoop(t, q, cfg, hooks).Run(context.Background()); !errors.Is(err, boom) || r.Ending != Failed {
			t.Errorf("%s: %+v, error %v", name, r, err)
		}
	}
}

func TestBeforeUpdateSeesEveryStep(t *testing.T) {
	q := newQuadratic()
	q.step = time.Millisecond
	cfg := fakeConfig(q)
	cfg.Time, cfg.Clip = time.Second, optim.Clip{Norm: 0.5}
	var steps []int
	r := run(t, newLoop(t, q, cfg, Hooks{BeforeUpdate: func(u Update) error {
		steps = append(steps, u.Step)
		if u.Clipped.Norm != u.Clipper.Norm(0) || u.Clipped.Norm*u.Clipped.Scale > 0.5+1e-9 {
			t.Errorf("step %d: %+v", u.Step, u.Clipped)
		}
		return nil
	}}))
	for i, s := range steps {
		if s != i+1 {
			t.Fatalf("update %d is of step %d", i, s)
		}
	}
	if len(steps) != r.Steps {
		t.Errorf("%d updates seen of %d", len(steps), r.Steps)
	}
}

func TestConfigValidate(t *testing.T) {
	rate := optim.ScheduleConfig{Rate: 1}
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Schedule: rate}, "0 of steps, epochs and time are set"},
		{Config{Schedule: rate, Steps: 1, Time: 1}, "2 of steps, epochs and time are set"},
		{Config{Schedule: rate, Steps: -1}, "steps must not be negative"},
		{Config{Schedule: rate, Steps: 1, LogEvery: -1}, "log_every is -1"},
		{Config{Schedule: rate, Steps: 1, Patience: -1}, "patience is -1"},
		{Config{Schedule: rate, Steps: 1, Criterion: "bleu"}, `criterion "bleu" is unknown`},
		{Config{Schedule: rate, Steps: 1, EvalEvery: -1, Patience: 2}, "patience 2 goes by validations"},
		{Config{Schedule: optim.ScheduleConfig{Rate: 1, Name: optim.Plateau}, Steps: 1, EvalEvery: -1}, "schedule plateau goes by validations"},
		{Config{Schedule: rate, Steps: 1, EvalEvery: -1, Optimizer: optim.Config{Name: optim.NameNTASGD}}, "optimizer nt-asgd goes by validations"},
		{Config{Steps: 1}, "rate is 0"},
		{Config{Schedule: rate, Steps: 1, Optimizer: optim.Config{Name: "x"}}, `optimizer "x"`},
		{Config{Schedule: rate, Steps: 1, Clip: optim.Clip{Norm: -1}}, "norm is -1"},
	} {
		_, err := NewLoop(newQuadratic(), nil, c.cfg, Hooks{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.cfg, err, c.want)
		}
	}
}

// TestStepFollowsEpochs: the loop tells the schedule how long an epoch is.
func TestStepFollowsEpochs(t *testing.T) {
	q := newQuadratic()
	cfg := fakeConfig(q)
	cfg.Steps, cfg.Epochs, cfg.EvalEvery, cfg.LogEvery = 0, 4, -1, 1
	cfg.Schedule = optim.ScheduleConfig{Name: optim.Step, Rate: 0.1, Hold: 2}
	var rates []float64
	loop := newLoop(t, q, cfg, Hooks{OnStep: func(r Record) error {
		rates = append(rates, r.Rate)
		return nil
	}})
	run(t, loop)
	for i, want := range []float64{0.1, 0.1, 0.05, 0.025} {
		for step := i * fakeBatches; step < (i+1)*fakeBatches; step++ {
			if rates[step] != want {
				t.Errorf("rate %v in step %d, want %v", rates[step], step+1, want)
			}
		}
	}
}
