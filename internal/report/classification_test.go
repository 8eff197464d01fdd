package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/internal/report"
)

// score makes a page of three labels, one of which has a name that must be escaped.
func score() *report.Classification {
	return &report.Classification{
		Title: "topics", Subtitle: "on test.csv", Summary: []report.Fact{{Name: "accuracy", Value: "80 %"}}, Notes: []string{"beware"},
		Labels: []report.LabelScore{
			{Name: "<b>", Precision: 1, Recall: 0.5, F1: 0.667, Support: 4, Predicted: 2},
			{Name: "wet", Precision: 0.75, Recall: 1, F1: 0.857, Support: 6000, Predicted: 8000},
			{Name: "never"},
		},
		Confusion:   [][]int{{2, 2, 0}, {0, 6000, 0}, {0, 0, 0}},
		Reliability: []report.Confidence{{}, {Count: 5, Confidence: 0.4, Accuracy: 0.5}, {Count: 10, Confidence: 0.9, Accuracy: 1}},
	}
}

func classificationPage(t *testing.T, c *report.Classification) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestClassificationPage(t *testing.T) {
	text := classificationPage(t, score())
	for _, want := range []string{
		"<title>topics</title>", "on test.csv", "<dd>80 %</dd>", "beware", "prefers-color-scheme: dark", "&lt;b&gt;",
		`<i class="c1" style="width:50.0%">`, "75.0 %", "6,000", `class="right" style="--share:50%" title="&lt;b&gt;, labelled &lt;b&gt;: 2">2`,
		`class="wrong" style="--share:50%" title="&lt;b&gt;, labelled wet: 2">2`, `class="wrong none" style="--share:0%"`, "&lt;b&gt; taken for wet</th><td>2 of 4", `aria-label="Reliability diagram"`,
		"<title>10 predictions with 90.0 % confidence on average: 100.0 % are right</title>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, banned := range []string{"<b>", "http", "src=", "ZgotmplZ", "NaN"} {
		if strings.Contains(text, banned) {
			t.Errorf("%q in the page", banned)
		}
	}
}

// What there is nothing to say of has no section.
func TestClassificationPageLeavesOut(t *testing.T) {
	c := score()
	c.Confusion, c.Reliability = nil, nil
	text := classificationPage(t, c)
	for _, banned := range []string{"taken for", "honest", "mistakes"} {
		if strings.Contains(text, banned) {
			t.Errorf("%q in the page, although there is nothing to show", banned)
		}
	}
}

func TestMistakesAreSorted(t *testing.T) {
	c := score()
	c.Confusion = [][]int{{9, 1, 3}, {7, 8, 0}, {3, 0, 0}}
	want := []report.Mistake{{"wet", "<b>", 7, 6000}, {"<b>", "never", 3, 4}, {"never", "<b>", 3, 0}, {"<b>", "wet", 1, 4}}
	got := c.Mistakes()
	if len(got) != len(want) {
		t.Fatalf("%d mistakes, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("mistake %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestExplanations(t *testing.T) {
	var b bytes.Buffer
	page, err := report.BeginExplanations(&b, "why", "topics")
	if err != nil {
		t.Fatal(err)
	}
	err = page.Add(report.Explained{
		Name: "a <file>", Labels: []report.Fact{{Name: "wet", Value: "80.0 %"}}, For: "wet",
		Tokens: []report.Weight{{Text: "<rain>", Weight: 0.5, Attention: 0.75}, {Text: "sun", Weight: -0.25, Attention: 0.25}},
		Grams:  []report.Weight{{Text: "of", Attention: -1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := page.End(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<title>why</title>", "a &lt;file&gt;", "<li>wet 80.0 %</li>",
		`<span class="for" style="--share:100%;--seen:100%" title="&#43;0.500, attention 75.0 %">&lt;rain&gt;</span>`,
		`<span class="against" style="--share:50%;--seen:33%" title="-0.250, attention 25.0 %">sun</span>`,
		`<span class="for" style="--share:0%">of</span> <small>&#43;0.000</small>`, "</html>",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in the page:\n%s", want, b.String())
		}
	}
}

// A matrix of more labels than a screen has room for is left out.
func TestMatrixHasRoom(t *testing.T) {
	for labels, want := range map[int]int{40: 40, 41: 0} {
		c := report.Classification{Labels: make([]report.LabelScore, labels)}
		for range labels {
			c.Confusion = append(c.Confusion, make([]int, labels))
		}
		if got := len(c.Matrix()); got != want {
			t.Errorf("of %d labels the matrix has %d rows, want %d", labels, got, want)
		}
	}
}

// A bar is as high as its predictions were right, its dot lies at their confidence, and the fullest group fills the strip.
func TestDiagram(t *testing.T) {
	c := report.Classification{Reliability: []report.Confidence{{}, {Count: 5, Confidence: 0.7, Accuracy: 0.5}, {Count: 10, Confidence: 0.9, Accuracy: 1}}}
	svg := string(c.Diagram())
	for _, want := range []string{
		`<rect class="bar c0" x="145.0" y="160.0" width="98.0" height="150.0"/><circle class="dot c1" cx="254.0" cy="160.0" r="3.5"/>`,
		`width="98.0" height="23.0"/></g>`, `width="98.0" height="46.0"/></g>`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in %s", want, svg)
		}
	}
	if n := strings.Count(svg, `"bar c0"`); n != 2 {
		t.Errorf("%d bars, want one for each group that has predictions", n)
	}
}
