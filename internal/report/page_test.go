package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/internal/report"
)

// fullRun makes the numbers of a run with everything that a page can show.
func fullRun() *report.Run {
	lags, steps := []int{0, 1, 2, 4, 8, 16, 32, 63}, []int{1, 500, 1000}
	chart := report.LagChart{Title: "Layer 0", Lags: lags}
	for i, step := range steps {
		c := report.LagCurve{Step: step}
		for _, k := range lags {
			c.Values = append(c.Values, math.Pow(0.3+0.2*float64(i), float64(k)))
		}
		chart.Curves = append(chart.Curves, c)
	}
	line := func(name string, values ...float64) report.Line {
		return report.Line{Name: name, Series: report.Series{Steps: steps, Values: values}}
	}
	return &report.Run{
		Title: "shake", Subtitle: "2 × 256 LSTM", Summary: []report.Fact{{"loss", "1.402"}},
		Watched: true,
		Verdicts: []report.Verdict{{Kind: "vanishing", Step: 1075, Where: "layer 0", Evidence: "each step leaves 40 %",
			Cause: "Its weights are small", Try: "--cell lstm", Action: "went back"}},
		Curves:  *run(3000),
		Norms:   []report.Line{line("embedding", 0.1, 0.02, 0.01), line("head", 0.5, 0.4, 0.3)},
		Updates: []report.Line{line("embedding", 1e-3, 1e-3, 1e-5)},
		Lags:    []report.LagChart{chart},
		Gates:   []report.Chart{{Title: "Gates of layer 0", Lines: []report.Line{line("i", 0, 0.2, 0.5)}}},
		Samples: []report.Sample{{Step: 1000, Text: "<script>alert(1)</script> & so\non"}},
		Facts:   []report.Group{{Title: "Text", Facts: []report.Fact{{"corpus", "a <b>.txt"}}}},
	}
}

func html(t testing.TB, r *report.Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	text := html(t, fullRun())
	for _, want := range []string{
		"<title>shake</title>", "2 × 256 LSTM", "<dd>1.402</dd>", "vanishing</strong> at step 1,075, layer 0: each step leaves 40 %.",
		"Try: --cell lstm.", "The guard went back.", ">Loss, in nats a token<", ">validation, best 1.550 at step 2,100<", ">no model can beat 1.100<",
		">Learning rate<", ">lag: tokens back<", ">step 1,000<", ">10⁻⁸<", ">Norms of gradients<", ">Update over weight<", ">Gates of layer 0<",
		"&lt;script&gt;alert(1)&lt;/script&gt; &amp; so\non", "a &lt;b&gt;.txt", "prefers-color-scheme: dark",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	if outside := regexp.MustCompile(`<script|<link|@import|url\(|src=|href=|https?:`).FindString(text); outside != "" {
		t.Errorf("the page is not self-contained: %s", outside)
	}
	if text != html(t, fullRun()) {
		t.Error("the same numbers give another page")
	}
	if n := len(text); n > 150<<10 {
		t.Errorf("the page has %d bytes", n)
	}
}

func TestPageOfARunThatGoesOn(t *testing.T) {
	r := fullRun()
	if strings.Contains(html(t, r), "refresh") {
		t.Error("the page of a run that is over is read anew")
	}
	r.GoesOn = true
	r.Curves.Unit = "document"
	r.Score, r.ScoreName = report.Series{Steps: []int{10, 20}, Values: []float64{0.5, 0.75}}, "Macro-F1"
	r.Lags[0].Bound = report.LagBound{Lags: []int{1, 2}, Values: []float64{0.5, 0.25}}
	text := html(t, r)
	for _, want := range []string{`http-equiv="refresh"`, ">Loss, in nats a document<", ">Macro-F1<", ">vanishing if below<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
}

// A loss that leaps is drawn on a logarithmic axis; one that falls steeply comes in from above the picture.
func TestPageFramesLosses(t *testing.T) {
	series := func(value func(i int) float64) (s report.Series) {
		for i := range 500 {
			s.Steps, s.Values = append(s.Steps, i+1), append(s.Values, value(i))
		}
		return s
	}
	for _, c := range []struct {
		name string
		loss report.Series
		want string
	}{
		{"leaps", series(func(i int) float64 { return 4 + 1000*float64(i/400) }), ">Loss, in nats a token, on a logarithmic axis<"},
		{"falls", series(func(i int) float64 { return 1 + 9*math.Exp(-float64(i)/5) }), ">1.0<"},
	} {
		r := report.Run{Curves: report.Curves{Training: c.loss}}
		if text := html(t, &r); !strings.Contains(text, c.want) {
			t.Errorf("%s: no %s in the page", c.name, c.want)
		}
	}
	r := report.Run{Curves: report.Curves{Training: series(func(i int) float64 { return 1 + 9*math.Exp(-float64(i)/5) })}}
	if text := html(t, &r); strings.Contains(text, ">10.0<") || strings.Contains(text, ">8.0<") {
		t.Error("the steep start of a loss makes the rest flat")
	}
}

func TestPageWithoutVerdicts(t *testing.T) {
	r := fullRun()
	r.Verdicts = nil
	if !strings.Contains(html(t, r), "Healthy") {
		t.Error("a healthy run is not called so")
	}
	r.Watched = false
	if strings.Contains(html(t, r), "Healthy") {
		t.Error("a run that was not looked at is called healthy")
	}
}

// TestPageOfOddNumbers writes what a run that has just started, or diverged, leaves.
func TestPageOfOddNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, s := range []report.Series{
		{},
		{Steps: []int{0}, Values: []float64{0}},
		{Steps: []int{7}, Values: []float64{1}},
		{Steps: []int{1, 2, 3}, Values: []float64{nan, inf, -inf}},
		{Steps: []int{1, 2, 3}, Values: []float64{1e-30, 0, 1e11}},
		{Steps: []int{1, 2, 3}, Values: []float64{1e-300, 5e-324, 1e-310}},
		{Steps: []int{1, 2}, Values: []float64{3, 3}},
		{Steps: []int{1, 2, 3, 4}, Values: []float64{1, 1e-20, 1, 1e-20}},
		{Steps: []int{1, 2}, Values: []float64{math.MaxFloat64, -1}},
		{Steps: []int{math.MaxInt, math.MinInt}, Values: []float64{1, 2}},
	} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			line := report.Line{Name: "x", Series: s}
			r := report.Run{
				Curves: report.Curves{Training: s, Validation: s, LearningRate: s, Limit: inf},
				Norms:  []report.Line{line}, Updates: []report.Line{line},
				Lags:  []report.LagChart{{Lags: s.Steps, Curves: []report.LagCurve{{1, s.Values}, {2, s.Values}}}},
				Gates: []report.Chart{{Lines: []report.Line{line}}},
			}
			for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(html(t, &r), -1) {
				if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
					t.Errorf("a number that is none is in the picture: %s", svg)
				}
			}
		})
	}
}

