package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/textgen-go/textgen/model/train"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows a run as a progress bar with its latest losses.
type bar struct {
	out      io.Writer
	progress *mpb.Progress // nil until the length of the run is known
	bar      *mpb.Bar
	steps    int
	resumed  int
	unit     string
	valid    string
	health   atomic.Pointer[string] // below the bar
	text     atomic.Pointer[string] // behind the bar; read by the goroutine that draws it
}

func (b *bar) started(in intro) {
	for _, line := range in.lines {
		fmt.Fprintln(b.out, message(line))
	}
	b.resumed, b.unit = in.resumed, in.unit
	if in.measure > 0 {
		fmt.Fprintf(b.out, "measuring the speed, to plan for %v …\n", in.measure)
	}
}

func (b *bar) planned(steps int) {
	b.steps = steps
	b.progress = mpb.New(mpb.WithOutput(b.out), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))
	text := func(decor.Statistics) string { return loaded(&b.text) }
	health := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		line := []rune(loaded(&b.health))
		_, err := fmt.Fprintln(w, string(line[:min(len(line), max(0, s.AvailableWidth-1))]))
		return err
	})
	b.bar = b.progress.New(int64(steps), mpb.BarStyle(), mpb.BarExtender(health, false),
		mpb.PrependDecorators(decor.CountersNoUnit("step %d/%d")), mpb.AppendDecorators(decor.Any(text)))
	b.bar.SetCurrent(int64(b.resumed))
}

func (b *bar) step(r train.Record) {
	if r.ValidLoss != nil {
		b.valid = "  valid " + fixed(*r.ValidLoss)
		if r.ValidScore != nil {
			b.valid += fmt.Sprintf("  macro-F1 %.4f", *r.ValidScore)
		}
	}
	left := time.Duration(r.Seconds / float64(r.Step) * float64(b.steps-r.Step) * float64(time.Second)).Round(time.Second)
	text := fmt.Sprintf("loss %s%s  %s %s/s  %v left", fixed(r.Loss), b.valid, grouped(int(r.TokensPerSecond)), b.unit, left)
	b.text.Store(&text)
	if r.Health != nil {
		health := "health: " + r.Health.String()
		b.health.Store(&health)
	}
	b.bar.SetCurrent(int64(r.Step))
}

// loaded is the text at p, or "" if there is none yet.
func loaded(p *atomic.Pointer[string]) string {
	if t := p.Load(); t != nil {
		return *t
	}
	return ""
}

func (b *bar) warn(text string) { b.print("warning: " + message(text)) }
func (b *bar) tell(what string) { b.print(what + " …") }

// print writes a line, above the bar if there is one.
func (b *bar) print(line string) {
	var out io.Writer = b.out
	if b.progress != nil {
		out = b.progress
	}
	fmt.Fprintln(out, line)
}

func (b *bar) close() {
	if b.progress == nil {
		return
	}
	b.bar.Abort(false)
	b.progress.Wait()
}
