package doctor

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// someResults are the results of three networks, made up.
func someResults() *Results {
	r := &Results{Tasks: []Task{Tasks[0]}, Networks: Networks[:3]}
	r.Tasks[0].Lengths = []int{10, 20}
	trial := func(network, length int, outcome Outcome, loss float64, after []float64) {
		r.Trials = append(r.Trials, &Trial{
			Task: "adding", Network: Networks[network].Name, Length: length, Outcome: outcome, Steps: 300, Baseline: 0.2, Loss: loss,
			Tests: []Test{{0, 0.2, 0.1}, {300, loss, 0.2}}, Lags: []int{0, 9}, Before: []float64{1, 0.01}, After: after,
		})
	}
	trial(0, 10, Baseline, 0.2, []float64{1, 1e-9})
	trial(1, 10, Partly, 0.05, []float64{1, 1e-3})
	trial(1, 20, Diverged, 0, nil)
	trial(2, 10, Solved, 0.01, []float64{1, 0.5})
	trial(2, 20, Solved, 0.01, []float64{1, 0.5})
	return r
}

func TestWriteText(t *testing.T) {
	var b bytes.Buffer
	if err := someResults().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Adding problem. Of T numbers",
		"                                                 T = 10      T = 20\n" +
			"rnn             tanh, as torch.nn starts it      baseline    –\n" +
			"rnn-clip        tanh, gradients clipped          25 %        diverged 300\n" +
			"rnn-orthogonal  tanh, orthogonal start, clipped  solved 300  solved 300\n",
		"T = 10 is solved by rnn-orthogonal; there, or sooner, rnn stayed at the baseline.\n" +
			"T = 20 is solved by rnn-orthogonal; there, or sooner, rnn stayed at the baseline.\n",
		"solved N: after N steps",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no\n%s\nin\n%s", want, b.String())
		}
	}
}

func TestWriteHTML(t *testing.T) {
	var b bytes.Buffer
	if err := someResults().WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<dd>T = 20</dd>", `<span class="bad">baseline</span>`, `<span class="some">25 %</span>`, `<span class="good">solved 300</span>`,
		`<span class="bad">diverged 300</span>`, "Simple networks at T = 10: gradient by lag after training", "T = 20 is solved by rnn-orthogonal",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in the page", want)
		}
	}
	if !strings.Contains(b.String(), interrupted) {
		t.Error("the page does not say that it is not whole")
	}
	backwards := someResults()
	backwards.Complete = true
	slices.Reverse(backwards.Trials)
	b.Reset()
	if err := backwards.WriteHTML(&b); err != nil || !strings.Contains(b.String(), "<dd>T = 20</dd>") {
		t.Errorf("the longest length that was solved is not shown: %v", err)
	}
	if strings.Contains(b.String(), interrupted) {
		t.Error("the page of all experiments says that they were interrupted")
	}
	if strings.Contains(b.String(), "Gated networks at") {
		t.Error("the page has charts of networks that were not tried")
	}
}

// Where every network solves a task, there is nothing to compare.
func TestFindingsCompare(t *testing.T) {
	r := someResults()
	r.Networks = r.Networks[2:]
	if found := r.findings(r.Tasks[0]); len(found) != 0 {
		t.Errorf("found %q, although no network failed", found)
	}
}
