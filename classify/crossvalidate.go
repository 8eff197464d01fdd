package classify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/model/checkpoint"
)

// CrossConfig asks for a cross-validation. Of TrainConfig, ValidPaths, TestPaths and Resume must be empty, Observer is not
// told anything, and Out is the directory that the runs' directories are in.
type CrossConfig struct {
	TrainConfig
	Folds   int
	Warning func(message string) // something that the user should know; nil: ignore
	OnFold  func(Fold)           // a fold is done; nil: ignore
}

// A Fold is a part of the documents, labelled by a model that was trained on the others.
type Fold struct {
	Number    int               `json:"fold"`  // from 1
	Folds     int               `json:"folds"` // of how many
	Out       string            `json:"out"`   // directory of the model's run
	Train     int               `json:"train_documents"`
	Steps     int               `json:"steps"`
	Seconds   float64           `json:"seconds"` // of training
	Measures  *measure.Measures `json:"measures"`
	Baselines []Baseline        `json:"baselines,omitempty"`
	rows      [][]float32       // probabilities of all labels, [documents][labels]
}

// A Spread sums up the folds' values of a measure.
type Spread struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // standard deviation of the folds, with n−1
	Least     float64 `json:"least"`
	Most      float64 `json:"most"`
}

// A CrossRow is how good a kind of model is over the folds.
type CrossRow struct {
	Name     string `json:"name"`
	Accuracy Spread `json:"accuracy"`
	MacroF1  Spread `json:"macro_f1"`
	LogLoss  Spread `json:"log_loss"`
	ECE      Spread `json:"ece"`
}

// CrossResult is what a cross-validation found.
type CrossResult struct {
	Folds []Fold     `json:"folds"`
	Rows  []CrossRow `json:"rows"` // this kind of model first, then the baselines, if all folds have them
	// Pooled measures all documents together, each with the probabilities that the model had that was not trained on it.
	Pooled *measure.Measures `json:"pooled"`
	// Shared is the number of documents whose text is in another fold, too, and was therefore trained on.
	Shared int `json:"shared_documents"`
}

// CrossReportName is the name of the result in the directory of a cross-validation.
const CrossReportName = checkpoint.FoldsName

