package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model"
	"github.com/urfave/cli/v2"
)

const classifyDescription = `Labels documents: prints a line for each, with its file, its label and how probable that is, parted by tabs.
FILE is a document: a file, a folder, a glob or - for standard input; .gz and .zst are read transparently.
With --lines, every line is a document, and without FILE standard input is read, line by line as it comes.

   textgen train --task classify --out topics data.csv            learn from labelled documents, columns text and label
   textgen train --task classify --out spam --text-column 2 --label-column 1 sms.tsv
   textgen train --task classify --folds 10 --out folds data.csv  cross-validate: how good are such models?
   textgen classify -m topics mail1.txt mail2.txt
   tail -f app.log | textgen classify -m topics --lines --json -k 3 --threshold 0.6
   textgen classify -m topics --explain mail1.txt                 what speaks for the label, and against it
   textgen classify -m topics --explain --html why.html mail*.txt
   textgen eval -m topics test.csv                                measure

Labelled documents may be JSON lines ({"text": …, "label": …}), tables (.csv, .tsv), fastText's __label__
lines, a folder a label, or a file of texts and one of labels.

In what --explain prints, ⟨ and ⟩ are the ends of the document (to the network <bos> and <eos>), ↦ stands before what is among
its first words, ⇧ before a capital letter; n-grams are words, pairs of words, and characters of a word, whose ends are blanks.`

func classifyCommand() *cli.Command {
	return &cli.Command{
		Name: "classify", Usage: "put labels on documents", ArgsUsage: "[FILE…]", Description: classifyDescription,
		Flags: []cli.Flag{
			modelFlag(),
			&cli.BoolFlag{Name: "lines", Usage: "every line is a document", EnvVars: variable("lines")},
			&cli.IntFlag{Name: "top", Aliases: []string{"k"}, Usage: "print up to `K` labels of a document; 0: all", EnvVars: variable("top"), DefaultText: "1; all of a classifier of many labels"},
			thresholdFlag("print labels from the probability `P` on", "0; 0.5 of a classifier of many labels"),
			&cli.BoolFlag{Name: "explain", Usage: "show what in a document speaks most for its label, and against it", EnvVars: variable("explain")},
			htmlFlag("with --explain: write a page on which each document is coloured by what speaks for its label to `FILE`"),
			&cli.StringFlag{
				Name: "precision", Value: model.Float32.String(), EnvVars: variable("precision"),
				Usage: "multiply in `TYPE`: fp32, bf16x3 (as exact to five digits) or bf16 (to three), both faster by AMX, bf16 also by AMD's AVX512_BF16",
			},
			jsonFlag("print JSON, a line a document: file, line, label, probability, labels, explanation"),
			&cli.StringFlag{Name: "encoding", Usage: "of the files: utf-8, utf-16, utf-16le, utf-16be, latin-1, windows-1252, or bytes for a byte-level tokenizer", EnvVars: variable("encoding"), DefaultText: "UTF-8, or UTF-16 by its byte-order mark"},
			configFlag(),
		},
		Action: runClassify,
	}
}

func thresholdFlag(usage, standard string) cli.Flag {
	return &cli.Float64Flag{Name: "threshold", Usage: usage, EnvVars: variable("threshold"), DefaultText: standard}
}

func checkThreshold(p float64) error {
	if !(p >= 0 && p <= 1) {
		return fmt.Errorf("--threshold is %v; it is a probability, from 0 to 1", p)
	}
	return nil
}

// loadClassifier opens the model that -m names.
func loadClassifier(ctx *cli.Context) (*classify.Model, error) {
	path := ctx.String("model")
	if path == "" {
		return nil, noModel(ctx)
	}
	m, err := classify.Load(path)
	if errors.Is(err, classify.ErrNotClassifier) {
		return nil, fmt.Errorf("%w: textgen sample, predict and eval are for it", err)
	}
	return m, err
}

// setPrecision makes a classifier multiply in --precision.
func setPrecision(ctx *cli.Context, m *classify.Model) error {
	if flagOf(ctx.Command, "precision").IsSet() && ctx.String("precision") == model.Int8.String() {
		return nil // by the variable, which is meant for sample and the like
	}
	p, err := labelPrecision(ctx)
	if err != nil || p == model.Float32 {
		return err
	}
	if p == model.Mixed && !model.MixedIsFast() {
		newLogger(ctx.App.ErrWriter).Warn("bf16 is slower than fp32 on this machine, and gives much the same labels")
	}
	m.SetPrecision(p)
	return nil
}

// labelPrecision reads --precision for labelling documents, and says so if it is not what the machine will compute in.
func labelPrecision(ctx *cli.Context) (model.Precision, error) {
	p, err := precision(ctx, model.ParseLabelPrecision)
	if p == model.Split && !model.SplitIsFast() {
		newLogger(ctx.App.ErrWriter).Warn("bf16x3 needs a processor with AMX; this machine computes in fp32 instead")
	}
	return p, err
}

func runClassify(ctx *cli.Context) error {
	if err := checkClassify(ctx); err != nil {
		return err
	}
	m, err := loadClassifier(ctx)
	if err != nil {
		return err
	}
	if err := setPrecision(ctx, m); err != nil {
		return err
	}
	out := newLabelWriter(ctx, m)
	path := ctx.String("html")
	if path == "" {
		return labelAll(ctx, m, out)
	}
	return writePage(path, func(w io.Writer) error {
		if out.page, err = classify.NewExplanationPage(w, "Why these labels?", m.Info().Path); err != nil {
			return err
		}
		return errors.Join(labelAll(ctx, m, out), out.page.End())
	})
}

// checkClassify refuses what cannot be before the model is loaded.
func checkClassify(ctx *cli.Context) error {
	switch k := ctx.Int("top"); {
	case k < 0:
		return fmt.Errorf("--top is %d; it is the number of labels to print", k)
	case !ctx.Args().Present() && !ctx.Bool("lines"):
		return errors.New("no document: name files, or - for standard input; or give --lines to read documents line by line")
	case ctx.String("html") != "" && !ctx.Bool("explain"):
		return errors.New("--html shows explanations: give --explain, too")
	}
	return checkThreshold(ctx.Float64("threshold"))
}

// labelAll labels the documents, one after the other.
func labelAll(ctx *cli.Context, m *classify.Model, out *labelWriter) error {
	origins := queue{keep: out.explain != nil}
	for p, err := range m.PredictStream(ctx.Context, origins.texts(unlabelled(ctx))) {
		if err != nil {
			return err
		}
		if err := out.write(ctx.Context, origins.next(), p); err != nil {
			return err
		}
	}
	return nil
}
