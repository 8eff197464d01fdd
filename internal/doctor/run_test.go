package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/train"
)

// short makes experiments that take a moment.
var short = Config{Tasks: []string{"order"}, Networks: []string{"rnn", "gru"}, Lengths: []int{20, 10}, Steps: 200, Seed: 1}

func run(t *testing.T, cfg Config) *Results {
	t.Helper()
	r, err := Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunSolves(t *testing.T) {
	r := run(t, short)
	gru := r.trial("order", "gru", 20)
	if gru == nil || gru.Outcome != Solved || gru.Steps >= 200 || gru.Right <= solvedShare || gru.Learned == 0 {
		t.Errorf("a GRU did not solve the order of two signs among 20 symbols: %+v", gru)
	}
	if last := gru.Tests[len(gru.Tests)-1]; last.Step != gru.Steps || gru.Tests[0].Step != 0 || gru.Tests[0].Loss < gru.Baseline/2 {
		t.Errorf("tests %+v", gru.Tests)
	}
	for _, curve := range [][]float64{gru.Before, gru.After} {
		if len(curve) != len(gru.Lags) || slices.ContainsFunc(curve, func(g float64) bool { return !(g > 0) || math.IsInf(g, 0) }) {
			t.Errorf("gradients by lag %v", curve)
		}
	}
	if slices.Equal(gru.Before, gru.After) {
		t.Error("training has not changed the gradients")
	}
}

// TestRunIsReproducible holds one core against three, to the bit.
func TestRunIsReproducible(t *testing.T) {
	one, three := short, short
	one.Threads, three.Threads = 1, 3
	a, b := run(t, one), run(t, three)
	if !reflect.DeepEqual(a.Trials, b.Trials) {
		t.Error("the number of cores changes the results")
	}
	one.Seed++
	if c := run(t, one); reflect.DeepEqual(a.Trials, c.Trials) {
		t.Error("the seed does not change the results")
	}
}

// TestRunStopsAtBaseline: who learns nothing at a length is not tried at longer ones.
func TestRunStopsAtBaseline(t *testing.T) {
	cfg := Config{Tasks: []string{"adding"}, Networks: []string{"rnn"}, Lengths: []int{30, 60, 90}, Steps: 1}
	var progress []Progress
	cfg.Progress = func(p Progress) { progress = append(progress, p) }
	r := run(t, cfg)
	if len(r.Trials) != 1 || r.Trials[0].Outcome != Baseline || r.Trials[0].Length != 30 || !r.Complete {
		t.Errorf("results %+v", r)
	}
	if len(progress) != 1 || progress[0].Done != 3 || progress[0].All != 3 {
		t.Errorf("progress %+v", progress)
	}
}

// TestRunInterrupted: what was finished is kept.
func TestRunInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cfg := short
	cfg.Threads = 1
	cfg.Progress = func(Progress) { cancel() }
	r, err := Run(ctx, cfg)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if r == nil || len(r.Trials) != 1 || r.Complete {
		t.Errorf("results %+v", r)
	}
	var text strings.Builder
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "The experiments were interrupted") {
		t.Errorf("the table does not say that it is not whole: %s, %v", text.String(), err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Tasks: []string{"sorting"}}, `task "sorting" is unknown; use one of adding, copy, order`},
		{Config{Networks: []string{"transformer"}}, `cell "transformer" is unknown; use one of rnn, `},
		{Config{Lengths: []int{20, 9}}, "length is 9; it must be from 10"},
		{Config{Lengths: []int{20, 10001}}, "length is 10001; it must be from 10 to 10000"},
		{Config{Steps: -1}, "steps is -1"},
	} {
		if _, err := Run(context.Background(), c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %s", c.cfg, err, c.want)
		}
	}
}

// TestEveryNetworkRuns makes a step with every network on every task.
func TestEveryNetworkRuns(t *testing.T) {
	r := run(t, Config{Quick: true, Lengths: []int{10}, Steps: 1})
	if len(r.Trials) != len(Tasks)*len(Networks) {
		t.Fatalf("%d trials", len(r.Trials))
	}
	for _, trial := range r.Trials {
		if trial.Steps != 1 || len(trial.Tests) != 2 || trial.Outcome == Diverged {
			t.Errorf("%+v", trial)
		}
	}
	var back Results
	text, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil || !reflect.DeepEqual(back.Trials, r.Trials) {
		t.Errorf("the results do not survive JSON: %v", err)
	}
}

func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		right, loss float64
		want        Outcome
	}{{0.995, 0.01, Solved}, {0.99, 0.01, Partly}, {0.3, 0.84, Partly}, {0.3, 0.86, Baseline}, {0.3, 1.2, Baseline}} {
		trial := Trial{Right: c.right, Loss: c.loss, Baseline: 1}
		if got := trial.outcome(); got != c.want {
			t.Errorf("right %v, loss %v: %s, want %s", c.right, c.loss, got, c.want)
		}
	}
}

func TestSomeLags(t *testing.T) {
	for steps := 1; steps < 300; steps++ {
		lags := someLags(steps)
		if lags[0] != 0 || lags[len(lags)-1] != steps-1 || len(lags) > maxLags || !slices.IsSorted(lags) || len(slices.Compact(lags)) != len(lags) {
			t.Errorf("%d steps: lags %v", steps, lags)
		}
	}
}

// TestTests: a trial keeps the lowest loss and the highest share of right answers, and ends once fewer than 1 % are wrong.
func TestTests(t *testing.T) {
	trial := Trial{Baseline: 1}
	for _, c := range []struct {
		loss, right float64
		learned     int
		solved      bool
	}{{0.9, 0.2, 0, false}, {0.6, 0.5, 0, false}, {0.4, 0.7, 300, false}, {0.5, 0.6, 300, false}, {0.1, 0.99, 300, false}, {0.2, 0.995, 300, true}} {
		err := trial.test(100*(len(trial.Tests)+1), train.Metrics{Loss: c.loss, Score: &c.right})
		if trial.Learned != c.learned || errors.Is(err, errSolved) != c.solved {
			t.Errorf("loss %v, right %v: learned at step %d, %v; want %d, solved: %v", c.loss, c.right, trial.Learned, err, c.learned, c.solved)
		}
		if c.loss == 0.5 && (trial.Loss != 0.4 || trial.Right != 0.7) {
			t.Errorf("after a worse test: loss %v, right %v; want the best of all tests, 0.4 and 0.7", trial.Loss, trial.Right)
		}
	}
}
