package measure

import (
	"fmt"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
)

// An outcome is what a document's labels are and what they were predicted to be, as ascending numbers.
type outcome struct{ truth, predicted []int }

// decide turns the probabilities of a document into labels.
func decide(cfg Config, labels *labelset.Labels, document int, names []string, row []float32) (o outcome, err error) {
	for _, name := range names {
		if n := labels.Index(name); !slices.Contains(o.truth, n) {
			o.truth = append(o.truth, n)
		}
	}
	slices.Sort(o.truth)
	if cfg.Task == labelset.MultiLabel {
		o.predicted = Above(row, cfg.Threshold)
		return o, nil
	}
	if len(o.truth) != 1 {
		return o, fmt.Errorf("measure: document %d has %d labels, but the task has exactly one a document", document, len(o.truth))
	}
	o.predicted = []int{MostProbable(row)}
	return o, nil
}

// Above returns the labels from a probability on.
func Above(row []float32, threshold float64) []int {
	var labels []int
	for label, p := range row {
		if float64(p) >= threshold {
			labels = append(labels, label)
		}
	}
	return labels
}

// MostProbable returns the first of the labels with the highest probability.
func MostProbable(row []float32) int {
	best := 0
	for label, p := range row {
		if p > row[best] {
			best = label
		}
	}
	return best
}

// counts are what the measures by label come from.
type counts struct {
	documents, exact          int
	right, predicted, support []int // by label
}

// count counts the outcomes.
func count(outcomes []outcome, labels int) counts {
	n := counts{right: make([]int, labels), predicted: make([]int, labels), support: make([]int, labels)}
	for _, o := range outcomes {
		n.add(o)
	}
	return n
}

// add counts an outcome.
func (n *counts) add(o outcome) {
	n.documents++
	if slices.Equal(o.truth, o.predicted) {
		n.exact++
	}
	for _, label := range o.truth {
		n.support[label]++
	}
	for _, label := range o.predicted {
		n.predicted[label]++
		if slices.Contains(o.truth, label) {
			n.right[label]++
		}
	}
}

// reset sets all counts to 0.
func (n *counts) reset() {
	n.documents, n.exact = 0, 0
	clear(n.right)
	clear(n.predicted)
	clear(n.support)
}

// MacroF1 returns the mean F1 of the labels that some document has or is predicted to have. Truth and predicted are the
// numbers of each document's labels, ascending and below labels.
func MacroF1(truth, predicted [][]int, labels int) float64 {
	n := count(nil, labels)
	for i := range truth {
		n.add(outcome{truth[i], predicted[i]})
	}
	return n.macroF1()
}

// macroF1 returns the mean F1 of the labels that are there.
func (n *counts) macroF1() float64 {
	sum, present := 0.0, 0
	for i := range n.support {
		if both := n.predicted[i] + n.support[i]; both > 0 {
			sum += ratio(2*n.right[i], both)
			present++
		}
	}
	if present == 0 {
		return 0
	}
	return sum / float64(present)
}

// mostConfused is the number of labels up to which there is a confusion matrix: nobody reads a larger one, and that of
// thousands of labels, which is nearly empty, would take hundreds of megabytes in a report.
const mostConfused = 500

// confusion counts the documents of each label by the label predicted.
func confusion(outcomes []outcome, labels int) [][]int {
	cells := make([]int, labels*labels)
	m := make([][]int, labels)
	for i := range m {
		m[i] = cells[i*labels : (i+1)*labels]
	}
	for _, o := range outcomes {
		m[o.truth[0]][o.predicted[0]]++
	}
	return m
}
