package main

import (
	"fmt"
	"time"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
	"github.com/urfave/cli/v2"
)

// option is a flag for a field of the training settings.
type option struct {
	flag       cli.Flag
	structural bool // of the tokenizer or the network, which --from takes from a model
	apply      func(*cli.Context, *generate.Settings)
}

// Categories of flags in the help.
const (
	categoryTokenizer = "Tokenizer"
	categoryNetwork   = "Network"
	categoryTraining  = "Training"
	categoryLength    = "Length and validation"
	categoryHealth    = "Health of training"
)

// options lists every choice of a preset.
func options() []option {
	type s = generate.Settings
	return []option{
		word("tokenizer", categoryTokenizer, "char, word, space (what blanks separate, as texts that are tokenised already) or bpe", func(s *s) *tokenize.Kind { return &s.Tokenizer }),
		integer("vocab-size", categoryTokenizer, "at most `N` tokens; 0: no limit for char and space, 10,000 for word, 2,000 for bpe", func(s *s) *int { return &s.VocabSize }),
		integer("min-freq", categoryTokenizer, "leave out characters and words that occur less than `N` times, and for bpe do not join pairs that do; 0: 1, for bpe 2", func(s *s) *int { return &s.MinFrequency }),
		toggle("lowercase", categoryTokenizer, "read everything in lower case; on for words to classify: --lowercase=false", func(s *s) *bool { return &s.Lowercase }),
		toggle("nfc", categoryTokenizer, "compose characters first (Unicode NFC); on to classify", func(s *s) *bool { return &s.NFC }),

		word("cell", categoryNetwork, "rnn, rnn-relu, lstm or gru", func(s *s) *model.Cell { return &s.Cell }),
		integer("layers", categoryNetwork, "`N` recurrent layers", func(s *s) *int { return &s.Layers }),
		integer("hidden", categoryNetwork, "`N` units a layer", func(s *s) *int { return &s.Hidden }),
		integer("embedding", categoryNetwork, "`N` features a token; 0: as --hidden", func(s *s) *int { return &s.Embedding }),
		toggle("residual", categoryNetwork, "add a layer's input to its output", func(s *s) *bool { return &s.Residual }),
		toggle("highway", categoryNetwork, "mix a layer's input with its output by a gate that learns", func(s *s) *bool { return &s.Highway }),
		toggle("layer-norm", categoryNetwork, "normalise what the cells add up, gate by gate", func(s *s) *bool { return &s.LayerNorm }),
		toggle("tie-weights", categoryNetwork, "one matrix for embedding and head; default: for more than 4,000 tokens, where it can be", func(s *s) *bool {
			s.TieWeights = new(bool)
			return s.TieWeights
		}),
		word("head-bias", categoryNetwork, "first biases of the head: zeros, or frequencies, to begin with knowing how frequent each token is; default: frequencies for more than 1,000 tokens, without --init-range", func(s *s) *generate.HeadBias { return &s.HeadBias }),
		word("softmax", categoryNetwork, "full, or adaptive, which is faster with 20,000 words or more", func(s *s) *generate.Softmax { return &s.Softmax }),
		number("dropout", categoryNetwork, "drop a part `P` of the units between layers", true, func(s *s) *float64 { return &s.Dropout }),
		number("input-dropout", categoryNetwork, "drop a part `P` of the embeddings' units", true, func(s *s) *float64 { return &s.InputDropout }),
		number("output-dropout", categoryNetwork, "drop a part `P` of the units before the head; negative: as --dropout", true, func(s *s) *float64 { return &s.OutputDropout }),
		toggle("variational", categoryNetwork, "drop the same units at all steps of a window", func(s *s) *bool { return &s.Variational }),
		number("embedding-dropout", categoryNetwork, "drop a part `P` of the vocabulary's tokens wherever they stand", true, func(s *s) *float64 { return &s.EmbeddingDropout }),
		number("weight-drop", categoryNetwork, "drop a part `P` of the recurrent weights", true, func(s *s) *float64 { return &s.WeightDrop }),
		number("zoneout", categoryNetwork, "let a part `P` of the units keep their state for a step", true, func(s *s) *float64 { return &s.Zoneout }),
		number("zoneout-cell", categoryNetwork, "let a part `P` of an LSTM's units keep their cell's state for a step", true, func(s *s) *float64 { return &s.ZoneoutCell }),
		integer("dilation", categoryNetwork, "let the state of layer l = 0, 1, … go on from `N`^l steps ago; 0: from the step before", func(s *s) *int { return &s.Dilation }),
		number("ar", categoryNetwork, "add `A` times the mean square of the last layer's outputs to the loss", true, func(s *s) *float64 { return &s.AR }),
		number("tar", categoryNetwork, "add `A` times the mean square of their change from step to step", true, func(s *s) *float64 { return &s.TAR }),
		word("init", categoryNetwork, "first weights: orthogonal, uniform (as PyTorch) or identity", func(s *s) *model.Scheme { return &s.Init }),
		number("init-range", categoryNetwork, "with --init uniform, draw all weights from ±`B`, embedding and head included; 0: ±1/√hidden in recurrent layers", true, func(s *s) *float64 { return &s.InitRange }),
		number("forget-bias", categoryNetwork, "first bias of an LSTM's forget gates", true, func(s *s) *float64 { return &s.ForgetBias }),

		number("recurrent-scale", categoryNetwork, "multiply the first recurrent weights by `F`; 0: 1. Below 1 gradients vanish, above 1 they explode", true, func(s *s) *float64 { return &s.RecurrentScale }),
		integer("chrono", categoryNetwork, "let gates begin with memories of up to `N` tokens, in place of --forget-bias; 0: not", func(s *s) *int { return &s.Chrono }),

		integer("batch", categoryTraining, "`N` streams of text side by side", func(s *s) *int { return &s.Batch }),
		integer("bptt", categoryTraining, "`N` tokens through which gradients flow back", func(s *s) *int { return &s.BPTT }),
		integer("bptt-every", categoryTraining, "update every `N` tokens, at most --bptt: windows then overlap, and gradients flow further; 0: as --bptt", func(s *s) *int { return &s.BPTTEvery }),
		number("reset", categoryTraining, "let a stream begin anew at a window with probability `P`", false, func(s *s) *float64 { return &s.Reset }),
		word("precision", categoryTraining, "of what is multiplied: fp32, or bf16, which is faster on Intel processors with AMX and on AMD ones with AVX512_BF16; sums and weights are always fp32", func(s *s) *string { return &s.Precision }),
		word("optimizer", categoryTraining, "adam, adamw, rmsprop, sgd or nt-asgd", func(s *s) *string { return &s.Optimizer }),
		number("lr", categoryTraining, "learning `RATE` at its highest", false, func(s *s) *float64 { return &s.LR }),
		number("momentum", categoryTraining, "of sgd", false, func(s *s) *float64 { return &s.Momentum }),
		integer("trigger", categoryTraining, "with --optimizer nt-asgd, average weights once a validation is worse than one more than `N` before it; 0: 5", func(s *s) *int { return &s.Trigger }),
		number("weight-decay", categoryTraining, "pull weights to zero: with adamw by a part `D` of the rate, else by adding D times a weight to its gradient", false, func(s *s) *float64 { return &s.WeightDecay }),
		word("schedule", categoryTraining, "of the rate: constant, linear, cosine, one-cycle, plateau or step", func(s *s) *string { return &s.Schedule }),
		integer("warmup", categoryTraining, "raise the rate over the first `N` steps", func(s *s) *int { return &s.Warmup }),
		number("final-lr", categoryTraining, "the part `F` of the rate that is left at the end", false, func(s *s) *float64 { return &s.FinalLR }),
		number("lr-decay", categoryTraining, "multiply the rate by `F`, at a plateau or, with --schedule step, every epoch; 0: 0.5", false, func(s *s) *float64 { return &s.LRDecay }),
		integer("lr-hold", categoryTraining, "with --schedule step, `N` epochs before the rate falls; 0: 1", func(s *s) *int { return &s.LRHold }),
		number("clip", categoryTraining, "scale gradients down to the norm `N`; 0: never", false, func(s *s) *float64 { return &s.Clip }),
		number("clip-value", categoryTraining, "cut each gradient to ±`V`; 0: never", false, func(s *s) *float64 { return &s.ClipValue }),
		number("clip-layer", categoryTraining, "scale each layer's gradients down to the norm `N`; 0: never", false, func(s *s) *float64 { return &s.ClipLayer }),
		seedOption(),

		integer("steps", categoryLength, "make `N` updates", func(s *s) *int { return &s.Steps }),
		integer("epochs", categoryLength, "read the text `N` times", func(s *s) *int { return &s.Epochs }),
		timeOption(),
		integer("eval-every", categoryLength, "validate every `N` steps; 0: about twenty times a run, fewer in a short one; negative: never", func(s *s) *int { return &s.EvalEvery }),
		integer("patience", categoryLength, "end after `N` validations without a new best; 0: never", func(s *s) *int { return &s.Patience }),
		splitOption(),
		integer("valid-tokens", categoryLength, "validate on about `N` tokens of the validation text; 0: on all", func(s *s) *int { return &s.ValidTokens }),

		word("guard", categoryHealth, "when training goes wrong: act (say so, and go back after NaN or a leap of the loss), warn, or off", func(s *s) *train.GuardMode { return &s.Guard }),
		integer("health-every", categoryHealth, "measure gradients and gates every `N` steps; 0: about 200 times a run, negative: never", func(s *s) *int { return &s.HealthEvery }),
	}
}

