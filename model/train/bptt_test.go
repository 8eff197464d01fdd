package train

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// ids is a slice of tokens that is read in pieces of at most 100.
type ids []int32

func (s ids) Len() int { return len(s) }

func (s ids) Read(dst []int32, from int) int {
	return copy(dst[:min(len(dst), 100)], s[from:])
}

// count returns the tokens 0 to n−1.
func count(n int) ids {
	s := make(ids, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// babble returns a text that is partly predictable: mostly each token follows from the one before the last.
func babble(n, vocab int, seed uint64) ids {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := make(ids, n)
	for i := range s {
		if i < 2 || rng.IntN(4) == 0 {
			s[i] = rng.Int32N(int32(vocab))
		} else {
			s[i] = (s[i-2] + 1) % int32(vocab)
		}
	}
	return s
}

const vocab = 11

func newModel(t testing.TB, size int, dropout float64) *model.LanguageModel {
	t.Helper()
	return newModelOf(t, size, network(dropout))
}

func network(dropout float64) model.RecurrentConfig {
	return model.RecurrentConfig{Cell: model.LSTM, Layers: 2, Hidden: 12, Dropout: dropout}
}

func newModelOf(t testing.TB, size int, network model.RecurrentConfig) *model.LanguageModel {
	t.Helper()
	cfg := model.Config{VocabSize: size, Embedding: 8, RecurrentConfig: network}
	m, err := model.NewLanguageModel(cfg, rand.New(rand.NewPCG(3, 4)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newWorkers(t testing.TB, n int) *model.Workers {
	w := model.NewWorkers(n)
	t.Cleanup(w.Close)
	return w
}

func newObjective(t testing.TB, m *model.LanguageModel, w *model.Workers, cfg BPTT, tokens, valid Tokens) *LanguageModel {
	t.Helper()
	o, err := NewLanguageModel(m, w, cfg, tokens, valid)
	if err != nil {
		t.Fatal(err)
	}
	o.Updated()
	return o
}

func TestWindowsFollowEachOther(t *testing.T) {
	o := newObjective(t, newModel(t, 24, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: 4}, count(24), nil)
	if o.StepsPerEpoch() != 2 { // 23 predictions, 11 a stream
		t.Fatalf("%d windows in an epoch, want 2", o.StepsPerEpoch())
	}
	for i, c := range []struct{ inputs, targets []int32 }{
		{[]int32{0, 11, 1, 12, 2, 13, 3, 14}, []int32{1, 12, 2, 13, 3, 14, 4, 15}},
		{[]int32{4, 15, 5, 16, 6, 17, 7, 18}, []int32{5, 16, 6, 17, 7, 18, 8, 19}},
		{[]int32{0, 11, 1, 12, 2, 13, 3, 14}, []int32{1, 12, 2, 13, 3, 14, 4, 15}},
	} {
		if _, err := o.Step(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(o.inputs, c.inputs) || !slices.Equal(o.targets, c.targets) {
			t.Errorf("window %d: %v → %v, want %v → %v", i, o.inputs, o.targets, c.inputs, c.targets)
		}
	}
	if p := o.Position(); p.Epoch != 1 || p.Batch != 1 {
		t.Errorf("position %+v, want window 1 of epoch 1", p)
	}
}

// TestHiddenStateIsCarried compares two windows with one of twice the length, and an epoch's first loss with itself.
func TestHiddenStateIsCarried(t *testing.T) {
	text := babble(41, vocab, 1)
	losses := func(steps, n int) []float64 {
		o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: steps}, text, nil)
		var out []float64
		for range n {
			b, err := o.Step()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b.Nats)
		}
		return out
	}
	short, long := losses(10, 4), losses(20, 1)
	if math.Abs(short[0]+short[1]-long[0]) > 1e-4 {
		t.Errorf("windows of 10: %v + %v, of 20: %v", short[0], short[1], long[0])
	}
	if short[0] != short[2] || short[1] != short[3] {
		t.Errorf("an epoch does not start from zeros: %v", short)
	}
}

// TestStreamsBeginAnew reads a text of which all windows are alike, so that only a state that was carried on makes one lose
// more or less than the first.
func TestStreamsBeginAnew(t *testing.T) {
	const period, windows = 10, 40
	text := make(ids, windows*period+1)
	for i := range text {
		text[i] = int32(i % period)
	}
	nats := func(reset float64) (out []float64) {
		o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), BPTT{Batch: 1, Steps: period, Reset: reset, Seed: 1}, text, nil)
		for range 2 * windows {
			b, err := o.Step()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b.Nats)
		}
		return out
	}
	anew := func(nats []float64) (n int) {
		for _, x := range nats {
			if x == nats[0] {
				n++
			}
		}
		return n
	}
	for _, test := range []struct {
		reset       float64
		least, most int // windows of an epoch that begin anew
	}{{0, 1, 1}, {0.5, 8, 32}, {1, windows, windows}} {
		got := nats(test.reset)
		first, second := got[:windows], got[windows:]
		for _, epoch := range [][]float64{first, second} {
			if n := anew(epoch); n < test.least || n > test.most {
				t.Errorf("probability %v: %d of %d windows begin anew, want %d to %d", test.reset, n, windows, test.least, test.most)
			}
		}
		if same := slices.Equal(first, second); same != (test.reset != 0.5) {
			t.Errorf("probability %v: two epochs have the same losses: %v", test.reset, same)
		}
	}
}

