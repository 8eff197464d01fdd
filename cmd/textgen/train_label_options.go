package main

import (
	"fmt"
	"sync"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
	"github.com/urfave/cli/v2"
)

const categoryClassifier = "Classifier (--task classify)"

// labelOption sets a field of a classifier's settings from a flag.
type labelOption struct {
	name     string
	standard string   // the default as the help shows it; "" if it needs no word
	flag     cli.Flag // nil: one of options has the flag
	apply    func(*cli.Context, *classify.Settings)
}

// labelOptions lists every choice of a classifier: those that it shares with a language model, and its own.
func labelOptions() []labelOption {
	type s = classify.Settings
	return []labelOption{
		labelWord("tokenizer", "", func(s *s) *tokenize.Kind { return &s.Tokenizer }),
		labelInteger("vocab-size", "", func(s *s) *int { return &s.VocabSize }),
		labelInteger("min-freq", "", func(s *s) *int { return &s.MinFrequency }),
		labelToggle("lowercase", "", func(s *s) *bool { return &s.Lowercase }),
		labelToggle("nfc", "", func(s *s) *bool { return &s.NFC }),
		labelWord("cell", "", func(s *s) *model.Cell { return &s.Cell }),
		labelInteger("layers", "", func(s *s) *int { return &s.Layers }),
		labelInteger("hidden", "", func(s *s) *int { return &s.Hidden }),
		labelInteger("embedding", "", func(s *s) *int { return &s.Embedding }),
		labelToggle("residual", "", func(s *s) *bool { return &s.Residual }),
		labelToggle("highway", "", func(s *s) *bool { return &s.Highway }),
		labelToggle("layer-norm", "", func(s *s) *bool { return &s.LayerNorm }),
		labelNumber("dropout", "", func(s *s) *float64 { return &s.Dropout }),
		labelNumber("input-dropout", "", func(s *s) *float64 { return &s.InputDropout }),
		labelToggle("variational", "", func(s *s) *bool { return &s.Variational }),
		labelNumber("embedding-dropout", "", func(s *s) *float64 { return &s.EmbeddingDropout }),
		labelNumber("weight-drop", "", func(s *s) *float64 { return &s.WeightDrop }),
		labelNumber("zoneout", "", func(s *s) *float64 { return &s.Zoneout }),
		labelNumber("zoneout-cell", "", func(s *s) *float64 { return &s.ZoneoutCell }),
		labelInteger("batch", "", func(s *s) *int { return &s.Batch }),
		labelWord("precision", "", func(s *s) *string { return &s.Precision }),
		labelWord("optimizer", "", func(s *s) *string { return &s.Optimizer }),
		labelNumber("lr", "", func(s *s) *float64 { return &s.LR }),
		labelNumber("weight-decay", "", func(s *s) *float64 { return &s.WeightDecay }),
		labelWord("schedule", "", func(s *s) *string { return &s.Schedule }),
		{name: "warmup", standard: "a twentieth of the steps", apply: func(ctx *cli.Context, s *s) { s.Warmup = float64(ctx.Int("warmup")) }},
		labelNumber("final-lr", "", func(s *s) *float64 { return &s.FinalLR }),
		labelNumber("clip", "", func(s *s) *float64 { return &s.Clip }),
		{name: "seed", apply: func(ctx *cli.Context, s *s) { s.Seed = ctx.Uint64("seed") }},
		labelInteger("steps", "", func(s *s) *int { return &s.Steps }),
		labelInteger("epochs", "", func(s *s) *int { return &s.Epochs }),
		{name: "time", standard: "none, but epochs", apply: func(ctx *cli.Context, s *s) { s.Time = ctx.Duration("time") }},
		labelInteger("eval-every", "", func(s *s) *int { return &s.EvalEvery }),
		labelInteger("patience", "", func(s *s) *int { return &s.Patience }),
		labelWord("guard", "", func(s *s) *train.GuardMode { return &s.Guard }),
		labelInteger("health-every", "", func(s *s) *int { return &s.HealthEvery }),
		labelWord("split", "", func(s *s) *string { return &s.Split }),

		labelWord("pooling", "what the head reads of a document: last, mean, max, mean+max or attention", func(s *s) *model.Pooling { return &s.Pooling }),
		labelToggle("unidirectional", "read documents from the front only", func(s *s) *bool { return &s.Unidirectional }),
		labelInteger("ngrams", "features beside the network: sequences of up to `N` words; 0: none", func(s *s) *int { return &s.NGrams }),
		labelInteger("char-grams", "features beside the network: sequences of up to `N` characters; 0: none", func(s *s) *int { return &s.CharGrams }),
		labelInteger("start-grams", "features beside the network: those sequences within the first `N` words of a document once more; 0: none", func(s *s) *int { return &s.StartGrams }),
		labelInteger("buckets", "`N` places that those sequences are hashed to", func(s *s) *int { return &s.Buckets }),
		labelNumber("head-dropout", "drop a part `P` of what the head reads", func(s *s) *float64 { return &s.HeadDropout }),
		labelNumber("token-dropout", "read a part `P` of the tokens as unknown ones", func(s *s) *float64 { return &s.TokenDropout }),
		labelInteger("max-tokens", "train on parts of documents of at most `N` tokens", func(s *s) *int { return &s.MaxTokens }),
		labelToggle("balance", "give rare labels as much say as frequent ones", func(s *s) *bool { return &s.Balance }),
		labelNumber("label-smoothing", "aim at a probability of 1−`E` for the label of a document", func(s *s) *float64 { return &s.LabelSmoothing }),
		labelWord("criterion", "of the best validation: loss, or score for macro-F1", func(s *s) *train.Criterion { return &s.Criterion }),
	}
}

