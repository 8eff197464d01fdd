package train

import (
	"math"
	"testing"

	"github.com/textgen-go/textgen/model/optim"
)

// TestAveragesAreValidatedAndSaved: from the trigger on, the mean of the weights is what is validated and what is saved
// as the best, while training and all other saves go on with the weights themselves.
func TestAveragesAreValidatedAndSaved(t *testing.T) {
	const every, trigger = 4, 3 // the third validation triggers, after 12 steps
	q := newQuadratic()
	q.losses = []float64{5, 4, 6, 3, 2, 7}
	cfg := fakeConfig(q)
	cfg.Optimizer = optim.Config{Name: optim.NameNTASGD, Patience: 1}
	cfg.Schedule = optim.ScheduleConfig{Rate: 0.3}
	cfg.Steps, cfg.EvalEvery, cfg.SaveEvery = every*len(q.losses), every, every
	var weights, validated []float64 // after each step; at each validation
	saved := map[SaveReason][]float64{}
	q.onValidate = func() { validated = append(validated, float64(q.packed)) }
	value := func() float64 { return float64(q.param.Value[0]) }
	loop := newLoop(t, q, cfg, Hooks{
		BeforeUpdate: func(Update) error { weights = append(weights, value()); return nil },
		Save:         func(r SaveReason, _ State) error { saved[r] = append(saved[r], value()); return nil },
	})
	run(t, loop)
	weights = append(weights[1:], value())

	var best []float64
	for i, got := range validated {
		step := (i + 1) * every
		want := weights[step-1]
		if i >= trigger {
			want = meanOf(weights[trigger*every : step])
		}
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("validation %d saw %v, want %v", i+1, got, want)
		}
		if l := q.losses; i < 2 || l[i] < 4 {
			best = append(best, want)
		}
	}
	for i, got := range saved[SaveBest] {
		if math.Abs(got-best[i]) > 1e-5 {
			t.Errorf("the best model no. %d is %v, want %v", i+1, got, best[i])
		}
	}
	for i, got := range saved[SavePeriodic] {
		if want := weights[(i+1)*every-1]; got != want {
			t.Errorf("the state no. %d is %v, want %v", i+1, got, want)
		}
	}
	if len(saved[SaveBest]) != 4 || saved[SaveFinal][0] != value() {
		t.Errorf("saved %v", saved)
	}
}

func meanOf(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