func TestShiftReadsTheTextAsARing(t *testing.T) {
	const n = 50
	o := newObjective(t, newModel(t, n, 0), newWorkers(t, 1), BPTT{Batch: 3, Steps: 4, Shift: true, Seed: 5}, count(n), nil)
	origins := map[int32]bool{}
	for range 5 {
		for k := range o.StepsPerEpoch() {
			if _, err := o.Step(); err != nil {
				t.Fatal(err)
			}
			if k == 0 {
				origins[o.inputs[0]] = true
			}
			for i, id := range o.inputs {
				if o.targets[i] != (id+1)%n {
					t.Fatalf("%d follows %d", o.targets[i], id)
				}
			}
		}
	}
	if len(origins) < 3 {
		t.Errorf("five epochs began at %v only", origins)
	}
}

// TestValidationScoresEveryTokenOnce collects what validation predicts from texts of all sorts of lengths.
func TestValidationScoresEveryTokenOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := streams{vocab: math.MaxInt32}
		n := rapid.IntRange(1, 300).Draw(rt, "predictions")
		s.tokens = count(n + 1)
		s.count = rapid.IntRange(1, min(n, 9)).Draw(rt, "streams")
		s.length = n / s.count
		s.stride = s.length
		steps := rapid.IntRange(1, 40).Draw(rt, "steps")
		s.row = make([]int32, steps+1)
		seen := map[int32]int{}
		for from := 0; from < s.length; from += steps {
			k := min(steps, s.length-from)
			inputs, targets := make([]int32, k*s.count), make([]int32, k*s.count)
			if err := s.fill(inputs, targets, from, k); err != nil {
				rt.Fatal(err)
			}
			for _, id := range targets {
				seen[id]++
			}
		}
		for id := range int32(s.count * s.length) {
			if seen[id+1] != 1 {
				rt.Fatalf("token %d was predicted %d times", id+1, seen[id+1])
			}
		}
		if len(seen) != s.count*s.length || n-len(seen) >= s.count {
			rt.Fatalf("%d of %d tokens were predicted in %d streams", len(seen), n, s.count)
		}
	})
}

// TestValidationEqualsOneWindow: windows with a shorter one at the end give what one pass over the whole text gives.
func TestValidationEqualsOneWindow(t *testing.T) {
	w := newWorkers(t, 1)
	m := newModel(t, vocab, 0.5)
	valid := babble(48, vocab, 2)
	o := newObjective(t, m, w, BPTT{Batch: 2, Steps: 10, ValidBatch: 1}, babble(60, vocab, 1), valid)
	got, err := o.Validate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := m.NewWindow(w, 47, 1).Forward(valid[:47], valid[1:], m.NewState(1), 0) / 47
	if math.Abs(got.Loss-want) > 1e-5 || got.Tokens != 47 || o.ValidationTokens() != 47 {
		t.Errorf("%+v, want %v for 47 tokens", got, want)
	}
	if again, _ := o.Validate(context.Background()); again.Loss != got.Loss {
		t.Errorf("validated again: %v, want %v", again.Loss, got.Loss)
	}
}

