// Package measure compares the probabilities that a classifier gives to labels with the truth: [Measure] returns accuracy,
// precision, recall and F1, log loss and calibration error, with intervals. [FitTemperature] makes probabilities honest.
package measure

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
)

// Config says how to measure. The zero value is a multi-class task without intervals.
type Config struct {
	Task      labelset.Task // "": multi-class
	Threshold float64       // of a multi-label task: a label from this probability on is predicted; 0: 0.5
	Resamples int           // of the bootstrap for intervals; 0: no intervals
	Seed      uint64        // of the bootstrap
}

// Measures say how good predictions are. All are from 0 to 1 but LogLoss, which is in nats.
//
// A document of a multi-class task is predicted to have its most probable label, of equals the first. Precision is
// the share of the predictions of a label that are right, recall the share of the documents with it that are found,
// F1 = 2·tp / (2·tp + fp + fn); each is 0 where it would be 0/0. Macro measures are means over the labels that
// some document has or is predicted to have; micro measures add up the labels' counts first, and in a
// multi-class task all equal the accuracy. These are scikit-learn's definitions.
type Measures struct {
	Task      labelset.Task `json:"task"`
	Documents int           `json:"documents"`
	Threshold float64       `json:"threshold,omitempty"` // of a multi-label task

	Accuracy       float64 `json:"accuracy"` // share of the documents whose labels are all right and complete
	MacroPrecision float64 `json:"macro_precision"`
	MacroRecall    float64 `json:"macro_recall"`
	MacroF1        float64 `json:"macro_f1"`
	MicroPrecision float64 `json:"micro_precision"`
	MicroRecall    float64 `json:"micro_recall"`
	MicroF1        float64 `json:"micro_f1"`

	// LogLoss is the mean of −ln of the probability of a document's label; of a multi-label task, the mean over
	// documents and labels of −ln of the probability that the label applies, or not. Probabilities
	// below 10⁻¹⁵ count as that.
	LogLoss float64 `json:"log_loss"`

	// ECE is the expected calibration error over the bins of Reliability: Σ share·|Accuracy − Confidence|.
	ECE float64 `json:"ece"`

	// The intervals are by bootstrap. Where all documents are right, or all wrong, that of the accuracy is the binomial's;
	// that of an F1 of 1 or 0 is nil.
	AccuracyInterval *Interval `json:"accuracy_interval,omitempty"`
	MacroF1Interval  *Interval `json:"macro_f1_interval,omitempty"`

	Labels      []LabelMeasures `json:"labels"`
	Confusion   [][]int         `json:"confusion,omitempty"` // [true][predicted] documents, in the order of Labels; multi-class only, of up to 500 labels
	Reliability []Bin           `json:"reliability"`
	Unseen      []string        `json:"unseen,omitempty"` // labels of documents that the model does not know: never predicted, always missed
}

// LabelMeasures are the measures of one label.
type LabelMeasures struct {
	Label     string  `json:"label"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`   // documents that have it
	Predicted int     `json:"predicted"` // documents that are predicted to have it
}

// validate reports a choice that is none.
func (c Config) validate() error {
	switch {
	case c.Task != labelset.MultiClass && c.Task != labelset.MultiLabel:
		return fmt.Errorf("measures: task %q is unknown; use %s or %s", c.Task, labelset.MultiClass, labelset.MultiLabel)
	case !(c.Threshold >= 0 && c.Threshold <= 1):
		return fmt.Errorf("measures: threshold is %v; it is a probability, from 0 to 1", c.Threshold)
	case c.Resamples < 0:
		return fmt.Errorf("measures: resamples are %d; they must not be negative", c.Resamples)
	}
	return nil
}

// Measure compares predictions with the truth. Truth holds each document's labels; probabilities is
// [documents][len(labels)], of a multi-class task adding up to one. Labels that are not among labels are given the
// probability 0 and listed in [Measures].Unseen.
func Measure(cfg Config, labels []string, truth [][]string, probabilities [][]float32) (*Measures, error) {
	if len(truth) != len(probabilities) {
		return nil, unequal(len(truth), len(probabilities))
	}
	return MeasureStream(cfg, labels, truth, func(yield func([]float32, error) bool) {
		for _, row := range probabilities {
			if !yield(row, nil) {
				return
			}
		}
	})
}

