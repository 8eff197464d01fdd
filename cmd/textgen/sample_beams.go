package main

import (
	"fmt"
	"io"

	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

// likelyRecord is a line of sample --beams --json.
type likelyRecord struct {
	Model  string `json:"model"`
	Prompt string `json:"prompt"`
	generate.Likely
}

// writeLikely writes the n most likely texts that a beam search finds.
func writeLikely(ctx *cli.Context, m *generate.Model, prompt string, n int) error {
	var drawing []string
	for _, f := range samplingFlags() {
		drawing = append(drawing, f.Names()[0])
	}
	if err := checkNotGiven(ctx, "is for texts that are drawn: --beams searches for the most likely", drawing); err != nil {
		return err
	}
	width := ctx.Int("beams")
	if width < 1 || n > width {
		return fmt.Errorf("--beams is %d and -n %d; search at least as many texts as are to be written", width, n)
	}
	found, err := m.Beam(ctx.Context, generate.BeamRequest{
		Prompt: prompt, Length: ctx.Int("length"), Width: width, Stop: ctx.StringSlice("stop"), Threads: threads(ctx),
	})
	if err != nil {
		return err
	}
	for i, l := range found[:min(n, len(found))] {
		if ctx.Bool("json") {
			err = printJSON(ctx.App.Writer, likelyRecord{ctx.String("model"), prompt, l})
		} else if err = headSample(ctx, i, n); err == nil {
			_, err = io.WriteString(ctx.App.Writer, prompt+l.Text+"\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
