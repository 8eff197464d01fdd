package history

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/train"
)

func TestPage(t *testing.T) {
	valid := 2.5
	health := func(step int, grad float64) *train.Health {
		return &train.Health{
			Step: step, Lags: []int{0, 1, 2},
			Parameters: []train.ParameterHealth{
				{Name: "embedding.weight", Gradient: grad, Weight: 2, Update: 0.5},
				{Name: "rnn.weight_hh_l0_reverse", Gradient: 3 * grad, Weight: 3, Update: 0.1},
				{Name: "rnn.bias_hh_l0", Gradient: 4 * grad, Weight: 4, Update: 0.1},
			},
			Layers: []train.LayerHealth{{Gradient: []float64{1, 0.5, 0.2}, Gates: []train.GateHealth{{Name: "f", Low: 0.1, High: 0.2}}, Dead: 0.25}},
		}
	}
	p := Page([]train.Record{
		{Step: 1, Loss: 4, Rate: 0.1, Health: health(1, 1)},
		{Step: 2, Loss: 3, Rate: 0.1, ValidLoss: &valid},
		{Step: 3, Loss: 2, Rate: 0.1, Health: health(3, 2), Verdicts: []train.Verdict{{Kind: train.Stalled, Step: 3, Evidence: "flat"}}},
	}, 1)
	if len(p.Curves.Training.Steps) != 3 || p.Curves.Validation.Values[0] != 2.5 || p.Curves.Limit != 1 {
		t.Errorf("curves %+v", p.Curves)
	}
	if len(p.Norms) != 2 || p.Norms[1].Name != "layer 0" || p.Norms[1].Values[1] != 10 {
		t.Errorf("norms %+v", p.Norms)
	}
	if p.Updates[0].Values[0] != 0.5 || math.Abs(p.Updates[1].Values[0]-0.1) > 1e-12 {
		t.Errorf("updates %+v", p.Updates)
	}
	if len(p.Lags) != 1 || len(p.Lags[0].Curves) != 2 || p.Lags[0].Curves[1].Step != 3 || p.Lags[0].Curves[1].Values[2] != 0.2 {
		t.Errorf("lags %+v", p.Lags)
	}
	if lines := p.Gates[0].Lines; len(lines) != 2 || lines[0].Name != "forget gate" || math.Abs(lines[0].Values[1]-0.3) > 1e-12 || lines[1].Values[0] != 0.25 {
		t.Errorf("gates %+v", p.Gates)
	}
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil || !strings.Contains(b.String(), "stalled") {
		t.Errorf("page: %v", err)
	}
}

func TestPageOfAnEmptyRun(t *testing.T) {
	var b bytes.Buffer
	if err := Page(nil, 0).WriteHTML(&b); err != nil {
		t.Error(err)
	}
}

// A layer's chart has the first, the middle and the last measurement, and the guard's line of the last.
func TestLagsOfAPage(t *testing.T) {
	score := 0.75
	var records []train.Record
	for step, gradient := range []float64{8, 4, 2, 1, 0.5} {
		records = append(records, train.Record{Step: step + 1, ValidScore: &score, Health: &train.Health{
			Step: step + 1, Lags: []int{0, 1, 32}, Layers: []train.LayerHealth{{Gradient: []float64{gradient, gradient, gradient / 2}}},
		}})
	}
	p := Page(records, 0)
	var steps []int
	for _, c := range p.Lags[0].Curves {
		steps = append(steps, c.Step)
	}
	if !slices.Equal(steps, []int{1, 3, 5}) {
		t.Errorf("curves of the steps %v, want the first, the middle and the last", steps)
	}
	if len(p.Lags[0].Bound.Values) > 0 {
		t.Errorf("a line of the guard, %+v, where nothing is known of how far tokens depend on each other", p.Lags[0].Bound)
	}
	if len(p.Score.Values) != 5 || p.Score.Values[4] != score {
		t.Errorf("scores %+v", p.Score)
	}
	records[0].Facts = &train.Facts{Dependency: 48}
	if bound := Page(records, 0).Lags[0].Bound; len(bound.Values) == 0 || bound.Lags[0] != 1 || bound.Values[0] != 0.5 {
		t.Errorf("the guard's line is %+v, want one from the last measurement's 0.5 at lag 1 on", bound)
	}
}

func TestGateNames(t *testing.T) {
	for letter, want := range map[string]string{"i": "input gate", "f": "forget gate", "o": "output gate", "r": "reset gate", "z": "update gate", "n": "new content", "x": "x"} {
		if got := gateName(letter); got != want {
			t.Errorf("%s is called %s, want %s", letter, got, want)
		}
	}
}
