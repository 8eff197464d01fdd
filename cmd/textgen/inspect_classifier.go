package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/internal/report"
	"github.com/urfave/cli/v2"
)

// inspectClassifier shows a classifier, unless loading it failed.
func inspectClassifier(ctx *cli.Context, m *classify.Model, failed error) error {
	if failed != nil {
		return failed
	}
	info := m.Info()
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, info)
	}
	printClassifier(ctx.App.Writer, info)
	return nil
}

// validated says how good the model was on the documents that chose its weights.
func validated(t classify.Training, m classify.Metrics) string {
	if t.Valid == 0 || m.ValidLoss == 0 && m.MacroF1 == 0 { // there was no validation before the weights were saved
		return "nothing: the weights are the last, and the probabilities are not calibrated"
	}
	return fmt.Sprintf("loss %.4f nats a document, macro-F1 %s", m.ValidLoss, percent(m.MacroF1))
}

// someLabels lists labels, of many the first; --json has all.
func someLabels(labels []string) string {
	const most = 30
	list := field(strings.Join(labels[:min(most, len(labels))], ", "))
	if len(labels) > most {
		list += fmt.Sprintf(" and %d more (--json lists all)", len(labels)-most)
	}
	return list
}

func printClassifier(w io.Writer, info classify.Info) {
	c, t, m := info.Config, info.Training, info.Metrics
	rows(w, "",
		"file", fmt.Sprintf("%s (%s)", info.Path, size(info.FileSize)),
		"task", fmt.Sprintf("%s: %s", t.Settings.Task, someLabels(info.Labels)),
		"network", fmt.Sprintf("%s, %s of %d units in %d directions, embedding of %d, pooling %s", c.Cell, plural(c.Layers, "layer"), c.Hidden, c.Directions(), c.Embedding, c.Pooling),
		"tokenizer", fmt.Sprintf("%s, %s", info.Tokenizer, plural(info.VocabSize, "token")),
		"documents", fmt.Sprintf("%s (%s to train on, %s to validate on)", report.Names(t.Paths), grouped(t.Train), grouped(t.Valid)),
		"this model", fmt.Sprintf("step %s of %s, %s read in %.0f s", grouped(m.Step), grouped(t.Planned), plural(int(m.Documents), "document"), m.Seconds),
		"on validation", validated(t, m),
		"temperature", fmt.Sprintf("%.3f", m.Temperature.T))
	pairs := []string{}
	for _, p := range info.Parameters {
		pairs = append(pairs, parameterRow(p.Name, p.Shape, p.Count)...)
	}
	fmt.Fprintln(w)
	rows(w, "", append(pairs, parameterRow("total", nil, info.Total)...)...)
}