func TestValidationStreams(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    BPTT
		valid  int // tokens
		stream int
		length int
	}{
		{"as many as in training", BPTT{Batch: 3, Steps: 5}, 1000, 3, 333},
		{"fewer, for they would be short", BPTT{Batch: 3, Steps: 5}, 100, 2, 49},
		{"one", BPTT{Batch: 3, Steps: 5}, 11, 1, 10},
		{"a given number", BPTT{Batch: 3, Steps: 5, ValidBatch: 5}, 101, 5, 20},
		{"no more than tokens", BPTT{Batch: 3, Steps: 5, ValidBatch: 5}, 4, 3, 1},
		{"some of the tokens", BPTT{Batch: 3, Steps: 5, ValidTokens: 50}, 1000, 3, 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), c.cfg, babble(100, vocab, 1), babble(c.valid, vocab, 2))
			if s := o.validation.streams; s.count != c.stream || s.length != c.length {
				t.Errorf("%d streams of %d, want %d of %d", s.count, s.length, c.stream, c.length)
			}
			if m, err := o.Validate(context.Background()); err != nil || m.Tokens != c.stream*c.length {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// TestTailSplitsEveryStream: 2 streams of 50 predictions are 12 windows of 4, of which 9 train; 14 steps are left.
func TestTailSplitsEveryStream(t *testing.T) {
	o := newObjective(t, newModel(t, 101, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: 4, Tail: 0.8}, count(101), nil)
	trained := map[int32]bool{}
	for range o.StepsPerEpoch() {
		if _, err := o.Step(); err != nil {
			t.Fatal(err)
		}
		for _, id := range o.targets {
			trained[id] = true
		}
	}
	if len(trained) != 2*36 {
		t.Errorf("%d tokens trained on, want 72", len(trained))
	}
	s := o.validation.streams
	inputs, targets := make([]int32, 8), make([]int32, 8)
	for from := 0; from < s.length; from += 2 {
		if err := s.fill(inputs[:4], targets[:4], from, 2); err != nil {
			t.Fatal(err)
		}
		for _, id := range targets[:4] {
			if trained[id] {
				t.Errorf("token %d is in both parts", id)
			}
		}
	}
	if o.ValidationTokens() != 28 {
		t.Errorf("%d tokens for validation, want 28", o.ValidationTokens())
	}
}

// recipe is a short run of a real model with everything in it that has a state.
type recipe struct {
	workers int
	network model.RecurrentConfig
	bptt    BPTT
	cfg     Config
}

// recipes are the plain run and one with each remedy that has a state or is random.
func recipes() map[string]recipe {
	out := map[string]recipe{}
	for name, change := range map[string]func(*recipe){
		"plain": func(*recipe) {},
		"dropouts": func(r *recipe) {
			r.network.Variational, r.network.EmbeddingDropout, r.network.WeightDrop = true, 0.1, 0.3
		},
		"norms and highways": func(r *recipe) {
			r.network.LayerNorm, r.network.Highway = true, true
		},
		"zoneout and dilation": func(r *recipe) {
			r.network.Zoneout, r.network.ZoneoutCell, r.network.Dilation = 0.1, 0.2, 3
		},
		"averaged weights": func(r *recipe) {
			r.cfg.Optimizer = optim.Config{Name: optim.NameNTASGD, Patience: 1}
			r.cfg.Schedule = optim.ScheduleConfig{Rate: 20}
			r.cfg.EvalEvery = 3
		},
		"overlapping windows": func(r *recipe) { r.bptt.Every = 3 },
	} {
		r := newRecipe()
		change(&r)
		out[name] = r
	}
	return out
}

func newRecipe() recipe {
	return recipe{
		workers: 1,
		network: network(0.2),
		bptt:    BPTT{Batch: 4, Steps: 8, Shift: true, Seed: 9},
		cfg: Config{
			Steps: 30, EvalEvery: 7, LogEvery: 2,
			Optimizer: optim.Config{Name: optim.NameAdamW, WeightDecay: 0.01},
			Schedule:  optim.ScheduleConfig{Name: optim.Cosine, Rate: 1e-2, Warmup: 0.1},
			Clip:      optim.Clip{Norm: 0.5},
		},
	}
}

// start makes model and loop; the model has the given parameter values, or its own if there are none.
func (r recipe) start(t testing.TB, values [][]float32, hooks Hooks) (*model.LanguageModel, *Loop) {
	m := newModelOf(t, vocab, r.network)
	for i, v := range values {
		copy(m.Parameters()[i].Value, v)
	}
	w := newWorkers(t, r.workers)
	o := newObjective(t, m, w, r.bptt, babble(400, vocab, 1), babble(90, vocab, 2))
	l, err := NewLoop(o, w, r.cfg, hooks)
	if err != nil {
		t.Fatal(err)
	}
	return m, l
}

func values(m *model.LanguageModel) [][]float32 {
	var out [][]float32
	for _, p := range m.Parameters() {
		out = append(out, slices.Clone(p.Value))
	}
	return out
}

func equalValues(a, b [][]float32) bool {
	return slices.EqualFunc(a, b, func(x, y []float32) bool { return slices.Equal(x, y) })
}

func TestBitsDoNotDependOnWorkers(t *testing.T) {
	for name, one := range recipes() {
		var h1, h2 history
		two := one
		two.workers = 2
		m1, l1 := one.start(t, nil, h1.hooks())
		m2, l2 := two.start(t, nil, h2.hooks())
		run(t, l1)
		run(t, l2)
		if !slices.Equal(h1.losses(), h2.losses()) || !equalValues(values(m1), values(m2)) {
			t.Errorf("%s: two workers give other bits than one", name)
		}
	}
}

func TestValidationDisturbsNothing(t *testing.T) {
	often, never := newRecipe(), newRecipe()
	often.cfg.EvalEvery, never.cfg.EvalEvery = 1, -1
	m1, l1 := often.start(t, nil, Hooks{})
	m2, l2 := never.start(t, nil, Hooks{})
	run(t, l1)
	run(t, l2)
	if !equalValues(values(m1), values(m2)) {
		t.Error("a run with validations differs from one without")
	}
}

func TestMeasuringSpeedDisturbsNothing(t *testing.T) {
	r := newRecipe()
	r.cfg.Steps, r.cfg.Time = 0, time.Second
	// A clock that moves by a millisecond whenever it is looked at plans the same on every machine.
	at := time.Unix(0, 0)
	r.cfg.Now = func() time.Time { at = at.Add(time.Millisecond); return at }
	m1, l1 := r.start(t, nil, Hooks{})
	plan := run(t, l1).Plan

	again := newRecipe()
	again.cfg.Steps, again.cfg.EvalEvery = plan.Steps, plan.EvalEvery
	m2, l2 := again.start(t, nil, Hooks{})
	run(t, l2)
	if !equalValues(values(m1), values(m2)) {
		t.Errorf("a run for a time differs from one of its %d steps", plan.Steps)
	}
}

func TestResumeOfALanguageModel(t *testing.T) {
	for name, r := range recipes() {
		t.Run(name, func(t *testing.T) { checkResume(t, r) })
	}
}

// checkResume stops a run at several steps and lets it go on in another loop.
func checkResume(t *testing.T, r recipe) {
	var straight history
	want, l := r.start(t, nil, straight.hooks())
	run(t, l)

	for _, stop := range []int{0, 1, 7, 12, 13, 14, 25} { // without overlap, an epoch is 12 windows
		var h history
		var at [][]float32
		ctx, cancel := context.WithCancel(context.Background())
		hooks := h.hooks()
		save := hooks.Save
		hooks.BeforeUpdate = func(u Update) error {
			if u.Step == stop {
				cancel()
			}
			return nil
		}
		var first *model.LanguageModel
		hooks.Save = func(reason SaveReason, s State) error {
			at = values(first)
			return save(reason, s)
		}
		if stop == 0 {
			cancel()
		}
		first, l := r.start(t, nil, hooks)
		if _, err := l.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("stop %d: error %v", stop, err)
		}
		if h.last.Step != stop {
			t.Fatalf("stopped after %d, want %d", h.last.Step, stop)
		}

		second, l := r.start(t, at, h.hooks())
		if err := l.Restore(throughJSON(t, h.last)); err != nil {
			t.Fatal(err)
		}
		run(t, l)
		if !slices.Equal(h.losses(), straight.losses()) {
			t.Errorf("stop %d: the history differs", stop)
		}
		if !equalValues(values(second), values(want)) {
			t.Errorf("stop %d: the weights differ", stop)
		}
		cancel()
	}
}

