package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/generate"
	"github.com/urfave/cli/v2"
)

const evalDescription = `Measures how good a model is. Of a model that writes text: how well it predicts a text, where less is
better; figures a character and a byte can be compared between models with different tokenizers. Of a classifier: how
often its labels are those of labelled documents, as textgen train --task classify reads them, and how honest its
probabilities are. FILE is a file, a folder, a glob or - for standard input; .gz and .zst are read transparently.

With --lines, each line is measured as a text of its own, and without FILE standard input is read, line by line as it
comes: bits a character, nats, where the line stands and the line, parted by tabs. --explain shows below each line what
of it surprised the model most.

   textgen eval -m shake held.txt
   textgen eval -m shake --json held/*.txt | jq .bits_per_char
   head -1000 new.log | textgen eval -m log -
   textgen eval -m log --lines new.log | sort -rn | head          the strangest lines
   tail -f new.log | textgen eval -m log --lines --explain
   textgen eval -m topics test.csv
   textgen eval -m topics --html topics.html test.csv`

func evalCommand() *cli.Command {
	return &cli.Command{
		Name: "eval", Usage: "measure how good a model is", ArgsUsage: "[FILE…]", Description: evalDescription,
		Flags: append([]cli.Flag{
			modelFlag(), jsonFlag("print JSON: nats_per_token, perplexity, bits_per_token, bits_per_char, bits_per_byte and more; of a classifier accuracy, macro_f1, micro_f1, log_loss, ece, labels and more"), precisionFlag(), threadsFlag(), configFlag(),
			&cli.BoolFlag{Name: "lines", Usage: "measure each line as a text of its own", EnvVars: variable("lines")},
			&cli.BoolFlag{Name: "explain", Usage: "with --lines: show what surprised the model most", EnvVars: variable("explain")},
			htmlFlag("of a classifier: write a page with the figures, the confusion matrix and a reliability diagram to `FILE`"),
			thresholdFlag("of a classifier of many labels: a label applies from the probability `P` on", "0.5"),
		}, slices.Concat(textFlags(), documentFlags())...),
		Action: runEval,
	}
}

func runEval(ctx *cli.Context) error {
	if !ctx.Args().Present() && !ctx.Bool("lines") {
		return errors.New("no text: name files, or - for standard input; or give --lines to measure line by line")
	}
	if ctx.Bool("explain") && !ctx.Bool("lines") {
		return errors.New("--explain is for lines: give --lines, too")
	}
	classifier, err := loadClassifier(ctx)
	if err == nil {
		return evalClassifier(ctx, classifier)
	}
	if !errors.Is(err, classify.ErrNotClassifier) {
		return err
	}
	if err := checkNotGiven(ctx, "is for labelled documents, but this model writes text", evalLabelNames()); err != nil {
		return err
	}
	m, err := loadModel(ctx)
	if err != nil {
		return err
	}
	if ctx.Bool("lines") {
		return evalLines(ctx, m)
	}
	text, err := corpora.Open(ctx.Context, ctx.Args().Slice(), ctx.App.Reader, textOptions(ctx))
	if err != nil {
		return err
	}
	defer text.Close()
	began := time.Now()
	score, err := m.Evaluate(ctx.Context, text.Chunks(ctx.Context), threads(ctx))
	if err != nil {
		return err
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, score)
	}
	printScore(ctx.App.Writer, score, time.Since(began))
	return nil
}

func printScore(w io.Writer, s generate.Score, took time.Duration) {
	rows(w, "",
		"text", fmt.Sprintf("%s, %s, %s", plural(int(s.Bytes), "byte"), plural(int(s.Chars), "character"), plural(s.Tokens, "token")),
		"unknown tokens", grouped(s.Unknown),
		"nats per token", fmt.Sprintf("%.4f", s.NatsPerToken),
		"perplexity", fmt.Sprintf("%.3f", s.Perplexity),
		"bits per token", fmt.Sprintf("%.4f", s.BitsPerToken),
		"bits per character", fmt.Sprintf("%.4f", s.BitsPerChar),
		"bits per byte", fmt.Sprintf("%.4f", s.BitsPerByte),
		"speed", fmt.Sprintf("%s tokens/s", grouped(int(float64(s.Tokens)/took.Seconds()))))
}