func optionFlags() []cli.Flag {
	var flags []cli.Flag
	labels := labelOptions()
	for _, o := range options() {
		flags = append(flags, withStandard(o.flag, labels))
	}
	return flags
}

// withStandard adds to the default that the help shows of a flag that of a classifier, where that is another.
func withStandard(f cli.Flag, labels []labelOption) cli.Flag {
	for _, l := range labels {
		if l.name != f.Names()[0] || l.flag != nil {
			continue
		}
		if text := defaultText(f); text != nil && l.standard != "" && l.standard != *text {
			*text += "; to classify: " + l.standard
		}
	}
	return f
}

// defaultText returns the field of a flag that holds its default for the help; nil for a switch, which shows none.
func defaultText(f cli.Flag) *string {
	switch f := f.(type) {
	case *cli.IntFlag:
		return &f.DefaultText
	case *cli.Float64Flag:
		return &f.DefaultText
	case *cli.StringFlag:
		return &f.DefaultText
	case *cli.DurationFlag:
		return &f.DefaultText
	}
	return nil
}

func structural(category string) bool {
	return category == categoryTokenizer || category == categoryNetwork
}

// byPreset is the default of a field as the help shows it.
func byPreset[T comparable](field func(*generate.Settings) *T) string {
	first, _ := generate.Preset(generate.Presets[0])
	for _, name := range generate.Presets[1:] {
		if s, _ := generate.Preset(name); *field(&s) != *field(&first) {
			return "by preset"
		}
	}
	return fmt.Sprint(*field(&first))
}

