package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/corpora"
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
			thresholdFlag("print labels from the probability `P` on"),
			&cli.BoolFlag{Name: "explain", Usage: "show what in a document speaks most for its label, and against it", EnvVars: variable("explain")},
			htmlFlag("with --explain: write a page on which each document is coloured by what speaks for its label to `FILE`"),
			&cli.StringFlag{
				Name: "precision", Value: model.Float32.String(), EnvVars: variable("precision"),
				Usage: "multiply in `TYPE`: fp32, or bf16, which changes probabilities a little, and is faster on Intel processors with AMX and on AMD ones with AVX512_BF16",
			},
			jsonFlag("print JSON, a line a document: file, line, label, probability, labels, explanation"),
			&cli.StringFlag{Name: "encoding", Usage: "of the files: utf-8, utf-16, utf-16le, utf-16be, latin-1, windows-1252, or bytes for a byte-level tokenizer", EnvVars: variable("encoding"), DefaultText: "UTF-8, or UTF-16 by its byte-order mark"},
			configFlag(),
		},
		Action: runClassify,
	}
}

func thresholdFlag(usage string) cli.Flag {
	return &cli.Float64Flag{Name: "threshold", Usage: usage, EnvVars: variable("threshold"), DefaultText: "0; 0.5 of a classifier of many labels"}
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
	p, err := precision(ctx, model.ParseProductPrecision)
	if err != nil || p == model.Float32 {
		return err
	}
	if !model.MixedIsFast() {
		newLogger(ctx.App.ErrWriter).Warn("bf16 is slower than fp32 on this machine, and gives much the same labels")
	}
	m.SetPrecision(p)
	return nil
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

// newLabelWriter prints the labels that the flags ask for: unless they say otherwise, the first, or all from a probability of
// a half on where a document may have several.
func newLabelWriter(ctx *cli.Context, m *classify.Model) *labelWriter {
	out := &labelWriter{
		w: ctx.App.Writer, json: ctx.Bool("json"), lines: ctx.Bool("lines"), k: ctx.Int("top"), threshold: ctx.Float64("threshold"),
	}
	if many := m.Task() == labelset.MultiLabel; !many && !ctx.IsSet("top") {
		out.k = 1
	} else if many && !ctx.IsSet("threshold") {
		out.threshold = 0.5
	}
	if ctx.Bool("explain") {
		out.explain, out.colour = m, coloured(ctx.App.Writer)
	}
	return out
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

// unlabelled reads the documents that the arguments name, one after the other.
func unlabelled(ctx *cli.Context) iter.Seq2[corpora.Document, error] {
	args := ctx.Args().Slice()
	opt := corpora.DocumentOptions{Encoding: ctx.String("encoding"), Format: "text", Unlabelled: true}
	if ctx.Bool("lines") {
		opt.Format = "lines"
		if len(args) == 0 {
			args = []string{"-"}
		}
	}
	return func(yield func(corpora.Document, error) bool) {
		for _, arg := range args {
			for doc, err := range documentsOf(ctx, arg, opt) {
				if arg == "-" {
					doc.Source = arg // as it was named; messages say standard input
				}
				if !yield(doc, err) || err != nil {
					return
				}
			}
		}
	}
}

// documentsOf reads the documents of one argument.
func documentsOf(ctx *cli.Context, arg string, opt corpora.DocumentOptions) iter.Seq2[corpora.Document, error] {
	if arg == "-" && opt.Format == "lines" {
		return corpora.StreamLines(ctx.Context, "standard input", ctx.App.Reader, opt)
	}
	return func(yield func(corpora.Document, error) bool) {
		docs, err := corpora.OpenDocuments(ctx.Context, []string{arg}, ctx.App.Reader, opt)
		if err != nil {
			yield(corpora.Document{}, err)
			return
		}
		defer docs.Close()
		log := newLogger(ctx.App.ErrWriter)
		skipped := docs.Skipped()
		for _, name := range skipped[:min(mostNamed, len(skipped))] {
			log.Warn(name + " is not read: its name does not say that it is text")
		}
		switch more := len(skipped) - mostNamed; {
		case more == 1:
			log.Warn("nor is 1 other file, for the same reason")
		case more > 1:
			log.Warn(fmt.Sprintf("nor are %s, for the same reason", plural(more, "other file")))
		}
		for doc, err := range docs.All(ctx.Context) {
			if !yield(doc, err) {
				return
			}
		}
	}
}

// queue remembers where the documents come from that are being labelled.
type queue struct {
	keep    bool // the texts, too
	mu      sync.Mutex
	origins []origin
}

type origin struct {
	file string
	line int
	text string // if it is kept
}

// texts passes the texts of documents on and appends their origins.
func (q *queue) texts(docs iter.Seq2[corpora.Document, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for doc, err := range docs {
			if err == nil {
				q.add(doc)
			}
			if !yield(doc.Text, err) {
				return
			}
		}
	}
}

func (q *queue) add(doc corpora.Document) {
	o := origin{file: doc.Source, line: doc.Line}
	if q.keep {
		o.text = doc.Text
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.origins = append(q.origins, o)
}

// next takes the first origin.
func (q *queue) next() origin {
	q.mu.Lock()
	defer q.mu.Unlock()
	o := q.origins[0]
	q.origins = q.origins[1:]
	return o
}

// name says where a document stands.
func (o origin) name(lines bool) string {
	if lines {
		return fmt.Sprintf("%s:%d", o.file, o.line)
	}
	return o.file
}

// pageLabels is the number of labels of a document that a page shows.
const pageLabels = 5

// labelWriter prints predictions.
type labelWriter struct {
	w         io.Writer
	json      bool
	lines     bool // a document is a line
	k         int
	threshold float64
	explain   *classify.Model           // nil: do not
	colour    bool                      // of explanations
	page      *classify.ExplanationPage // nil: none
}

// labelRecord is what classify --json prints of a document. Label and Probability are those of the first of Labels.
type labelRecord struct {
	File        string                      `json:"file"`
	Line        int                         `json:"line,omitempty"`
	Label       string                      `json:"label,omitempty"`
	Probability float32                     `json:"probability,omitempty"`
	Labels      []classify.LabelProbability `json:"labels"`
	Explanation *classify.Explanation       `json:"explanation,omitempty"`
}

func (lw *labelWriter) write(ctx context.Context, o origin, p classify.Prediction) error {
	top := p.Top(lw.k, lw.threshold)
	var explanation *classify.Explanation
	if lw.explain != nil {
		var err error
		if explanation, err = lw.explain.Explain(ctx, o.text, p.Label); err != nil {
			return err
		}
	}
	if lw.page != nil {
		if err := lw.page.Add(o.name(lw.lines), p.Top(pageLabels, 0), explanation); err != nil {
			return err
		}
	}
	if !lw.json {
		return lw.writeText(o, top, explanation)
	}
	r := labelRecord{File: o.file, Labels: top, Explanation: explanation}
	if lw.lines {
		r.Line = o.line
	}
	if len(top) > 0 {
		r.Label, r.Probability = top[0].Label, top[0].Probability
	} else {
		r.Labels = []classify.LabelProbability{}
	}
	return printJSON(lw.w, r)
}

// writeText prints where a document stands and, behind tabs, its labels and their probabilities, and below, why.
func (lw *labelWriter) writeText(o origin, top []classify.LabelProbability, explanation *classify.Explanation) error {
	var b strings.Builder
	b.WriteString(field(o.name(lw.lines)))
	for _, l := range top {
		fmt.Fprintf(&b, "\t%s\t%.4f", field(l.Label), l.Probability)
	}
	b.WriteByte('\n')
	if explanation != nil {
		printExplanation(&b, explanation, tokenName(string(lw.explain.Tokenizer().Kind())), lw.colour)
	}
	_, err := io.WriteString(lw.w, b.String())
	return err
}