// classifierFlags are those of a classifier's training that are no settings.
var classifierFlags = []string{"test", "folds", "vectors", "no-baselines"}

// labelFlags returns the flags that only a classifier has.
func labelFlags() []cli.Flag {
	flags := []cli.Flag{
		&cli.StringSliceFlag{Name: "test", Usage: "report on the labelled documents of `FILE`; may be repeated", EnvVars: variable("test"), TakesFile: true, Category: categoryClassifier},
		&cli.IntFlag{Name: "folds", Usage: "cross-validate: deal the documents out to `N` parts, label each by a model trained on the others, and report mean, spread and the whole; 0: do not", EnvVars: variable("folds"), Category: categoryClassifier},
		&cli.StringFlag{Name: "vectors", Usage: "start from the word vectors of `FILE`, as word2vec, GloVe and fastText write them (.vec)", EnvVars: variable("vectors"), TakesFile: true, Category: categoryClassifier},
		&cli.BoolFlag{Name: "no-baselines", Usage: "do not train naive Bayes and linear models to compare with", EnvVars: variable("no-baselines"), Category: categoryClassifier},
	}
	for _, o := range labelOptions() {
		if o.flag != nil {
			flags = append(flags, o.flag)
		}
	}
	return flags
}

// byDocuments is the default of a field as the help shows it: its value, if it is the same for documents of every kind.
func byDocuments[T comparable](field func(*classify.Settings) *T) string {
	all := proposals()
	first := *field(&all[0])
	for i := range all {
		if *field(&all[i]) != first {
			return "by the documents"
		}
	}
	return fmt.Sprint(first)
}

// proposals are the settings of every preset for documents of every kind.
var proposals = sync.OnceValue(func() (all []classify.Settings) {
	for _, preset := range classify.Presets {
		for _, f := range []classify.Facts{{Documents: 200, Labels: 2, Words: 1, Chars: 7}, {Documents: 5000, Labels: 6, Words: 10, Chars: 50}, {Documents: 50_000, Labels: 2, Words: 200, Chars: 1200}} {
			s, err := classify.Propose(preset, "", f)
			if err != nil {
				panic(err) // a preset of the list
			}
			all = append(all, s)
		}
	}
	return all
})

func labelInteger(name, usage string, field func(*classify.Settings) *int) labelOption {
	o := labelOption{name: name, standard: byDocuments(field), apply: func(ctx *cli.Context, s *classify.Settings) { *field(s) = ctx.Int(name) }}
	if usage != "" {
		o.flag = &cli.IntFlag{Name: name, Usage: usage, EnvVars: variable(name), DefaultText: o.standard, Category: categoryClassifier}
	}
	return o
}

func labelNumber(name, usage string, field func(*classify.Settings) *float64) labelOption {
	o := labelOption{name: name, standard: byDocuments(field), apply: func(ctx *cli.Context, s *classify.Settings) { *field(s) = ctx.Float64(name) }}
	if usage != "" {
		o.flag = &cli.Float64Flag{Name: name, Usage: usage, EnvVars: variable(name), DefaultText: o.standard, Category: categoryClassifier}
	}
	return o
}

func labelWord[T ~string](name, usage string, field func(*classify.Settings) *T) labelOption {
	o := labelOption{name: name, standard: byDocuments(field), apply: func(ctx *cli.Context, s *classify.Settings) { *field(s) = T(ctx.String(name)) }}
	if usage != "" {
		o.flag = &cli.StringFlag{Name: name, Usage: usage, EnvVars: variable(name), DefaultText: o.standard, Category: categoryClassifier}
	}
	return o
}

func labelToggle(name, usage string, field func(*classify.Settings) *bool) labelOption {
	o := labelOption{name: name, apply: func(ctx *cli.Context, s *classify.Settings) { *field(s) = ctx.Bool(name) }}
	if usage != "" {
		o.flag = &cli.BoolFlag{Name: name, Usage: usage, EnvVars: variable(name), Category: categoryClassifier}
	}
	return o
}
