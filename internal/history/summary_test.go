package history

import (
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
