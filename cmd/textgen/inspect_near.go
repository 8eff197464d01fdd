package main

import (
	"fmt"

	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

// nearRecord is the result of inspect --near --json.
type nearRecord struct {
	Model   string               `json:"model"`
	Token   string               `json:"token"`
	Nearest []generate.Neighbour `json:"nearest"`
}

// inspectNear lists the tokens that a model treats most like one.
func inspectNear(ctx *cli.Context, m *generate.Model, token string) error {
	k := ctx.Int("top-k")
	if k < 1 {
		return fmt.Errorf("--top-k is %d; it is the number of tokens to list", k)
	}
	nearest, err := m.Nearest(token, k)
	if err != nil {
		return fmt.Errorf("--near: %w (%s tokenizer; upper and lower case may differ)", err, m.Info().Tokenizer)
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, nearRecord{m.Info().Path, token, nearest})
	}
	for _, n := range nearest {
		if _, err := fmt.Fprintf(ctx.App.Writer, "%7.3f  %q\n", n.Similarity, n.Text); err != nil {
			return err
		}
	}
	return nil
}
