package bag

import (
	"cmp"
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
)

// Bayes is multinomial naive Bayes with Laplace's smoothing: P(label) · Π P(part | label), where
// P(part | label) = (count + 1) / (total + vocabulary), over the parts of the text that training has seen. Of a
// multi-label task there are two hypotheses for each label, that it applies or not.
type Bayes struct {
	task   labelset.Task
	grams  NGrams
	rows   map[uint64]int32 // of a part in counts
	counts [][]labelCount   // [parts], by label: most parts go with few of many labels
	parts  []float32        // occurrences of each part in all documents
	totals []float64        // occurrences of all parts in documents with the label
	total  float64          // occurrences of all parts
	having []float64        // documents with the label
	n      float64          // documents
	hashes []uint64
}

// labelCount is how often a part occurs in documents with a label, where it does.
type labelCount struct {
	label int32
	n     float32
}

// TrainBayes counts. Truth is the numbers of the labels of each text.
func TrainBayes(task labelset.Task, grams NGrams, labels int, texts []string, truth [][]int) *Bayes {
	b := &Bayes{
		task: task, grams: grams, rows: make(map[uint64]int32),
		totals: make([]float64, labels), having: make([]float64, labels), n: float64(len(texts)),
	}
	for i, text := range texts {
		b.hashes = grams.AppendHashes(b.hashes[:0], text)
		b.total += float64(len(b.hashes))
		for _, label := range truth[i] {
			b.having[label]++
			b.totals[label] += float64(len(b.hashes))
		}
		for _, hash := range b.hashes {
			row := b.row(hash)
			b.parts[row]++
			for _, label := range truth[i] {
				b.count(row, int32(label))
			}
		}
	}
	return b
}

// row returns the row of a part, a new one if it is seen first.
func (b *Bayes) row(hash uint64) int32 {
	row, ok := b.rows[hash]
	if !ok {
		row = int32(len(b.parts))
		b.rows[hash] = row
		b.parts = append(b.parts, 0)
		b.counts = append(b.counts, nil)
	}
	return row
}

// count adds an occurrence of a part in a document with a label.
func (b *Bayes) count(row, label int32) {
	counts := b.counts[row]
	i, ok := slices.BinarySearchFunc(counts, label, func(c labelCount, label int32) int { return cmp.Compare(c.label, label) })
	if !ok {
		counts = slices.Insert(counts, i, labelCount{label: label})
		b.counts[row] = counts
	}
	counts[i].n++
}

// Logits writes ln P(label, text), or ln of the odds of each label of a multi-label task. No smoothing is applied to
// the labels' own frequencies: a label without documents has probability 0, written as −1000. Of a multi-label task, a label
// that none or all have counts as half a document off that: one document to come that is otherwise is not impossible.
func (b *Bayes) Logits(text string, dst []float32) {
	vocabulary := float64(len(b.parts))
	scores := make([]float64, len(dst))
	for label, n := range b.having {
		if b.task == labelset.MultiLabel {
			n = min(max(n, 0.5), b.n-0.5)
			scores[label] = math.Log(n / (b.n - n))
			continue
		}
		scores[label] = max(math.Log(n/b.n), -1000)
	}
	known, rest := 0.0, 0.0 // parts, and of them ln(count + 1) in all documents
	b.hashes = b.grams.AppendHashes(b.hashes[:0], text)
	for _, hash := range b.hashes {
		row, ok := b.rows[hash]
		if !ok {
			continue
		}
		all := math.Log(float64(b.parts[row]) + 1)
		known, rest = known+1, rest+all
		for _, with := range b.counts[row] {
			scores[with.label] += math.Log(float64(with.n) + 1)
			if b.task == labelset.MultiLabel {
				scores[with.label] -= math.Log(float64(b.parts[row]-with.n)+1) - all
			}
		}
	}
	if known > 0 {
		for label := range scores {
			scores[label] -= known * math.Log(b.totals[label]+vocabulary)
			if b.task == labelset.MultiLabel {
				scores[label] -= rest - known*math.Log(b.total-b.totals[label]+vocabulary)
			}
		}
	}
	for label, score := range scores {
		dst[label] = float32(score)
	}
}
