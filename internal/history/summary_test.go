package history

import (
	"fmt"
	"math"
	"testing"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
)

// The speed is that of the whole run, however slow its last step was.
func TestSummaryTellsTheSpeedOfAllSteps(t *testing.T) {
	facts := summary([]train.Record{
		{Step: 10, Tokens: 40_000, TokensPerSecond: 20_000},
		{Step: 20, Tokens: 80_000, TokensPerSecond: 20_000},
		{Step: 21, Tokens: 84_000, TokensPerSecond: 1_000},
	}, "token")
	want := report.Fact{Name: "tokens a second", Value: "10,500"} // 84,000 in 2 s, 2 s and 4 s
	if got := facts[len(facts)-1]; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// The figures to see first are those of the best validation, of a run that may not be over.
func TestSummary(t *testing.T) {
	best, last := 2.0, 2.5
	records := []train.Record{
		{Step: 1000, Loss: 3, ValidLoss: &best, Facts: &train.Facts{Steps: 4000}},
		{Step: 2000, Loss: 2.25, ValidLoss: &last, Seconds: 61.4},
	}
	for unit, want := range map[string]string{
		"token":    "[{step 2,000 of 4,000} {training loss 2.250} {best validation loss 2.000} {its perplexity 7.39} {time 1m1s} {tokens a second 0}]",
		"document": "[{step 2,000 of 4,000} {training loss 2.250} {best validation loss 2.000} {time 1m1s} {documents a second 0}]",
	} {
		if got := fmt.Sprint(summary(records, unit)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	want := "[{step 5} {time 0s} {tokens a second 0}]" // a loss that is not finite is written as the largest float32
	if got := fmt.Sprint(summary([]train.Record{{Step: 5, Loss: math.MaxFloat32}}, "token")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
