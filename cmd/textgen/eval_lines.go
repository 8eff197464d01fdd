package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

// lineRecord is what eval --lines --json prints of a line.
type lineRecord struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	generate.Score
	Surprises []generate.Surprise `json:"surprises,omitempty"`
}

// evalLines measures every line as a text of its own.
func evalLines(ctx *cli.Context, m *generate.Model) error {
	origins := queue{keep: true}
	for score, err := range m.Scores(ctx.Context, origins.texts(unlabelled(ctx)), threads(ctx)) {
		if err != nil {
			return err
		}
		if err := printLine(ctx, m, origins.next(), score); err != nil {
			return err
		}
	}
	return nil
}

// printLine prints the score of a line and, if that is asked for, what was surprising in it.
func printLine(ctx *cli.Context, m *generate.Model, o origin, score generate.Score) error {
	r := lineRecord{File: o.file, Line: o.line, Text: o.text, Score: score}
	if ctx.Bool("explain") {
		var err error
		if r.Surprises, err = m.Surprises(ctx.Context, o.text); err != nil {
			return err
		}
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, r)
	}
	line := fmt.Sprintf("%.4f\t%.4f\t%s\t%s\n", score.BitsPerChar, score.Nats, field(o.name(true)), o.text)
	if len(r.Surprises) > 0 {
		line += "    " + strings.Join(most(r.Surprises), "   ") + "\n"
	}
	_, err := io.WriteString(ctx.App.Writer, line)
	return err
}

// most writes the tokens that surprised most, the most surprising first: the text before, the token, its nats.
func most(surprises []generate.Surprise) []string {
	surprises = characters(surprises)
	var order []int
	for i := range surprises {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(surprises[b].Nats, surprises[a].Nats) })
	var out []string
	for _, at := range order[:min(explained, len(order))] {
		one := fmt.Sprintf("%s‹%s› %.2f", field(ending(surprises[:at])), field(surprises[at].Text), surprises[at].Nats)
		if surprises[at].Unknown {
			one += " unknown"
		}
		out = append(out, one)
	}
	return out
}

// characters joins the byte pairs that share a character, since a part of one cannot be shown: their nats add up.
func characters(surprises []generate.Surprise) []generate.Surprise {
	var out []generate.Surprise
	nats := 0.0
	for _, s := range surprises {
		s.Nats += nats
		if nats = s.Nats; s.Text != "" {
			out, nats = append(out, s), 0
		}
	}
	if nats > 0 {
		out = append(out, generate.Surprise{Text: "\uFFFD", Nats: nats})
	}
	return out
}

// shownBefore is the number of characters before a token that show where it stands.
const shownBefore = 8

// ending returns the last characters of what was read.
func ending(read []generate.Surprise) string {
	var text strings.Builder
	for _, s := range read[max(0, len(read)-shownBefore):] {
		text.WriteString(s.Text)
	}
	end := []rune(text.String())
	return string(end[max(0, len(end)-shownBefore):])
}