// CrossValidate deals the documents out to folds with each label in proportion, trains a model for each fold on all the
// others, and labels the fold with it (stratified k-fold cross-validation). From what a model is trained on, a part for
// validation is split off as always. The seed of the settings deals the folds.
func CrossValidate(ctx context.Context, cfg CrossConfig) (*CrossResult, error) {
	c, err := newCrossing(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for number := range c.folds {
		fold, err := c.run(ctx, number)
		if err != nil {
			return nil, fmt.Errorf("fold %d of %d: %w", number+1, len(c.folds), err)
		}
		c.result.Folds = append(c.result.Folds, fold)
		if cfg.OnFold != nil {
			cfg.OnFold(fold)
		}
	}
	if err := c.sumUp(); err != nil {
		return nil, err
	}
	return c.result, c.write()
}

// A crossing is a cross-validation under way.
type crossing struct {
	cfg    TrainConfig
	docs   []corpora.Document
	labels *labelset.Labels
	task   labelset.Task
	seed   uint64
	folds  [][]int // numbers of documents
	result *CrossResult
}

func newCrossing(ctx context.Context, cfg CrossConfig) (*crossing, error) {
	switch {
	case cfg.Out == "":
		return nil, errors.New("cross-validation needs a directory for its runs")
	case cfg.Resume || len(cfg.ValidPaths)+len(cfg.TestPaths) > 0:
		return nil, errors.New("cross-validation cannot be resumed, and tests on what it is given to train on: give no other documents")
	}
	d := &data{}
	docs, err := d.read(ctx, cfg.Paths, cfg.Stdin, cfg.Documents)
	if err != nil {
		return nil, err
	}
	c := &crossing{cfg: cfg.TrainConfig, docs: docs, result: &CrossResult{}}
	warn := cfg.Warning
	if warn == nil {
		warn = func(string) {}
	}
	for _, w := range d.warnings { // what was not read may be why the next step fails
		warn(w)
	}
	if c.labels, c.task, err = labelset.Of(docs); err != nil {
		return nil, err
	}
	c.configure()
	if c.folds, err = corpora.StratifiedFolds(docs, cfg.Folds, c.seed); err != nil {
		return nil, err
	}
	for number := range c.folds { // before the folds are trained, not when it is this one's turn
		if _, _, err := labelset.Of(choose(docs, corpora.FoldTrain(c.folds, number))); err != nil {
			return nil, fmt.Errorf("the model for fold %d of %d is to learn from the others, but cannot: %w", number+1, len(c.folds), err)
		}
	}
	for _, w := range c.leftovers() {
		warn(w)
	}
	return c, nil
}

// leftovers warns of runs that an earlier cross-validation of more folds has left in the directory.
func (c *crossing) leftovers() []string {
	next := c.runDir(len(c.folds))
	if info, err := os.Stat(next); err == nil && info.IsDir() {
		return []string{fmt.Sprintf("%s, and what may follow it, is of an earlier cross-validation of more folds: it stays, and is no part of this one", next)}
	}
	return nil
}

// runDir returns the directory of a fold's run; folds are counted from 0, directories from 1.
func (c *crossing) runDir(fold int) string {
	return filepath.Join(c.cfg.Out, fmt.Sprintf("fold-%02d", fold+1))
}

// configure finds the seed and lets all folds have the task of all documents.
func (c *crossing) configure() {
	change, wish := c.cfg.Override, Settings{Seed: 1}
	if change == nil {
		change = func(*Settings) {}
	}
	change(&wish)
	c.seed = wish.Seed
	c.cfg.Override = func(s *Settings) {
		s.Task = c.task
		change(s)
	}
	c.cfg.Observer = silent{}
}

// run trains a model on all folds but one and labels that.
func (c *crossing) run(ctx context.Context, number int) (Fold, error) {
	train, test := choose(c.docs, corpora.FoldTrain(c.folds, number)), choose(c.docs, c.folds[number])
	c.result.Shared += corpora.CountShared(train, test)
	cfg := c.cfg
	cfg.Out = c.runDir(number)
	result, err := trainOn(ctx, cfg, &data{train: train, test: test, sha256: hashDocuments(train)})
	if err != nil {
		return Fold{}, err
	}
	fold := Fold{
		Number: number + 1, Folds: len(c.folds), Out: cfg.Out, Train: len(train), Steps: result.Steps, Seconds: result.Seconds,
		Measures: result.Report.Measures, Baselines: result.Report.Baselines,
	}
	fold.rows, err = c.label(ctx, cfg.Out, c.folds[number])
	return fold, err
}

// label returns the probabilities that a model gives documents, by the numbers of all labels.
func (c *crossing) label(ctx context.Context, path string, numbers []int) ([][]float32, error) {
	m, err := Load(path)
	if err != nil {
		return nil, err
	}
	texts, rows := make([]string, len(numbers)), make([][]float32, len(numbers))
	for i, n := range numbers {
		texts[i] = c.docs[n].Text
	}
	predictions, err := m.Predict(ctx, texts)
	if err != nil {
		return nil, err
	}
	for i, p := range predictions {
		rows[i] = make([]float32, c.labels.Len())
		for j, name := range m.labels.Names {
			rows[i][c.labels.Index(name)] = p.Probabilities[j]
		}
	}
	return rows, nil
}

// sumUp measures all folds together and compares the kinds of models.
func (c *crossing) sumUp() error {
	truth, rows := make([][]string, len(c.docs)), make([][]float32, len(c.docs))
	for number, fold := range c.result.Folds {
		for i, n := range c.folds[number] {
			truth[n], rows[n] = c.docs[n].Labels, fold.rows[i]
		}
	}
	var err error
	cfg := measure.Config{Task: c.task, Resamples: measure.DefaultResamples, Seed: c.seed}
	if c.result.Pooled, err = measure.Measure(cfg, c.labels.Names, truth, rows); err != nil {
		return err
	}
	folds := c.result.Folds
	c.result.Rows = append(c.result.Rows, crossRow("this model", folds, func(f Fold) *measure.Measures { return f.Measures }))
	if slices.ContainsFunc(folds, func(f Fold) bool { return len(f.Baselines) == 0 }) {
		return nil // of few documents, a fold may have none to validate on, by which baselines are chosen
	}
	for i, b := range folds[0].Baselines {
		c.result.Rows = append(c.result.Rows, crossRow(b.Name, folds, func(f Fold) *measure.Measures { return f.Baselines[i].Measures }))
	}
	return nil
}

// crossRow sums up one kind of model.
func crossRow(name string, folds []Fold, of func(Fold) *measure.Measures) CrossRow {
	spread := func(value func(*measure.Measures) float64) Spread {
		values := make([]float64, len(folds))
		for i, f := range folds {
			values[i] = value(of(f))
		}
		return newSpread(values)
	}
	return CrossRow{
		Name:     name,
		Accuracy: spread(func(m *measure.Measures) float64 { return m.Accuracy }),
		MacroF1:  spread(func(m *measure.Measures) float64 { return m.MacroF1 }),
		LogLoss:  spread(func(m *measure.Measures) float64 { return m.LogLoss }),
		ECE:      spread(func(m *measure.Measures) float64 { return m.ECE }),
	}
}

// newSpread sums up at least two values.
func newSpread(values []float64) Spread {
	s := Spread{Least: math.Inf(1), Most: math.Inf(-1)}
	for _, v := range values {
		s.Mean += v / float64(len(values))
		s.Least, s.Most = min(s.Least, v), max(s.Most, v)
	}
	for _, v := range values {
		s.Deviation += (v - s.Mean) * (v - s.Mean) / float64(len(values)-1)
	}
	s.Deviation = math.Sqrt(s.Deviation)
	return s
}

// write leaves the result beside the runs.
func (c *crossing) write() error {
	dir, err := checkpoint.OpenRun(c.cfg.Out)
	if err != nil {
		return err
	}
	defer dir.Close()
	text, err := json.MarshalIndent(c.result, "", "  ")
	if err != nil {
		return err
	}
	return dir.Replace(CrossReportName, append(text, '\n'))
}