func integer(name, category, usage string, field func(*generate.Settings) *int) option {
	return option{
		&cli.IntFlag{Name: name, Category: category, Usage: usage, EnvVars: variable(name), DefaultText: byPreset(field)},
		structural(category),
		func(ctx *cli.Context, s *generate.Settings) { *field(s) = ctx.Int(name) },
	}
}

func number(name, category, usage string, structural bool, field func(*generate.Settings) *float64) option {
	return option{
		&cli.Float64Flag{Name: name, Category: category, Usage: usage, EnvVars: variable(name), DefaultText: byPreset(field)},
		structural,
		func(ctx *cli.Context, s *generate.Settings) { *field(s) = ctx.Float64(name) },
	}
}

func word[T ~string](name, category, usage string, field func(*generate.Settings) *T) option {
	return option{
		&cli.StringFlag{Name: name, Category: category, Usage: usage, EnvVars: variable(name), DefaultText: byPreset(field)},
		structural(category),
		func(ctx *cli.Context, s *generate.Settings) { *field(s) = T(ctx.String(name)) },
	}
}

func toggle(name, category, usage string, field func(*generate.Settings) *bool) option {
	return option{
		&cli.BoolFlag{Name: name, Category: category, Usage: usage, EnvVars: variable(name)},
		structural(category),
		func(ctx *cli.Context, s *generate.Settings) { *field(s) = ctx.Bool(name) },
	}
}

func timeOption() option {
	return option{
		flag: &cli.DurationFlag{
			Name: "time", Category: categoryLength, EnvVars: variable("time"),
			Usage:       "train for `TIME`, as in 90s, 5m or 1h30m",
			DefaultText: byPreset(func(s *generate.Settings) *time.Duration { return &s.Time }),
		},
		apply: func(ctx *cli.Context, s *generate.Settings) { s.Time = ctx.Duration("time") },
	}
}

func seedOption() option {
	return option{
		flag:  &cli.Uint64Flag{Name: "seed", Category: categoryTraining, Usage: "the same seed `N` and text give the same model", EnvVars: variable("seed"), DefaultText: "1"},
		apply: func(ctx *cli.Context, s *generate.Settings) { s.Seed = ctx.Uint64("seed") },
	}
}

func splitOption() option {
	return option{
		flag: &cli.StringFlag{
			Name: "split", Category: categoryText, EnvVars: variable("split"), DefaultText: "0.9,0.1",
			Usage: "`PARTS` for training and validation, as in 0.9,0.1 or 1,0; streams:0.95 validates on the end of each of the batch's streams",
		},
		apply: func(ctx *cli.Context, s *generate.Settings) { s.Split = ctx.String("split") },
	}
}
