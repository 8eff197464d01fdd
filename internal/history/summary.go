package history

import (
	"fmt"
	"math"
	"time"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
)

// summary returns the figures to see first. Unit is what a network reads: token or document.
func summary(records []train.Record, unit string) []report.Fact {
	if len(records) == 0 {
		return nil
	}
	last := records[len(records)-1]
	steps, best := report.Grouped(last.Step), math.Inf(1)
	for _, r := range records {
		if r.Facts != nil && r.Facts.Steps > 0 {
			steps = report.Grouped(last.Step) + " of " + report.Grouped(r.Facts.Steps)
		}
		if r.ValidLoss != nil {
			best = min(best, *r.ValidLoss)
		}
	}
	facts := []report.Fact{{Name: "step", Value: steps}}
	if last.Loss < math.MaxFloat32 {
		facts = append(facts, report.Fact{Name: "training loss", Value: fmt.Sprintf("%.3f", last.Loss)})
	}
	if !math.IsInf(best, 1) {
		facts = append(facts, report.Fact{Name: "best validation loss", Value: fmt.Sprintf("%.3f", best)})
	}
	if unit == "token" && !math.IsInf(best, 1) {
		facts = append(facts, report.Fact{Name: "its perplexity", Value: fmt.Sprintf("%.2f", math.Exp(best))})
	}
	return append(facts,
		report.Fact{Name: "time", Value: time.Duration(last.Seconds * float64(time.Second)).Round(time.Second).String()},
		report.Fact{Name: unit + "s a second", Value: report.Grouped(int(speed(records)))})
}

// speed returns the tokens a second of all steps. The last record tells that of its own only, which may be one.
func speed(records []train.Record) float64 {
	tokens, seconds, before := 0.0, 0.0, int64(0)
	for _, r := range records {
		if read := float64(r.Tokens - before); read > 0 && r.TokensPerSecond > 0 {
			tokens += read
			seconds += read / r.TokensPerSecond
		}
		before = r.Tokens
	}
	if seconds == 0 {
		return 0
	}
	return tokens / seconds
}