func TestLanguageModelLearns(t *testing.T) {
	r := newRecipe()
	r.cfg.Steps, r.cfg.EvalEvery = 400, 50
	var h history
	_, l := r.start(t, nil, h.hooks())
	got := run(t, l)
	if first := *h.records[24].ValidLoss; got.Best.Loss > first-0.1 || got.Best.Loss > 0.9*math.Log(vocab) {
		t.Errorf("best %v after %v at step 50; knowing nothing gives %v", got.Best.Loss, first, math.Log(vocab))
	}
}

func TestLanguageModelStepDoesNotAllocate(t *testing.T) {
	for name, r := range recipes() {
		t.Run(name, func(t *testing.T) { checkAllocations(t, r) })
	}
}

func checkAllocations(t *testing.T, r recipe) {
	r.workers, r.cfg.HealthEvery = 2, -1
	_, l := r.start(t, nil, Hooks{})
	ctx := context.Background()
	if err := l.plan(ctx); err != nil {
		t.Fatal(err)
	}
	steps := testing.AllocsPerRun(20, func() { // some of them begin an epoch
		if err := l.step(); err != nil {
			t.Error(err)
		}
	})
	validations := testing.AllocsPerRun(5, func() {
		if _, err := l.validate(ctx); err != nil {
			t.Error(err)
		}
	})
	if steps != 0 || validations != 0 {
		t.Errorf("%v allocations a step, %v a validation", steps, validations)
	}
}

