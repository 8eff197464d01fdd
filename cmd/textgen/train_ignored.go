package main

import (
	"cmp"
	"fmt"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

// ignored is a flag that a run may have no use for.
type ignored struct {
	name string
	when bool
	why  string
}

// checkIgnored refuses the first of the flags that is given and would be ignored.
func checkIgnored(ctx *cli.Context, flags []ignored) error {
	for _, f := range flags {
		if f.when && ctx.IsSet(f.name) {
			return fmt.Errorf("%s would be ignored: %s", given(ctx, f.name), f.why)
		}
	}
	return nil
}

// nothingToSplit says why a split would be ignored.
const nothingToSplit = "what --valid names is validated on, and all the rest trained on"

// otherWidth says why a way around the only layer would be ignored.
const otherWidth = "there is one layer, and --embedding is not as wide as what it puts out; with --layers 2 the second has such a way around it"

// checkText refuses what the training of a language model would ignore.
func checkText(ctx *cli.Context, cfg generate.TrainConfig) error {
	s := cfg.Settings
	uneven := s.Layers == 1 && s.Embedding > 0 && s.Embedding != s.Hidden
	return checkIgnored(ctx, []ignored{
		{"split", len(cfg.ValidPaths) > 0, nothingToSplit},
		{"split", len(cfg.Paths) == 0, "the built-in stories are validated on more of them"},
		{"chrono", s.Chrono == 1 || s.Chrono == 2, "gates have a choice of memories from 3 tokens on"},
		{"forget-bias", s.Chrono > 0, "--chrono takes its place"},
		{"dropout", s.Layers == 1 && s.Dropout > 0 && s.OutputDropout >= 0, "there is one layer, and none to drop units before; --output-dropout and --input-dropout drop around it"},
		{"residual", uneven && s.Residual, otherWidth},
		{"highway", uneven && s.Highway, otherWidth},
		{"variational", s.Variational && s.Dropout == 0 && s.InputDropout == 0 && s.OutputDropout <= 0, "nothing is dropped; give --dropout, --input-dropout or --output-dropout, too"},
		{"dilation", s.Layers == 1 && s.Dilation > 1, "the first of the layers goes on from the step before, and there is one"},
	})
}

// checkDocuments refuses what the training of a classifier would ignore, whatever the documents are.
func checkDocuments(ctx *cli.Context, cfg classify.TrainConfig) error {
	s, err := classify.Propose(cfg.Preset, "", classify.Facts{})
	if err != nil {
		return err
	}
	cfg.Override(&s)
	if err := checkUsed(ctx, s.Cell, s.Optimizer, s.Schedule); err != nil {
		return err
	}
	const (
		noSeries       = "--ngrams and --char-grams are 0"
		unvalidated    = "--eval-every is negative, so that there are no validations"
		twiceAsWide    = "one layer that reads in both directions is wider than its input; with --layers 2 the second is not"
		nothingBetween = "there is one layer, and none to drop units before; --head-dropout and --input-dropout drop around it"
	)
	// Without an --embedding, its width is that of a layer in one direction, or less.
	wide := s.Layers == 1 && !s.Unidirectional && !ctx.IsSet("embedding") && cfg.Vectors == ""
	directions := 2
	if s.Unidirectional {
		directions = 1
	}
	uneven := s.Layers == 1 && ctx.IsSet("embedding") && ctx.IsSet("hidden") && cmp.Or(s.Embedding, s.Hidden) != directions*s.Hidden
	bare := ctx.IsSet("ngrams") && s.NGrams == 0 && ctx.IsSet("char-grams") && s.CharGrams == 0
	return checkIgnored(ctx, []ignored{
		{"split", len(cfg.ValidPaths) > 0, nothingToSplit},
		{"dropout", s.Layers == 1 && s.Dropout > 0, nothingBetween},
		{"residual", wide && s.Residual, twiceAsWide},
		{"highway", wide && s.Highway, twiceAsWide},
		{"residual", uneven && s.Residual, otherWidth},
		{"highway", uneven && s.Highway, otherWidth},
		{"start-grams", bare, noSeries},
		{"buckets", bare, noSeries},
		{"patience", s.EvalEvery < 0 && s.Patience > 0, unvalidated},
		{"criterion", s.EvalEvery < 0, unvalidated},
	})
}
