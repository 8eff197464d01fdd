package optim

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func newSchedule(t testing.TB, cfg ScheduleConfig) *Schedule {
	t.Helper()
	s, err := NewSchedule(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRate holds the schedules against numbers worked out by hand from the formulas of ScheduleConfig.
func TestRate(t *testing.T) {
	half := math.Sqrt2 / 2 // cos of an eighth of a turn
	for _, c := range []struct {
		name  string
		cfg   ScheduleConfig
		total int
		want  map[int]float64
	}{
		{"constant", ScheduleConfig{Rate: 2}, 10, map[int]float64{0: 2, 5: 2, 9: 2}},
		{"constant, 3 steps of warm-up", ScheduleConfig{Rate: 2, Warmup: 3}, 10, map[int]float64{0: 0.5, 1: 1, 2: 1.5, 3: 2, 9: 2}},
		{"constant, a share of warm-up", ScheduleConfig{Rate: 2, Warmup: 0.3}, 10, map[int]float64{0: 0.5, 2: 1.5, 3: 2}},
		{"linear", ScheduleConfig{Name: Linear, Rate: 1}, 10, map[int]float64{0: 1, 1: 0.9, 5: 0.5, 9: 0.1, 10: 0}},
		{"linear to a fifth", ScheduleConfig{Name: Linear, Rate: 1, Final: 0.2}, 8, map[int]float64{0: 1, 4: 0.6, 8: 0.2, 99: 0.2}},
		{"linear after warm-up", ScheduleConfig{Name: Linear, Rate: 1, Warmup: 4}, 8, map[int]float64{0: 0.2, 3: 0.8, 4: 1, 6: 0.5, 7: 0.25}},
		{"cosine", ScheduleConfig{Name: Cosine, Rate: 2}, 8, map[int]float64{0: 2, 2: 1 + half, 4: 1, 6: 1 - half, 8: 0}},
		{"cosine to a tenth", ScheduleConfig{Name: Cosine, Rate: 1, Final: 0.1}, 8, map[int]float64{0: 1, 4: 0.55, 8: 0.1}},
		{"one-cycle", ScheduleConfig{Name: OneCycle, Rate: 1}, 20, map[int]float64{0: 0.04, 3: 0.52, 6: 1, 13: 0.5, 20: 0}},
		{"one-cycle, half of it rising", ScheduleConfig{Name: OneCycle, Rate: 1, Warmup: 0.5, Final: 0.2}, 20, map[int]float64{0: 0.04, 5: 0.52, 10: 1, 15: 0.6, 20: 0.2}},
		{"warm-up longer than the run", ScheduleConfig{Name: Cosine, Rate: 1, Warmup: 9}, 4, map[int]float64{0: 0.1, 3: 0.4}},
		{"plateau", ScheduleConfig{Name: Plateau, Rate: 2, Warmup: 1}, 4, map[int]float64{0: 1, 1: 2, 3: 2}},
		{"step, held for 4 epochs of 10", ScheduleConfig{Name: Step, Rate: 1, Hold: 4, Epoch: 10}, 130, map[int]float64{0: 1, 39: 1, 40: 0.5, 49: 0.5, 50: 0.25, 129: 1.0 / 512}},
		{"step while warming up", ScheduleConfig{Name: Step, Rate: 1, Warmup: 4, Epoch: 2}, 8, map[int]float64{0: 0.2, 1: 0.4, 2: 0.3, 3: 0.4, 4: 0.25}},
		{"step by a tenth", ScheduleConfig{Name: Step, Rate: 2, Factor: 0.1, Epoch: 3}, 9, map[int]float64{0: 2, 2: 2, 3: 0.2, 6: 0.02}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSchedule(t, c.cfg)
			for step, want := range c.want {
				if got := s.Rate(step, c.total); math.Abs(got-want) > 1e-12 {
					t.Errorf("step %d: %v, want %v", step, got, want)
				}
			}
		})
	}
}

// TestRateStaysWithinBounds: at every step of every schedule, 0 < rate ≤ Rate.
func TestRateStaysWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 5000).Draw(t, "total")
		cfg := ScheduleConfig{
			Name:   rapid.SampledFrom(Schedules).Draw(t, "name"),
			Rate:   rapid.Float64Range(1e-6, 10).Draw(t, "rate"),
			Warmup: rapid.SampledFrom([]float64{0, 0.1, 0.99, 1, 7, 1e12}).Draw(t, "warmup"),
			Final:  rapid.Float64Range(0, 1).Draw(t, "final"),
			Epoch:  rapid.IntRange(100, 1000).Draw(t, "epoch"),
		}
		s, err := NewSchedule(cfg)
		if err != nil {
			t.Fatal(err)
		}
		step := rapid.IntRange(0, total-1).Draw(t, "step")
		if rate := s.Rate(step, total); !(rate > 0 && rate <= cfg.Rate*(1+1e-12)) {
			t.Fatalf("%+v: rate %v at step %d of %d", cfg, rate, step, total)
		}
	})
}

