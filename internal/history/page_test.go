package history

import (
	"bytes"
	"math"
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
