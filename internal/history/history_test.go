package history_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// A history that goes on after a step forgets what came later.
func TestHistoryGoesOn(t *testing.T) {
	dir, err := checkpoint.OpenRun(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, session := range []struct{ after, first, last int }{{0, 1, 5}, {3, 4, 4}} {
		h, err := history.Open(dir, session.after, "token", 0)
		if err != nil {
			t.Fatal(err)
		}
		if h.Last().Step != session.after {
			t.Errorf("the last step is %d, want %d", h.Last().Step, session.after)
		}
		for step := session.first; step <= session.last; step++ {
			loss := float64(step)
			if err := h.Add(train.Record{Step: step, Loss: loss, ValidLoss: &loss, Rate: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	records, err := checkpoint.ReadMetrics[train.Record](dir.Path(checkpoint.MetricsName))
	if err != nil || len(records) != 4 || records[3].Step != 4 {
		t.Errorf("records %+v, %v; want steps 1 to 4", records, err)
	}
	curves, err := os.ReadFile(dir.Path(checkpoint.CurvesName))
	if err != nil || !strings.Contains(string(curves), "<svg") {
		t.Errorf("curves: %v, want an SVG", err)
	}
}

// The curves are drawn at every validation and at the end, the last steps with them.
func TestCurvesAreDrawn(t *testing.T) {
	dir, err := checkpoint.OpenRun(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	h, err := history.Open(dir, 0, "token", 0)
	if err != nil {
		t.Fatal(err)
	}
	loss, drawn := 1.5, func() string {
		svg, _ := os.ReadFile(dir.Path(checkpoint.CurvesName))
		return string(svg)
	}
	for step, valid := range []*float64{nil, &loss} {
		if err := h.Add(train.Record{Step: step + 1, Loss: 2, ValidLoss: valid, Rate: 1}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(drawn(), "validation, best: 1.500 at step 2"); got != (valid != nil) {
			t.Errorf("step %d: the validation is drawn: %v", step+1, got)
		}
	}
	before := drawn()
	if err := h.Add(train.Record{Step: 900, Loss: 2, Rate: 1}); err != nil {
		t.Fatal(err)
	}
	if err := h.Finish(); err != nil {
		t.Fatal(err)
	}
	if svg := drawn(); svg == before || !strings.Contains(svg, ">800<") {
		t.Error("the steps after the last validation are not drawn")
	}
}
