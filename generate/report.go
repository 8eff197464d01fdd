package generate

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
)

// openReport begins the page of the run if it was asked for, or goes on with one.
func (r *run) openReport() error {
	if r.report = r.session.Reports(r.cfg.Report); !r.report {
		return nil
	}
	s, d := r.cfg.Settings, r.data
	s.OutputDropout = s.outputDropout()
	about := history.Description{
		Title: filepath.Base(r.cfg.Out), Guarded: s.Guard != train.GuardOff,
		Subtitle: fmt.Sprintf("%s of %d × %d units with %s parameters, learning to write from %s",
			strings.ToUpper(string(s.Cell)), s.Layers, s.Hidden, report.Grouped(r.plan.Parameters), report.Names(baseNames(d.names))),
		Facts: []report.Group{
			{Title: "Corpus", Facts: r.corpusFacts()},
			{Title: "Tokenizer", Facts: r.tokenizerFacts()},
			{Title: "Settings", Facts: history.Settings(s)},
		},
	}
	return r.session.Report(about)
}

// baseNames names files without their folders.
func baseNames(paths []string) (names []string) {
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names
}

func (r *run) corpusFacts() []report.Fact {
	d := r.data
	facts := []report.Fact{
		{Name: "read from", Value: report.Names(d.names)},
		{Name: "characters", Value: report.Grouped(int(d.stats.Chars))},
		{Name: "tokens to train on", Value: report.Grouped(r.plan.TrainTokens)},
		{Name: "tokens to validate on", Value: report.Grouped(r.plan.ValidTokens)},
	}
	if d.limit > 0 {
		facts = append(facts, report.Fact{Name: "entropy, nats a token", Value: fmt.Sprintf("%.4f", d.limit)})
	}
	return append(facts, report.Fact{Name: "SHA-256", Value: r.training.SHA256})
}

func (r *run) tokenizerFacts() []report.Fact {
	tokens := float64(r.plan.TrainTokens + r.plan.ValidTokens)
	facts := []report.Fact{
		{Name: "kind", Value: r.plan.Tokenizer},
		{Name: "tokens", Value: report.Grouped(r.plan.VocabSize)},
		{Name: "unknown in the text", Value: report.Grouped(r.data.unknown.Count)},
	}
	if r.data.split.Train > 0 && tokens > 0 {
		facts = append(facts, report.Fact{Name: "characters a token", Value: fmt.Sprintf("%.2f", float64(r.data.stats.Chars)/tokens)})
	}
	return facts
}

// The samples of the page: tokens of each, by what a token is, and bytes, since of a text without blanks a token may have
// tens of thousands.
const (
	sampleTokens      = 300
	sampleWords       = 80
	sampleBytes       = 8 << 10
	sampleTemperature = 0.7
)

// sample lets the network write a little for the page at every validation. It changes nothing that training uses.
func (r *run) sample(rec train.Record) error {
	if !r.report || rec.ValidLoss == nil {
		return nil
	}
	length := sampleTokens
	if r.data.tokenizer.Kind() != tokenize.Char {
		length = sampleWords
	}
	m := &Model{network: r.network, tokenizer: r.data.tokenizer, training: r.training}
	var text strings.Builder
	for piece, err := range m.Generate(context.Background(), Request{
		Length: length, Sampling: Sampling{Temperature: sampleTemperature}, Seed: r.cfg.Settings.Seed,
	}) {
		if err != nil {
			return fmt.Errorf("a sample after step %d: %w", rec.Step, err)
		}
		if text.WriteString(piece); text.Len() > sampleBytes {
			break
		}
	}
	return r.session.History.AddSample(history.Sample{Step: rec.Step, Text: strings.TrimSpace(clip(text.String(), sampleBytes))})
}

// clip returns the beginning of a text, of at most so many bytes and whole characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
