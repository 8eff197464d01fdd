package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
	"github.com/urfave/cli/v2"
)

// evalLabelNames are the flags of eval that only a classifier has.
func evalLabelNames() []string { return append(documentNames(), "threshold", "html") }

// evalClassifier measures a classifier on labelled documents, which are written as those that it was trained on were
// unless flags say otherwise.
func evalClassifier(ctx *cli.Context, m *classify.Model) error {
	if err := checkNotGiven(ctx, "is for a model that writes text, but this one classifies documents", []string{"normalize-newlines", "lines", "explain"}); err != nil {
		return err
	}
	if err := checkEvalThreshold(ctx, m.Task()); err != nil {
		return err
	}
	if err := setPrecision(ctx, m); err != nil {
		return err
	}
	if n := threads(ctx); n > 0 {
		runtime.GOMAXPROCS(n) // a classifier uses every core that it may
	}
	opt := m.Info().Training.Documents
	if !ctx.IsSet("format") {
		opt = opt.ForFiles(ctx.Args().Slice())
	}
	opt.Inherited = true
	var given corpora.DocumentOptions
	applyDocumentFlags(ctx, &opt)
	applyDocumentFlags(ctx, &given)
	set, err := corpora.ReadDocuments(ctx.Context, ctx.Args().Slice(), ctx.App.Reader, opt)
	if err != nil {
		return err
	}
	if err := given.CheckFit(set.Files, set.Stats.Formats); err != nil {
		return err
	}
	log := newLogger(ctx.App.ErrWriter)
	for _, warning := range set.Warnings {
		log.Warn(warning)
	}
	measures, err := m.Evaluate(ctx.Context, set.Documents, measure.Config{
		Threshold: ctx.Float64("threshold"), Resamples: measure.DefaultResamples, Seed: 1,
	})
	if err != nil {
		return err
	}
	if len(measures.Unseen) > 0 && len(measures.Unseen) == len(set.Stats.Labels) {
		log.Warn("none of the documents' labels is one of the model's: see whether they were read as they are meant (--format)")
	}
	if path := ctx.String("html"); path != "" {
		if err := writeMeasures(path, m.Info().Path, ctx.Args().Slice(), measures); err != nil {
			return err
		}
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, measures)
	}
	printMeasures(ctx.App.Writer, measures)
	return nil
}

// checkEvalThreshold refuses a threshold that would be ignored, or is none.
func checkEvalThreshold(ctx *cli.Context, task labelset.Task) error {
	if task != labelset.MultiLabel {
		return checkNotGiven(ctx, "is for a classifier of many labels, but this one gives a document its most probable label", []string{"threshold"})
	}
	p := ctx.Float64("threshold")
	if p == 0 && ctx.IsSet("threshold") {
		return errors.New("--threshold is 0, from which every label of every document is predicted: give a probability above 0")
	}
	return checkThreshold(p)
}

// writeMeasures writes the page of the measures to a file.
func writeMeasures(path, model string, documents []string, m *measure.Measures) error {
	return writePage(path, func(w io.Writer) error {
		return m.WriteHTML(w, "How good are the labels?", model+" on "+strings.Join(documents, " "))
	})
}

func printMeasures(w io.Writer, m *measure.Measures) {
	rows(w, "",
		"documents", grouped(m.Documents),
		"accuracy", percent(m.Accuracy)+interval(m.AccuracyInterval),
		"macro-F1", percent(m.MacroF1)+interval(m.MacroF1Interval),
		"micro-F1", percent(m.MicroF1),
		"log loss", fmt.Sprintf("%.4f nats", m.LogLoss),
		"calibration error", percent(m.ECE))
	if len(m.Unseen) > 0 {
		const most = 8
		names := fmt.Sprintf("%q", m.Unseen[:min(most, len(m.Unseen))])
		if n := len(m.Unseen) - most; n > 0 {
			names += fmt.Sprintf(" and %s more", grouped(n))
		}
		rows(w, "", "unknown labels", names+": the model has never seen them, and misses them")
	}
	printLabels(w, m.Labels)
	if len(m.Labels) <= mostConfused && m.Confusion != nil {
		printConfusion(w, m)
	}
}

func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

func interval(i *measure.Interval) string {
	if i == nil {
		return ""
	}
	return fmt.Sprintf(" (95 %%: %.2f to %.2f)", 100*i.Low, 100*i.High)
}

func printLabels(w io.Writer, labels []measure.LabelMeasures) {
	pairs := []string{"label", "precision    recall        F1   documents   predicted"}
	for _, l := range labels {
		pairs = append(pairs, l.Label, fmt.Sprintf("%7.2f %% %7.2f %% %7.2f %% %11s %11s",
			100*l.Precision, 100*l.Recall, 100*l.F1, grouped(l.Support), grouped(l.Predicted)))
	}
	fmt.Fprintln(w)
	rows(w, "", pairs...)
}

// mostConfused is the number of labels up to which the confusion matrix fits a terminal.
const mostConfused = 10

// printConfusion prints the documents with each label, a row, by the label that is predicted, a column.
func printConfusion(w io.Writer, m *measure.Measures) {
	header, pairs := "", []string{}
	for i, l := range m.Labels {
		width, row := columnWidth(l.Label), ""
		header += fmt.Sprintf("%*s", width, field(l.Label))
		for j, n := range m.Confusion[i] {
			row += fmt.Sprintf("%*d", columnWidth(m.Labels[j].Label), n)
		}
		pairs = append(pairs, l.Label, row)
	}
	fmt.Fprintln(w)
	rows(w, "", append([]string{"true \\ predicted", header}, pairs...)...)
}

// columnWidth is that of a label's column in a confusion matrix.
func columnWidth(label string) int { return max(8, utf8.RuneCountInString(field(label))+2) }
