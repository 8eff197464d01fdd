package report_test

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/internal/report"
)

func TestStudy(t *testing.T) {
	line := func(name string, values ...float64) report.Line {
		return report.Line{Name: name, Series: report.Series{Steps: []int{0, 50, 99}, Values: values}}
	}
	s := report.Study{
		Title: "doctor", Subtitle: "how far", Summary: []report.Fact{{Name: "solved", Value: "T = 60"}},
		Sections: []report.Section{{
			Title: "Adding", Text: []string{"Tell the sum of a <b>."},
			Table: report.Table{Columns: []string{"T = 30"}, Rows: []report.Row{
				{Name: "rnn", Note: "plain", Cells: []report.Cell{{Text: "baseline", Mark: report.Bad}}},
				{Name: "lstm", Cells: []report.Cell{{Text: "–"}}},
			}},
			Findings: []string{"One does, the other does not."},
			Charts: []report.StudyChart{
				{Title: "Loss", Note: "less is better", XName: "step", Level: &report.Level{Name: "the baseline", Value: 1}, Lines: []report.Line{line("rnn", 1, 0.9, 0.8)}},
				{Title: "Gradient", XName: "lag", Log: true, Lines: []report.Line{line("lstm", 1, 0, 1e-7), line("nothing", math.NaN())}},
				{Title: "Empty", XName: "lag"},
			},
		}},
		Facts: []report.Group{{Title: "Networks", Facts: []report.Fact{{Name: "rnn", Value: "tanh"}}}},
	}
	var b bytes.Buffer
	if err := s.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"<title>doctor</title>", "prefers-color-scheme: dark", "<dd>T = 60</dd>", "<p>Tell the sum of a &lt;b&gt;.</p>",
		`<th scope="row">rnn<small>plain</small></th><td><span class="bad">baseline</span></td>`, `<th scope="row">lstm</th><td><span class="">–</span></td>`,
		"One does, the other does not.", "less is better", ">the baseline<", ">10⁻⁶<", ">lag</text>", ">How it was done<",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	if strings.Contains(text, "Empty") || strings.Contains(text, ">nothing<") {
		t.Error("the page shows a chart or a curve without a point")
	}
	if outside := regexp.MustCompile(`<script|<link|@import|url\(|src=|href=|https?:`).FindString(text); outside != "" {
		t.Errorf("the page is not self-contained: %s", outside)
	}
	if n := strings.Count(text, "<svg"); n != 2 {
		t.Errorf("%d charts, want 2", n)
	}
}
