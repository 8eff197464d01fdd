package main

import (
	"context"
	"io"
	"log/slog"
	"math"
	"strconv"

	"github.com/lmittmann/tint"
	"github.com/textgen-go/textgen/model/train"
)

// lines shows a run as log lines, one for each validation and about fifty more.
type lines struct {
	log   *slog.Logger
	every int // steps from one line to the next
	total int
	next  int
	speed string // the key of the speed

	health *train.Health // that no line has told yet
}

func newLines(w io.Writer) *lines { return &lines{log: newLogger(w)} }

// newLogger writes lines like "step step=120 of=2000 loss=1.8123", coloured on a terminal, without times, so that equal
// runs give equal lines.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		NoColor: !coloured(w),
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey && a.Value.Any() == slog.LevelInfo {
				return slog.Attr{}
			}
			if a.Key == slog.MessageKey {
				a.Value = slog.StringValue(message(a.Value.String()))
			}
			return a
		},
	}))
}

func (l *lines) started(in intro) {
	for _, line := range in.lines {
		l.log.Info(line)
	}
	l.next, l.speed = in.resumed, in.unit+"_per_s"
}

// linesARun is the number of lines between validations.
const linesARun = 50

func (l *lines) planned(steps int) {
	l.total, l.every = steps, (steps+linesARun-1)/linesARun
}

func (l *lines) step(r train.Record) {
	if r.Health != nil {
		l.health = r.Health
	}
	if r.Step < l.next && r.ValidLoss == nil && r.Step < l.total {
		return
	}
	if r.Step >= l.next {
		l.next = r.Step + l.every
	}
	l.logStep(r)
	if l.health != nil {
		l.log.Info("health: " + l.health.String())
		l.health = nil
	}
}

func (l *lines) logStep(r train.Record) {
	attrs := []slog.Attr{slog.Int("step", r.Step), slog.Int("of", l.total), slog.String("loss", fixed(r.Loss))}
	if r.ValidLoss != nil {
		attrs = append(attrs, slog.String("valid_loss", fixed(*r.ValidLoss)))
		if r.ValidScore != nil {
			attrs = append(attrs, slog.String("valid_macro_f1", fixed(*r.ValidScore)))
		}
	}
	attrs = append(attrs,
		slog.String("lr", strconv.FormatFloat(r.Rate, 'g', 3, 64)), slog.String("grad_norm", strconv.FormatFloat(r.GradNorm, 'g', 3, 64)),
		slog.Int(l.speed, int(math.Round(r.TokensPerSecond))), slog.String("seconds", strconv.FormatFloat(r.Seconds, 'f', 1, 64)))
	l.log.LogAttrs(context.Background(), slog.LevelInfo, "train", attrs...)
}

func fixed(loss float64) string {
	if loss >= math.MaxFloat32 {
		return "NaN"
	}
	return strconv.FormatFloat(loss, 'f', 4, 64)
}

func (l *lines) warn(message string) { l.log.Warn(message) }
func (l *lines) tell(what string)    { l.log.Info(what) }
func (l *lines) close()              {}
