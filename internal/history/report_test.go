package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// session keeps a page for the steps from first to last, each with a validation and a sample.
func session(t *testing.T, dir *checkpoint.Run, after, first, last int) {
	t.Helper()
	h, err := Open(dir, after, "token", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Report(Description{Title: "a <run>", Guarded: true}, after); err != nil {
		t.Fatal(err)
	}
	for step := first; step <= last; step++ {
		loss := 1.5
		if err := h.AddSample(Sample{Step: step, Text: fmt.Sprintf("text %d of %d", step, last)}); err != nil {
			t.Fatal(err)
		}
		if err := h.Add(train.Record{Step: step, Loss: 2, ValidLoss: &loss, Facts: &train.Facts{Steps: 9000}, Health: &train.Health{Step: step}}); err != nil {
			t.Fatal(err)
		}
		if text := pageOf(t, dir); !strings.Contains(text, "refresh") {
			t.Error("the page of a run that goes on is not read anew")
		}
	}
	if err := h.Finish(); err != nil {
		t.Fatal(err)
	}
}

func pageOf(t *testing.T, dir *checkpoint.Run) string {
	t.Helper()
	text, err := os.ReadFile(dir.Path(checkpoint.ReportName))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A page that goes on forgets what came after the step from which the run is resumed; a new run forgets it all.
func TestPageGoesOn(t *testing.T) {
	dir, err := checkpoint.OpenRun(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if HasReport(dir) {
		t.Error("an empty directory has a page")
	}
	session(t, dir, 0, 1, 5)
	session(t, dir, 3, 4, 4)
	if !HasReport(dir) {
		t.Error("there is no page")
	}
	text := pageOf(t, dir)
	for _, want := range []string{"a &lt;run&gt;", "text 3 of 5", "text 4 of 4", "4 of 9,000", "Healthy"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, gone := range []string{"text 4 of 5", "text 5 of 5", "refresh"} {
		if strings.Contains(text, gone) {
			t.Errorf("%s is still in the page", gone)
		}
	}
	h, err := Open(dir, 0, "token", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Finish()
	if HasReport(dir) {
		t.Error("a new run has the page of the old one")
	}
}

func TestSpread(t *testing.T) {
	for n, want := range map[int]string{2: "[0 1]", 6: "[0 1 2 3 4 5]", 20: "[0 3 7 11 15 19]"} {
		var all []int
		for i := range n {
			all = append(all, i)
		}
		if got := fmt.Sprint(spread(all, 6)); got != want {
			t.Errorf("of %d: %s, want %s", n, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	got := Settings(struct {
		Cell    string        `json:"cell"`
		Layers  int           `json:"layers"`
		Time    time.Duration `json:"time"`
		Tie     *bool         `json:"tie_weights"`
		NFC     *bool         `json:"nfc"`
		Norm    bool          `json:"layer_norm"`
		Seed    *uint64       `json:"seed"`
		Dropout float64       `json:"dropout"`
		Hidden  int           `json:"-"`
	}{"gru", 2, time.Minute, new(true), new(false), true, nil, 0, 7})
	want := []report.Fact{{Name: "cell", Value: "gru"}, {Name: "layers", Value: "2"}, {Name: "time", Value: "1m0s"}, {Name: "tie weights", Value: "yes"}, {Name: "layer norm", Value: "yes"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Records that someone changed must not make a reader stumble.
func TestReadRefuses(t *testing.T) {
	const good = `{"step":1,"health":{"step":1,"lags":[0,1],"layers":[{"gradient":[1,0.5]}]}}` + "\n"
	for name, line := range map[string]string{
		"a layer less":        `{"step":2,"health":{"step":2,"lags":[0,1]}}`,
		"a layer more":        `{"step":2,"health":{"step":2,"lags":[0],"layers":[{"gradient":[1]},{"gradient":[1]}]}}`,
		"fewer gradients":     `{"step":2,"health":{"step":2,"lags":[0,1],"layers":[{"gradient":[1]}]}}`,
		"equal lags":          `{"step":2,"health":{"step":2,"lags":[1,1],"layers":[{"gradient":[1,1]}]}}`,
		"falling lags":        `{"step":2,"health":{"step":2,"lags":[1,0],"layers":[{"gradient":[1,1]}]}}`,
		"gradients, no lags":  `{"step":2,"health":{"step":2,"layers":[{"gradient":[1]}]}}`,
		"not a JSON object":   `2`,
		"a health of letters": `{"step":2,"health":"good"}`,
	} {
		path := filepath.Join(t.TempDir(), "metrics.jsonl")
		if err := os.WriteFile(path, []byte(good+line+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// The records of a run without a guard hold no verdicts, but what they can be given by.
func TestDiagnoseByRecords(t *testing.T) {
	flat := []train.Record{{Step: 1, Loss: 3.3}, {Step: 400, Loss: 3.3}, {Step: 800, Loss: 3.3}}
	if found, known := Diagnose(flat); known || len(found) > 0 {
		t.Errorf("records without facts: %v", found)
	}
	flat[0].Facts = &train.Facts{Steps: 1000, Unigram: 3.3}
	if found, known := Diagnose(flat); !known || len(found) != 1 || found[0].Kind != train.Stalled {
		t.Errorf("a flat loss: %v", found)
	}
}

// The page is written at once when there is news, and else only now and then.
func TestPageIsWrittenNowAndThen(t *testing.T) {
	dir, err := checkpoint.OpenRun(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	h, err := Open(dir, 0, "token", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Finish()
	if err := h.Report(Description{Guarded: true}, 0); err != nil {
		t.Fatal(err)
	}
	loss := 1.5
	for _, c := range []struct {
		rec   train.Record
		shown bool
	}{
		{train.Record{Step: 1, Seconds: 10}, true}, // the first
		{train.Record{Step: 2, Seconds: 11}, false},
		{train.Record{Step: 3, Seconds: 12, ValidLoss: &loss}, true},
		{train.Record{Step: 4, Seconds: 14}, false},
		{train.Record{Step: 5, Seconds: 15}, true}, // three seconds later
		{train.Record{Step: 6, Seconds: 16, Verdicts: []train.Verdict{{Kind: train.Stalled, Step: 6}}}, true},
		{train.Record{Step: 7, Seconds: 18}, false},
	} {
		c.rec.Loss = 2
		if err := h.Add(c.rec); err != nil {
			t.Fatal(err)
		}
		if shown := strings.Contains(pageOf(t, dir), fmt.Sprintf("<dd>%d</dd>", c.rec.Step)); shown != c.shown {
			t.Errorf("step %d is in the page: %v, want %v", c.rec.Step, shown, c.shown)
		}
	}
}

// A run of which little was measured is not called healthy.
func TestPageOfAShortRunDoesNotCallItHealthy(t *testing.T) {
	dir, err := checkpoint.OpenRun(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	session(t, dir, 0, 1, 2)
	if strings.Contains(pageOf(t, dir), "Healthy") {
		t.Error("two measurements are enough to call a run healthy")
	}
}
