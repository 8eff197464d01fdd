// Package labelset numbers the labels of documents: [Of] finds them, and [Task] says how they relate.
package labelset

import (
	"fmt"
	"maps"
	"slices"

	"github.com/textgen-go/textgen/corpora"
)

// A Task says how labels relate.
type Task string

const (
	MultiClass Task = "multi-class" // each document has exactly one label: softmax
	MultiLabel Task = "multi-label" // each label applies or not by itself: sigmoids
)

// Labels numbers the labels of a task by the order of their names.
type Labels struct {
	Names []string
	index map[string]int
}

// Named numbers the given names, in their order.
func Named(names []string) *Labels {
	l := &Labels{Names: slices.Clone(names), index: make(map[string]int, len(names))}
	for i, name := range names {
		l.index[name] = i
	}
	return l
}

// Of finds the task and the labels of the documents to train on. A task is multi-label if some document has
// several labels or none. Of a multi-class task there must be two labels, of a multi-label task one.
func Of(docs []corpora.Document) (*Labels, Task, error) {
	task := MultiClass
	first := make(map[string]int)
	for i, doc := range docs {
		if len(doc.Labels) != 1 {
			task = MultiLabel
		}
		for _, label := range doc.Labels {
			if _, ok := first[label]; !ok {
				first[label] = i
			}
		}
	}
	labels := Named(slices.Sorted(maps.Keys(first)))
	switch n := len(labels.Names); {
	case len(docs) == 0 || n == 0:
		return nil, "", fmt.Errorf("labels: %d documents without labels: nothing to learn", len(docs))
	case n == 1 && task == MultiClass:
		doc := docs[0]
		return nil, "", fmt.Errorf("labels: all documents, %d of them, have the label %q (first in %s, line %d): at least two labels are needed",
			len(docs), labels.Names[0], doc.Source, doc.Line)
	}
	return labels, task, nil
}

// Check refuses documents that the task cannot measure: of a multi-class task, those with several labels or none.
func (t Task) Check(docs []corpora.Document) error {
	if t != MultiClass {
		return nil
	}
	for i, doc := range docs {
		if n := len(doc.Labels); n != 1 {
			place := fmt.Sprintf("number %d", i+1)
			if doc.Source != "" {
				place = fmt.Sprintf("%s, line %d", doc.Source, doc.Line)
			}
			return fmt.Errorf("labels: a document has %d labels (%s), but those to train on have one each: give each one, or train on documents with several", n, place)
		}
	}
	return nil
}

// Len returns the number of labels.
func (l *Labels) Len() int { return len(l.Names) }

// Distinct returns the number of different names.
func (l *Labels) Distinct() int { return len(l.index) }

// Index returns a label's number, or -1.
func (l *Labels) Index(name string) int {
	if i, ok := l.index[name]; ok {
		return i
	}
	return -1
}

// Truth returns the numbers of a document's labels, ascending, and those of its labels that have none.
func (l *Labels) Truth(doc corpora.Document) (numbers []int, unknown []string) {
	for _, name := range doc.Labels {
		if i := l.Index(name); i >= 0 {
			numbers = append(numbers, i)
		} else {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(numbers)
	return numbers, unknown
}

// Fewer returns the labels that fewer than n of the documents have, with their counts, in the order of their names. A
// label of one document can be trained on but not validated.
func (l *Labels) Fewer(docs []corpora.Document, n int) []corpora.LabelCount {
	counts := l.Counts(docs)
	var few []corpora.LabelCount
	for i, name := range l.Names {
		if counts[i] < n {
			few = append(few, corpora.LabelCount{Label: name, Count: counts[i]})
		}
	}
	return few
}

// Counts returns the number of documents that have each label.
func (l *Labels) Counts(docs []corpora.Document) []int {
	counts := make([]int, l.Len())
	for _, doc := range docs {
		for _, name := range doc.Labels {
			if i := l.Index(name); i >= 0 {
				counts[i]++
			}
		}
	}
	return counts
}

// Weights returns a weight for each label that gives rare labels as much say as frequent ones: documents / (labels ·
// count), as scikit-learn's "balanced". A label without documents weighs 0.
func (l *Labels) Weights(docs []corpora.Document) []float64 {
	weights := make([]float64, l.Len())
	for i, n := range l.Counts(docs) {
		if n > 0 {
			weights[i] = float64(len(docs)) / (float64(l.Len()) * float64(n))
		}
	}
	return weights
}

// Unseen returns the true labels that are not among the known, by name.
func Unseen(known []string, truth [][]string) []string {
	set, unseen := Named(known), make(map[string]bool) // with a wrong column for the labels, there are as many as documents
	for _, names := range truth {
		for _, name := range names {
			if set.Index(name) < 0 {
				unseen[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(unseen))
}