func TestValidateCanBeCancelled(t *testing.T) {
	_, l := newRecipe().start(t, nil, Hooks{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.objective.Validate(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNewLanguageModelRefuses(t *testing.T) {
	text := babble(100, vocab, 1)
	for _, c := range []struct {
		name   string
		cfg    BPTT
		tokens ids
		valid  Tokens
		want   string
	}{
		{"a negative batch", BPTT{Batch: -1}, text, nil, "batch is -1"},
		{"a short text", BPTT{Batch: 10, Steps: 10}, text, nil, "100 tokens are too few for 10 streams with windows of 10, which need 101"},
		{"no text", BPTT{}, nil, nil, "0 tokens are too few"},
		{"a validation text of one token", BPTT{Batch: 2, Steps: 5}, text, text[:1], "1 tokens for validation are too few"},
		{"a share of 1", BPTT{Tail: 1}, text, nil, "is 1"},
		{"a reset that is no probability", BPTT{Reset: 1.1}, text, nil, "reset is 1.1"},
		{"a split with a shift", BPTT{Tail: 0.5, Shift: true}, text, nil, "cannot shift"},
		{"a split with a text", BPTT{Batch: 2, Steps: 5, Tail: 0.5}, text, text, "choose one"},
		{"a share without a window", BPTT{Batch: 2, Steps: 40, Tail: 0.5}, text, nil, "holds no window of 40: use a smaller batch or shorter windows"},
	} {
		_, err := NewLanguageModel(newModel(t, vocab, 0), newWorkers(t, 1), c.cfg, c.tokens, c.valid)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestForeignTokensAreRefused(t *testing.T) {
	text, valid := babble(100, vocab, 1), babble(50, vocab, 2)
	text[70], valid[20] = vocab, -1
	o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), BPTT{Batch: 1, Steps: 90}, text, valid)
	if _, err := o.Step(); err == nil || !strings.Contains(err.Error(), "token 11 at 70") {
		t.Errorf("error %v", err)
	}
	if _, err := o.Validate(context.Background()); err == nil || !strings.Contains(err.Error(), "token -1 at 20") {
		t.Errorf("error %v", err)
	}
}

func TestPositionRefuses(t *testing.T) {
	o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: 5}, babble(100, vocab, 1), nil)
	for name, spoil := range map[string]func(*Position){
		"another text":   func(p *Position) { p.Batches++ },
		"past the epoch": func(p *Position) { p.Batch = p.Batches + 1 },
		"negative":       func(p *Position) { p.Epoch = -1 },
		"no tensors":     func(p *Position) { p.Tensors = nil },
	} {
		p := o.Position()
		spoil(&p)
		if err := o.Restore(p); err == nil {
			t.Errorf("%s: restored", name)
		}
	}
	if _, err := o.Validate(context.Background()); err == nil || !strings.Contains(err.Error(), "no tokens for validation") {
		t.Errorf("error %v", err)
	}
}
