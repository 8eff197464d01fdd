package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/textgen-go/textgen/classify/labelset"
)

// near allows for the last bits of sums.
var near = cmpopts.EquateApprox(0, 1e-9)

// TestMeasureByHand measures six documents of three labels; a fourth, which none has, does not count.
//
//	truth      a a a b b c
//	predicted  a a b b c b
func TestMeasureByHand(t *testing.T) {
	truth := [][]string{{"a"}, {"a"}, {"a"}, {"b"}, {"b"}, {"c"}}
	probabilities := [][]float32{
		{0.5, 0.25, 0.25, 0}, {0.75, 0.25, 0, 0}, {0.25, 0.5, 0.25, 0}, {0, 1, 0, 0}, {0.25, 0.25, 0.5, 0}, {0, 1, 0, 0},
	}
	m, err := Measure(Config{}, []string{"a", "b", "c", "d"}, truth, probabilities)
	if err != nil {
		t.Fatal(err)
	}
	want := &Measures{
		Task: labelset.MultiClass, Documents: 6, Accuracy: 0.5,
		MacroPrecision: (1 + 1.0/3 + 0) / 3, MacroRecall: (2.0/3 + 0.5 + 0) / 3, MacroF1: (0.8 + 0.4 + 0) / 3,
		MicroPrecision: 0.5, MicroRecall: 0.5, MicroF1: 0.5,
		LogLoss: (math.Ln2 + math.Log(4.0/3) + 2*math.Log(4) + 15*math.Ln10) / 6,
		// 0.5: three, one right; 0.75: one, right; 1: two, one right.
		ECE: (3*(0.5-1.0/3) + 0.25 + 2*0.5) / 6,
		Labels: []LabelMeasures{
			{"a", 1, 2.0 / 3, 0.8, 3, 2}, {"b", 1.0 / 3, 0.5, 0.4, 2, 3}, {"c", 0, 0, 0, 1, 1}, {"d", 0, 0, 0, 0, 0},
		},
		Confusion: [][]int{{2, 1, 0, 0}, {0, 1, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}},
	}
	if diff := cmp.Diff(want, m, near, cmpopts.IgnoreFields(Measures{}, "Reliability")); diff != "" {
		t.Error(diff)
	}
	bins := map[int]Bin{7: {3, 0.5, 1.0 / 3}, 11: {1, 0.75, 1}, 14: {2, 1, 0.5}}
	for i, b := range m.Reliability {
		if diff := cmp.Diff(bins[i], b, near); diff != "" {
			t.Errorf("bin %d: %s", i, diff)
		}
	}
}

// TestMeasureMultiLabel measures three documents: all right, one label missed, no label and one predicted.
func TestMeasureMultiLabel(t *testing.T) {
	truth := [][]string{{"a", "b"}, {"b", "a"}, {}}
	probabilities := [][]float32{{0.5, 0.75}, {0.25, 0.75}, {0.25, 0.5}}
	m, err := Measure(Config{Task: labelset.MultiLabel}, []string{"a", "b"}, truth, probabilities)
	if err != nil {
		t.Fatal(err)
	}
	want := &Measures{
		Task: labelset.MultiLabel, Documents: 3, Threshold: 0.5, Accuracy: 1.0 / 3,
		MacroPrecision: (1 + 2.0/3) / 2, MacroRecall: (0.5 + 1) / 2, MacroF1: (2.0/3 + 0.8) / 2,
		MicroPrecision: 3.0 / 4, MicroRecall: 3.0 / 4, MicroF1: 3.0 / 4,
		LogLoss: (2*math.Ln2 + 3*math.Log(4.0/3) + math.Log(4)) / 6,
		// 0.25: two, one applies; 0.5: two, one applies; 0.75: two apply.
		ECE:    (2*0.25 + 0 + 2*0.25) / 6,
		Labels: []LabelMeasures{{"a", 1, 0.5, 2.0 / 3, 2, 1}, {"b", 2.0 / 3, 1, 0.8, 2, 3}},
	}
	if diff := cmp.Diff(want, m, near, cmpopts.IgnoreFields(Measures{}, "Reliability")); diff != "" {
		t.Error(diff)
	}
}

