package checkpoint_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/checkpoint"
)

type record struct {
	Step int     `json:"step"`
	Loss float64 `json:"loss"`
}

func TestMetrics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	m, err := checkpoint.CreateMetrics(path)
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 3; step++ {
		if err := m.Append(record{step, 1 / float64(step)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Append(record{4, math.NaN()}); err == nil {
		t.Error("NaN has become JSON")
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.ReadMetrics[record](path)
	if want := []record{{1, 1}, {2, 0.5}, {3, 1. / 3}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestResumeMetrics(t *testing.T) {
	const three = `{"step":10}` + "\n" + `{"step":20}` + "\n" + `{"step":30}` + "\n"
	for _, c := range []struct {
		name, before string
		step         int
		after        string
	}{
		{"no file yet", "", 0, ""},
		{"all done", three, 30, three},
		{"later steps", three, 20, three[:24]},
		{"between steps", three, 25, three[:24]},
		{"before the first", three, 5, ""},
		{"torn line", three + `{"step":4`, 30, three},
		{"torn number", three + `{"step":40}`, 90, three},
		{"torn later line", three + `{"st`, 10, three[:12]},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "metrics.jsonl")
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			m, err := checkpoint.ResumeMetrics(path, c.step)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Append(record{99, 0}); err != nil {
				t.Fatal(err)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if want := c.after + `{"step":99,"loss":0}` + "\n"; string(got) != want {
				t.Errorf("the file holds %q, want %q; %v", got, want, err)
			}
		})
	}
}

func TestResumeMetricsRefusesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	const text = `{"step":1}` + "\nnot JSON\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoint.ResumeMetrics(path, 1); err == nil || !strings.Contains(err.Error(), path+":2: ") {
		t.Errorf("error is %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("the file has become %q", got)
	}
}

// A file that is no file of records at all is named by the error, too.
func TestReadMetricsRefusesLongLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	if err := os.WriteFile(path, []byte(`{"step":1}`+"\n"+strings.Repeat("x", 2<<20)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoint.ReadMetrics[record](path); err == nil || !strings.Contains(err.Error(), path+":2: a line of more than") {
		t.Errorf("error is %v", err)
	}
}

func TestReadMetricsWhileWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	if err := os.WriteFile(path, []byte(`{"step":1}`+"\n"+`{"step":2}`), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.ReadMetrics[record](path)
	if err != nil || len(got) != 1 {
		t.Errorf("read %v, %v", got, err)
	}
}