func TestPlateau(t *testing.T) {
	s := newSchedule(t, ScheduleConfig{Name: Plateau, Rate: 1, Factor: 0.1, Patience: 1})
	for i, c := range []struct{ loss, rate float64 }{
		{2, 1},
		{1.5, 1},
		{1.5, 1},          // 1 without progress: borne
		{1.49999, 0.1},    // 2, for less than a share of 1e-4 is no progress
		{1.6, 0.1},        // 1
		{1.4, 0.1},        // progress
		{math.NaN(), 0.1}, // 1
		{math.Inf(-1), 0.01},
		{1.3, 0.01},
	} {
		s.Observe(c.loss)
		if got := s.Rate(5, 10); math.Abs(got-c.rate) > 1e-12 {
			t.Errorf("after validation %d (%v): rate %v, want %v", i, c.loss, got, c.rate)
		}
	}
}

func TestPlateauOfNegativeCriterion(t *testing.T) {
	s := newSchedule(t, ScheduleConfig{Name: Plateau, Rate: 1, Patience: 1})
	for _, score := range []float64{0.5, 0.6, 0.7, 0.8} {
		s.Observe(-score)
	}
	if got := s.Rate(0, 1); got != 1 {
		t.Errorf("rate %v after a score that rises all the time, want 1", got)
	}
}

func TestOtherSchedulesIgnoreValidation(t *testing.T) {
	s := newSchedule(t, ScheduleConfig{Name: Cosine, Rate: 1})
	for range 20 {
		s.Observe(1)
	}
	if got := s.Rate(0, 10); got != 1 || s.State() != (PlateauState{}) {
		t.Errorf("rate %v, state %+v", got, s.State())
	}
}

func TestScheduleStateSurvivesJSON(t *testing.T) {
	cfg := ScheduleConfig{Name: Plateau, Rate: 1, Patience: 1}
	s := newSchedule(t, cfg)
	for _, loss := range []float64{1.1, 2, 3, 4} {
		s.Observe(loss)
	}
	text, err := json.Marshal(s.State())
	if err != nil {
		t.Fatal(err)
	}
	var state PlateauState
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	resumed := newSchedule(t, cfg)
	if err := resumed.Restore(state); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.Observe(5)
		resumed.Observe(5)
		if s.Rate(0, 1) != resumed.Rate(0, 1) {
			t.Errorf("rate %v after a restore, want %v", resumed.Rate(0, 1), s.Rate(0, 1))
		}
	}
	if err := resumed.Restore(PlateauState{Bad: -1}); err == nil {
		t.Error("a negative count was restored")
	}
}

func TestScheduleValidate(t *testing.T) {
	for _, c := range []struct {
		cfg  ScheduleConfig
		want string
	}{
		{ScheduleConfig{Name: "stairs", Rate: 1}, `schedule "stairs" is unknown`},
		{ScheduleConfig{}, "rate is 0"},
		{ScheduleConfig{Rate: math.Inf(1)}, "rate is +Inf"},
		{ScheduleConfig{Rate: 1, Warmup: -1}, "warmup is -1"},
		{ScheduleConfig{Rate: 1, Final: 1.5}, "final is 1.5"},
		{ScheduleConfig{Rate: 1, Factor: 1}, "factor is 1"},
		{ScheduleConfig{Rate: 1, Patience: -2}, "patience is -2"},
	} {
		if _, err := NewSchedule(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.cfg, err, c.want)
		}
	}
}
