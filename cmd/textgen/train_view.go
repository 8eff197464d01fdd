package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
	"github.com/urfave/cli/v2"
)

// view shows how a run goes: its records as JSON if that is asked for, and a progress display.
type view struct {
	json     io.Writer // nil: no records
	progress progress
	plan     generate.Plan
}

// progress is a display of a run: a bar on a terminal, lines elsewhere, or nothing.
type progress interface {
	started(intro)
	planned(steps int)
	step(train.Record)
	warn(message string)
	tell(what string) // what the run does beside its steps
	close()
}

// intro is what a display says of a run before it begins.
type intro struct {
	lines   []string      // what is learned from, and what learns
	resumed int           // steps that earlier sessions have made
	measure time.Duration // of a run whose steps are yet to be planned; 0: they are known
	unit    string        // what the run reads: tokens or documents
}

func newView(ctx *cli.Context) *view {
	v := &view{progress: newProgress(ctx)}
	if ctx.Bool("json") {
		v.json = ctx.App.Writer
	}
	return v
}

func newProgress(ctx *cli.Context) progress {
	lines := newLines(ctx.App.ErrWriter)
	switch {
	case ctx.Bool("quiet"):
		return warnings{lines}
	case hasLines(ctx.App.ErrWriter) && movesCursor(os.Getenv):
		return &bar{out: ctx.App.ErrWriter}
	}
	return lines
}

// Started implements generate.Observer, as do the methods below.
func (v *view) Started(p generate.Plan) {
	v.plan = p
	in := intro{lines: describePlan(p), resumed: p.Resumed, unit: "tokens"}
	if p.Resumed == 0 {
		in.measure = p.Settings.Time
	}
	v.progress.started(in)
}

func (v *view) Planned(steps int)      { v.progress.planned(steps) }
func (v *view) Saved(string)           {} // the report names the directory
func (v *view) Warning(message string) { v.progress.warn(message) }
func (v *view) close()                 { v.progress.close() }

func (v *view) Step(r train.Record) {
	v.progress.step(r)
	for _, verdict := range r.Verdicts {
		v.progress.warn(verdict.String())
	}
	if v.json != nil {
		printJSON(v.json, r) // run notices if writing fails
	}
}

// warnings is the progress display of --quiet.
type warnings struct{ *lines }

func (warnings) started(intro)     {}
func (warnings) tell(string)       {}
func (warnings) planned(int)       {}
func (warnings) step(train.Record) {}

// describePlan says in one line each what is learned from, and what learns.
func describePlan(p generate.Plan) []string {
	s := p.Settings
	corpus := fmt.Sprintf("%s: %s characters; %s tokens to train on, %s to validate on",
		report.Names(p.Corpus), grouped(p.Chars), grouped(p.TrainTokens), grouped(p.ValidTokens))
	if s.ValidTokens > 0 && s.ValidTokens < p.ValidTokens {
		corpus += fmt.Sprintf(" (%s of them each time: --valid-tokens)", grouped(s.ValidTokens))
	}
	network := fmt.Sprintf("%s %d×%d, %s tokenizer with %s, %s",
		s.Cell, s.Layers, s.Hidden, p.Tokenizer, plural(p.VocabSize, "token"), plural(p.Parameters, "parameter"))
	return []string{corpus, network}
}