// MeasureStream is [Measure] of probabilities that come one document after the other and are not kept: those of thousands of
// labels take more memory than the documents. An error among them is returned.
func MeasureStream(cfg Config, labels []string, truth [][]string, probabilities iter.Seq2[[]float32, error]) (*Measures, error) {
	if cfg.Task == "" {
		cfg.Task = labelset.MultiClass
	}
	if cfg.Threshold == 0 {
		cfg.Threshold = 0.5
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	unseen := labelset.Unseen(labels, truth)
	all := labelset.Named(slices.Concat(labels, unseen))
	m := &Measures{Task: cfg.Task, Documents: len(truth), Unseen: unseen}
	outcomes, err := m.read(cfg, all, len(labels), truth, probabilities)
	if err != nil {
		return nil, err
	}
	n := count(outcomes, all.Len())
	m.fill(n, all.Names)
	if cfg.Task == labelset.MultiLabel {
		m.Threshold = cfg.Threshold
	} else if all.Len() <= mostConfused {
		m.Confusion = confusion(outcomes, all.Len())
	}
	if cfg.Resamples > 0 {
		accuracy, macroF1 := bootstrap(outcomes, all.Len(), cfg.Resamples, cfg.Seed)
		m.AccuracyInterval, m.MacroF1Interval = &accuracy, &macroF1
		if n.exact == n.documents {
			*m.AccuracyInterval, m.MacroF1Interval = flawless(n.documents), nil
		}
		if n.exact == 0 {
			*m.AccuracyInterval = hopeless(n.documents)
		}
		if m.MacroF1 == 0 {
			m.MacroF1Interval = nil
		}
	}
	return m, nil
}

// read turns the probabilities of known labels into outcomes, and computes the measures that come from themselves.
func (m *Measures) read(cfg Config, all *labelset.Labels, known int, truth [][]string, probabilities iter.Seq2[[]float32, error]) ([]outcome, error) {
	outcomes := make([]outcome, 0, len(truth))
	loss, bins := 0.0, make([]Bin, reliabilityBins)
	for row, err := range probabilities {
		if err != nil {
			return nil, err
		}
		i := len(outcomes)
		if i == len(truth) {
			return nil, unequal(len(truth), i+1)
		}
		if err := checkProbabilities(i, known, row); err != nil {
			return nil, err
		}
		o, err := decide(cfg, all, i, truth[i], row)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o)
		loss += documentLoss(cfg.Task, o, row)
		putDocument(bins, cfg.Task, o, row)
	}
	if len(outcomes) == 0 || len(outcomes) != len(truth) {
		return nil, unequal(len(truth), len(outcomes))
	}
	m.LogLoss = loss / float64(len(outcomes))
	if cfg.Task == labelset.MultiLabel {
		m.LogLoss = loss / (float64(len(outcomes)) * float64(all.Len()))
	}
	m.Reliability = means(bins)
	m.ECE = calibrationError(m.Reliability)
	return outcomes, nil
}

func unequal(documents, predictions int) error {
	return fmt.Errorf("measure: %d documents and %d predictions: want as many, and some", documents, predictions)
}

// checkProbabilities refuses what no model puts out.
func checkProbabilities(document, labels int, row []float32) error {
	if len(row) != labels {
		return fmt.Errorf("measure: document %d has %d probabilities for %d labels", document, len(row), labels)
	}
	for _, p := range row {
		if !(p >= 0 && p <= 1.0001) { // a softmax in float32 may add up to a little more than one
			return fmt.Errorf("measure: document %d has a probability of %v", document, p)
		}
	}
	return nil
}

// fill computes the measures that come from counts.
func (m *Measures) fill(n counts, names []string) {
	m.Accuracy, m.MacroF1 = ratio(n.exact, n.documents), n.macroF1()
	present := 0
	var tp, predicted, support int
	for i, name := range names {
		l := LabelMeasures{
			Label:     name,
			Precision: ratio(n.right[i], n.predicted[i]),
			Recall:    ratio(n.right[i], n.support[i]),
			F1:        ratio(2*n.right[i], n.predicted[i]+n.support[i]),
			Support:   n.support[i],
			Predicted: n.predicted[i],
		}
		m.Labels = append(m.Labels, l)
		if l.Support+l.Predicted == 0 {
			continue
		}
		present++
		m.MacroPrecision += l.Precision
		m.MacroRecall += l.Recall
		tp += n.right[i]
		predicted += l.Predicted
		support += l.Support
	}
	if present > 0 {
		m.MacroPrecision /= float64(present)
		m.MacroRecall /= float64(present)
	}
	m.MicroPrecision = ratio(tp, predicted)
	m.MicroRecall = ratio(tp, support)
	m.MicroF1 = ratio(2*tp, predicted+support)
}

// ratio returns a/b, and 0 for 0/0.
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// leastProbability bounds the loss of a document that was thought impossible.
const leastProbability = 1e-15

// documentLoss returns the loss in nats.
func documentLoss(task labelset.Task, o outcome, row []float32) float64 {
	if task == labelset.MultiLabel {
		return lossOfMany(o.truth, row)
	}
	return lossOfOne(o.truth[0], row)
}

// lossOfOne returns −ln of the probability of a label, 0 of a label that the model does not know.
func lossOfOne(label int, row []float32) float64 {
	p := 0.0
	if label < len(row) {
		p = float64(row[label])
	}
	return -math.Log(min(max(p, leastProbability), 1))
}

// lossOfMany returns the sum over the labels of −ln of the probability that each applies, or not. A label that the model does
// not know costs nothing where it does not apply.
func lossOfMany(truth []int, row []float32) float64 {
	sum := 0.0
	for label, p := range row {
		if !slices.Contains(truth, label) {
			sum -= math.Log(max(1-float64(p), leastProbability))
		}
	}
	for _, label := range truth {
		sum += lossOfOne(label, row)
	}
	return sum
}
