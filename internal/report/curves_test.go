package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/internal/report"
)

// run makes the numbers of a run of n steps as a training gives them.
func run(n int) *report.Curves {
	rng := rand.New(rand.NewPCG(1, 2))
	c := &report.Curves{Title: "shake: 2 × 256 LSTM", Limit: 1.1}
	for step := 1; step <= n; step++ {
		x := float64(step) / float64(n)
		loss := 1.25 + 2.4*math.Exp(-14*x) + 0.7*math.Exp(-2.5*x)
		c.Training.Steps = append(c.Training.Steps, step)
		c.Training.Values = append(c.Training.Values, loss+0.05*rng.NormFloat64())
		c.LearningRate.Steps = append(c.LearningRate.Steps, step)
		c.LearningRate.Values = append(c.LearningRate.Values, 0.002*min(x*20, 0.5+0.5*math.Cos(math.Pi*x)))
		if step%max(1, n/20) == 0 {
			c.Validation.Steps = append(c.Validation.Steps, step)
			c.Validation.Values = append(c.Validation.Values, loss+0.08+0.2*x*x)
		}
	}
	return c
}

func svg(t testing.TB, c *report.Curves) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		_, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
	}
}

func TestCurves(t *testing.T) {
	text := svg(t, run(3000))
	for _, want := range []string{
		">shake: 2 × 256 LSTM<", ">step<", ">loss (nats per token)<", ">learning rate<", ">training<",
		">validation, best: 1.550 at step 2,100<", ">limit that no model can beat: 1.100<",
		">3,000<", ">1.5<", ">0.001<", "Helvetica",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the picture", want)
		}
	}
	if again := svg(t, run(3000)); text != again {
		t.Error("the same numbers give another picture")
	}
}

func TestCurvesOfLongRunsAreSmall(t *testing.T) {
	if n := len(svg(t, run(200_000))); n > 100<<10 {
		t.Errorf("the picture has %d bytes", n)
	}
}

func TestCurvesWithoutLearningRate(t *testing.T) {
	c := run(100)
	c.LearningRate = report.Series{}
	if strings.Contains(svg(t, c), "learning rate") {
		t.Error("there is a panel without a curve")
	}
}

// TestCurvesOfOddNumbers draws what a run that has just started, or diverged, leaves.
func TestCurvesOfOddNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, s := range []report.Series{
		{},
		{Steps: []int{5}},
		{Steps: []int{0}, Values: []float64{0}},
		{Steps: []int{7}, Values: []float64{2.5}},
		{Steps: []int{1, 2}, Values: []float64{3, 3}},
		{Steps: []int{1, 2, 3}, Values: []float64{nan, inf, -inf}},
		{Steps: []int{1, 2, 3}, Values: []float64{4, nan, 5}},
		{Steps: []int{1, 2, 3}, Values: []float64{math.MaxFloat64, 1, -math.MaxFloat64}},
		{Steps: []int{1, 2}, Values: []float64{1e-300, 5e-324}},
		{Steps: []int{1, 2}, Values: []float64{1e12, 1e12 + 1}},
		{Steps: []int{math.MaxInt, math.MinInt}, Values: []float64{1, 2}},
		{Steps: []int{math.MaxInt - 1, math.MaxInt}, Values: []float64{1, 2}},
	} {
		for _, limit := range []float64{0, 1, -1, nan, inf} {
			t.Run(fmt.Sprint(s, limit), func(t *testing.T) {
				c := report.Curves{Training: s, Validation: s, LearningRate: s, Limit: limit}
				text := svg(t, &c)
				if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
					t.Error("a number that is none is in the picture")
				}
			})
		}
	}
}

func TestCurvesNameWhatLossesAreMeansOver(t *testing.T) {
	if !strings.Contains(svg(t, &report.Curves{Unit: "document"}), ">loss (nats per document)<") {
		t.Error("losses a document are said to be others")
	}
}

func TestCurvesWithoutNumbersSaySo(t *testing.T) {
	if !strings.Contains(svg(t, &report.Curves{Title: "x"}), "nothing measured yet") {
		t.Error("an empty picture does not explain itself")
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestCurvesReportWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	if err := run(10).WriteSVG(brokenWriter{full}); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
}

func ExampleCurves_WriteSVG() {
	c := report.Curves{
		Training:   report.Series{Steps: []int{1, 2, 3}, Values: []float64{4.2, 2.9, 2.4}},
		Validation: report.Series{Steps: []int{3}, Values: []float64{2.5}},
	}
	file, err := os.CreateTemp("", "curves*.svg")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()
	fmt.Println(c.WriteSVG(file))
	// Output: <nil>
}

func BenchmarkCurves(b *testing.B) {
	c := run(20_000)
	for b.Loop() {
		if err := c.WriteSVG(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