// A fixture is a case with what testdata/measures.py says of it.
type fixture struct {
	Task           labelset.Task `json:"task"`
	Truth          [][]int       `json:"truth"`
	Logits         [][]float32   `json:"logits"`
	Probabilities  [][]float32   `json:"probabilities"`
	Accuracy       float64       `json:"accuracy"`
	MacroPrecision float64       `json:"macro_precision"`
	MacroRecall    float64       `json:"macro_recall"`
	MacroF1        float64       `json:"macro_f1"`
	MicroPrecision float64       `json:"micro_precision"`
	MicroRecall    float64       `json:"micro_recall"`
	MicroF1        float64       `json:"micro_f1"`
	LogLoss        float64       `json:"log_loss"`
	ECE            float64       `json:"ece"`
	Precision      []float64     `json:"precision"`
	Recall         []float64     `json:"recall"`
	F1             []float64     `json:"f1"`
	Support        []int         `json:"support"`
	Confusion      [][]int       `json:"confusion"`
	Temperature    float64       `json:"temperature"`
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	data, err := os.ReadFile("testdata/measures.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []fixture
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// digits names labels by their numbers.
func digits(truth [][]int) [][]string {
	names := make([][]string, len(truth))
	for i, labels := range truth {
		for _, label := range labels {
			names[i] = append(names[i], strconv.Itoa(label))
		}
	}
	return names
}

// TestMeasureAsScikitLearn allows 1e-6 to what comes from the probabilities, which are float32: scikit-learn makes their
// sums 1.
func TestMeasureAsScikitLearn(t *testing.T) {
	for i, f := range fixtures(t) {
		t.Run(fmt.Sprint(i, " ", f.Task), func(t *testing.T) {
			var labels []string
			for j := range f.Support {
				labels = append(labels, strconv.Itoa(j))
			}
			m, err := Measure(Config{Task: f.Task}, labels, digits(f.Truth), f.Probabilities)
			if err != nil {
				t.Fatal(err)
			}
			got := fixture{
				Accuracy: m.Accuracy, MacroPrecision: m.MacroPrecision, MacroRecall: m.MacroRecall, MacroF1: m.MacroF1,
				MicroPrecision: m.MicroPrecision, MicroRecall: m.MicroRecall, MicroF1: m.MicroF1,
				LogLoss: m.LogLoss, ECE: m.ECE, Confusion: m.Confusion,
			}
			for _, l := range m.Labels {
				got.Precision, got.Recall = append(got.Precision, l.Precision), append(got.Recall, l.Recall)
				got.F1, got.Support = append(got.F1, l.F1), append(got.Support, l.Support)
			}
			ignore := cmpopts.IgnoreFields(fixture{}, "Task", "Truth", "Logits", "Probabilities", "Temperature")
			if diff := cmp.Diff(f, got, ignore, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeasureUnseenLabel(t *testing.T) {
	m, err := Measure(Config{}, []string{"a", "b"}, [][]string{{"a"}, {"z"}}, [][]float32{{1, 0}, {1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if m.Accuracy != 0.5 || len(m.Labels) != 3 || m.Labels[2] != (LabelMeasures{Label: "z", Support: 1}) {
		t.Errorf("measures %+v", m)
	}
	if diff := cmp.Diff([]string{"z"}, m.Unseen); diff != "" {
		t.Error(diff)
	}
	if want := 15 * math.Ln10 / 2; math.Abs(m.LogLoss-want) > 1e-9 {
		t.Errorf("log loss %v, want %v", m.LogLoss, want)
	}
}

func TestMeasureErrors(t *testing.T) {
	ab := []string{"a", "b"}
	nan := float32(math.NaN())
	for _, tt := range []struct {
		name  string
		truth [][]string
		p     [][]float32
		want  string
	}{
		{"none", nil, nil, "0 documents"},
		{"fewer", [][]string{{"a"}}, nil, "0 predictions"},
		{"labels", [][]string{{"a"}}, [][]float32{{1}}, "1 probabilities"},
		{"nan", [][]string{{"a"}}, [][]float32{{nan, 1}}, "NaN"},
		{"logits", [][]string{{"a"}}, [][]float32{{3, -2}}, "3"},
		{"two labels", [][]string{{"a", "b"}}, [][]float32{{1, 0}}, "2 labels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Measure(Config{}, ab, tt.truth, tt.p); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// TestMeasureProperties holds what is true of any predictions.
func TestMeasureProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := []string{"a", "b", "c", "d"}[:rapid.IntRange(2, 4).Draw(t, "labels")]
		n := rapid.IntRange(1, 50).Draw(t, "documents")
		truth, p := make([][]string, n), make([][]float32, n)
		for i := range n {
			truth[i] = []string{rapid.SampledFrom(labels).Draw(t, "truth")}
			for range labels {
				p[i] = append(p[i], float32(rapid.Float64Range(-30, 30).Draw(t, "logit")))
			}
			Temperature{T: 1}.Apply(labelset.MultiClass, p[i])
		}
		m, err := Measure(Config{Resamples: 20}, labels, truth, p)
		if err != nil {
			t.Fatal(err)
		}
		for what, v := range map[string]float64{"accuracy": m.Accuracy, "macro F1": m.MacroF1, "ECE": m.ECE, "macro precision": m.MacroPrecision} {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("%s %v", what, v)
			}
		}
		if math.Abs(m.MicroF1-m.Accuracy) > 1e-12 || math.Abs(m.MicroPrecision-m.MicroRecall) > 1e-12 {
			t.Fatalf("micro measures %v %v %v, accuracy %v", m.MicroPrecision, m.MicroRecall, m.MicroF1, m.Accuracy)
		}
		trace, total := 0, 0
		for i, row := range m.Confusion {
			for j, c := range row {
				total += c
				if i == j {
					trace += c
				}
			}
		}
		if total != n || ratio(trace, n) != m.Accuracy {
			t.Fatalf("confusion %v, accuracy %v", m.Confusion, m.Accuracy)
		}
		if m.AccuracyInterval.Low > m.AccuracyInterval.High {
			t.Fatalf("interval %v", m.AccuracyInterval)
		}
	})
}

// TestBootstrap holds the interval of an accuracy against the binomial's: of n documents of which a share p is right,
// p ± 1.96·√(p(1−p)/n). Where all are taken for a, the F1 of a is 2p/(1+p) and that of b 0, so that their mean is p/(1+p),
// whose interval is narrower by its slope, 1/(1+p)². The steps of 1/n and the luck of the resamples allow a tenth of the width.
func TestBootstrap(t *testing.T) {
	const n = 1000
	truth, p := make([][]string, n), make([][]float32, n)
	for i := range n {
		truth[i], p[i] = []string{"a"}, []float32{1, 0}
		if i >= n*4/5 {
			truth[i] = []string{"b"}
		}
	}
	cfg := Config{Resamples: 10 * DefaultResamples, Seed: 1}
	m, err := Measure(cfg, []string{"a", "b"}, truth, p)
	if err != nil {
		t.Fatal(err)
	}
	half := 1.96 * math.Sqrt(0.8*0.2/n)
	for _, c := range []struct {
		got        *Interval
		mean, half float64
	}{{m.AccuracyInterval, 0.8, half}, {m.MacroF1Interval, 0.8 / 1.8, half / (1.8 * 1.8)}} {
		if math.Abs(c.got.Low-(c.mean-c.half)) > c.half/10 || math.Abs(c.got.High-(c.mean+c.half)) > c.half/10 {
			t.Errorf("interval %v, want %v ± %v", c.got, c.mean, c.half)
		}
	}
	again, err := Measure(cfg, []string{"a", "b"}, truth, p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("the same seed: %s", diff)
	}
}

// TestFlawless holds the interval of an accuracy without a miss against tables of the binomial's two-sided bound for 10 of
// 10: 69.15 %.
func TestFlawless(t *testing.T) {
	m := measureAlike(t, "a")
	if got := m.AccuracyInterval; math.Abs(got.Low-0.6915) > 1e-4 || got.High != 1 || m.MacroF1Interval != nil {
		t.Errorf("interval %v of the accuracy and %v of F1, want 0.6915 to 1 and none", got, m.MacroF1Interval)
	}
}

// TestHopeless holds the same for 0 of 10: 30.85 %.
func TestHopeless(t *testing.T) {
	m := measureAlike(t, "b")
	if got := m.AccuracyInterval; got.Low != 0 || math.Abs(got.High-0.3085) > 1e-4 || m.MacroF1Interval != nil {
		t.Errorf("interval %v of the accuracy and %v of F1, want 0 to 0.3085 and none", got, m.MacroF1Interval)
	}
}

// measureAlike measures ten documents of a label, all taken for a's.
func measureAlike(t *testing.T, label string) *Measures {
	t.Helper()
	truth, p := make([][]string, 10), make([][]float32, 10)
	for i := range truth {
		truth[i], p[i] = []string{label}, []float32{1, 0}
	}
	m, err := Measure(Config{Resamples: 10}, []string{"a", "b"}, truth, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestQuantile(t *testing.T) {
	values := []float64{1, 2, 4, 8}
	for _, tt := range []struct{ q, want float64 }{{0, 1}, {0.5, 3}, {0.9, 6.8}, {1, 8}} { // numpy.quantile
		if got := quantile(values, tt.q); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("quantile %v: %v, want %v", tt.q, got, tt.want)
		}
	}
}

func TestMeasuresJSON(t *testing.T) {
	m, err := Measure(Config{}, []string{"a", "b"}, [][]string{{"a"}}, [][]float32{{1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"accuracy", "macro_f1", "micro_f1", "log_loss", "ece", "labels"} {
		if !strings.Contains(string(data), `"`+key+`":`) {
			t.Errorf("no key %s in %s", key, data)
		}
	}
}

// Of labels that are equally probable, the first is predicted.
func TestMostProbableOfEquals(t *testing.T) {
	for want, row := range [][]float32{{0.4, 0.4, 0.2}, {0.2, 0.4, 0.4}, {0.2, 0.2, 0.6}} {
		if got := MostProbable(row); got != want {
			t.Errorf("%v: label %d, want %d", row, got, want)
		}
	}
}

func TestMeasureRefusesChoices(t *testing.T) {
	for _, cfg := range []Config{{Task: "multilabel"}, {Threshold: math.NaN()}, {Threshold: 7}, {Threshold: -0.1}, {Resamples: -1}} {
		if _, err := Measure(cfg, []string{"a", "b"}, [][]string{{"a"}}, [][]float32{{1, 0}}); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
}

// Of very many labels there is no confusion matrix, whose size is the square of their number.
func TestNoConfusionOfVeryManyLabels(t *testing.T) {
	for _, n := range []int{mostConfused, mostConfused + 1} {
		labels, row := make([]string, n), make([]float32, n)
		for i := range labels {
			labels[i] = fmt.Sprint("label ", i)
		}
		row[1] = 1
		m, err := Measure(Config{}, labels, [][]string{{"label 1"}}, [][]float32{row})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := m.Confusion != nil, n <= mostConfused; got != want || m.Accuracy != 1 {
			t.Errorf("of %d labels there is a matrix: %v, want %v; accuracy %v", n, got, want, m.Accuracy)
		}
	}
}

// Documents whose labels are all different and unknown, as they are in a wrong column, are measured at once: work that grew with
// the square of their number would take this test minutes.
func TestManyUnknownLabels(t *testing.T) {
	const n = 100_000
	truth, rows := make([][]string, n), make([][]float32, n)
	for i := range truth {
		truth[i], rows[i] = []string{fmt.Sprint("id ", i)}, []float32{0.25, 0.75}
	}
	m, err := Measure(Config{}, []string{"a", "b"}, truth, rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Unseen) != n || m.Accuracy != 0 {
		t.Errorf("%d unknown labels, accuracy %v", len(m.Unseen), m.Accuracy)
	}
}

// TestMeasureStream measures rows that come in the same memory, and reports an error among them and rows that are too few or
// too many.
func TestMeasureStream(t *testing.T) {
	labels, truth := []string{"a", "b"}, [][]string{{"a"}, {"b"}, {"b"}}
	rows := [][]float32{{0.75, 0.25}, {0.5, 0.5}, {0.25, 0.75}}
	failed := errors.New("failed")
	stream := func(n int, end error) iter.Seq2[[]float32, error] {
		return func(yield func([]float32, error) bool) {
			row := make([]float32, 2)
			for i := range n {
				copy(row, rows[i%len(rows)])
				if !yield(row, nil) {
					return
				}
			}
			if end != nil {
				yield(nil, end)
			}
		}
	}
	want, err := Measure(Config{Resamples: 10}, labels, truth, rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := MeasureStream(Config{Resamples: 10}, labels, truth, stream(3, nil))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, measures differ from those of rows in memory: %s", err, diff)
	}
	if _, err := MeasureStream(Config{}, labels, truth, stream(2, failed)); !errors.Is(err, failed) {
		t.Errorf("error %v, want that of the rows", err)
	}
	for _, n := range []int{0, 2, 4} {
		if _, err := MeasureStream(Config{}, labels, truth, stream(n, nil)); err == nil {
			t.Errorf("%d rows for 3 documents were measured", n)
		}
	}
}