// TestPageKeepsCurvesInTheirPictures draws norms of which one rises from so far below the other that no axis has both.
func TestPageKeepsCurvesInTheirPictures(t *testing.T) {
	line := func(name string, values ...float64) report.Line {
		return report.Line{Name: name, Series: report.Series{Steps: []int{100, 110, 150, 200}, Values: values}}
	}
	r := report.Run{Norms: []report.Line{line("head", 10, 10, 10, 10), line("layer 0", 1e-15, 3e-15, 1e-14, 1)}}
	svg := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindString(html(t, &r))
	curves := regexp.MustCompile(`class="line c\d" d="M([^"]*)"`).FindAllStringSubmatch(svg, -1)
	if len(curves) != 2 {
		t.Fatalf("%d curves in %s", len(curves), svg)
	}
	for _, c := range curves {
		points := strings.Split(c[1], "L")
		if last := points[len(points)-1]; !strings.HasPrefix(last, "388.0 ") { // the right edge
			t.Errorf("the curve %s does not end at the last step", c[1])
		}
		for _, point := range points {
			var x, y float64
			if _, err := fmt.Sscan(point, &x, &y); err != nil || x < 52 || x > 388 || y < 10 || y > 202 {
				t.Errorf("the curve %s has a point outside the picture", c[1])
			}
		}
	}
	if text := html(t, &report.Run{Curves: report.Curves{
		Training:   report.Series{Steps: []int{1, 2, 3}, Values: []float64{1, 9, 2}},
		Validation: report.Series{Steps: []int{1, 2}, Values: []float64{2, -1e-9}},
	}}); strings.Contains(text, "NaN") {
		t.Error("a loss below 0 on a logarithmic axis is NaN in the picture")
	}
}

func TestPageReportsWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	if err := fullRun().WriteHTML(brokenWriter{full}); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
}

func ExampleRun_WriteHTML() {
	r := report.Run{Title: "A short run", Curves: report.Curves{
		Training: report.Series{Steps: []int{1, 2, 3}, Values: []float64{4.2, 2.9, 2.4}},
	}}
	file, err := os.CreateTemp("", "report*.html")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()
	fmt.Println(r.WriteHTML(file))
	// Output: <nil>
}

func BenchmarkPage(b *testing.B) {
	r := fullRun()
	for b.Loop() {
		if err := r.WriteHTML(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
