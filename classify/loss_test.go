package classify

import (
	"fmt"
	"math"
	"testing"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/corpora"
)

// TestLoss holds losses against their definition, the cross-entropy of a smoothed truth, and gradients against central
// differences.
func TestLoss(t *testing.T) {
	logits, weights := []float32{0.5, -1.25, 2, 0.125}, []float64{0.5, 2, 3, 0.25}
	for _, l := range []loss{
		{task: labelset.MultiClass},
		{task: labelset.MultiClass, smoothing: 0.1, weights: weights},
		{task: labelset.MultiLabel},
		{task: labelset.MultiLabel, smoothing: 0.1, weights: weights},
	} {
		for _, truth := range [][]int{{2}, {1, 3}, {0, 1, 2, 3}} {
			if l.task == labelset.MultiClass {
				truth = truth[:1]
			}
			t.Run(fmt.Sprintf("%s smoothed by %v of labels %v", l.task, l.smoothing, truth), func(t *testing.T) {
				grad := make([]float32, len(logits))
				got, want := l.document(logits, grad, truth, 0.5), l.defined(logits, truth)
				if math.Abs(got-want) > 1e-9 {
					t.Errorf("the loss is %v, want %v", got, want)
				}
				if again := l.document(logits, nil, truth, 0.5); again != got {
					t.Errorf("without a gradient the loss is %v, with one %v", again, got)
				}
				for i := range logits {
					if want := 0.5 * l.slope(logits, truth, i); math.Abs(float64(grad[i])-want) > 1e-5 {
						t.Errorf("the gradient of logit %d is %v, want %v", i, grad[i], want)
					}
				}
			})
		}
	}
}

// A label that four of five documents have is predicted by what knows nothing else of them, balanced or not; rare labels, of
// which there are many, weigh more.
func TestBalanceKeepsWhatMostDocumentsHave(t *testing.T) {
	docs, names := make([]corpora.Document, 50), []string{"common"}
	for i := range docs {
		if i%5 > 0 {
			docs[i].Labels = append(docs[i].Labels, "common")
		}
		if i < 19 {
			names = append(names, fmt.Sprint("rare ", i))
			docs[i].Labels = append(docs[i].Labels, names[i+1])
		}
	}
	labels := labelset.Named(names)
	l := loss{task: labelset.MultiLabel}.balanced(labels.Weights(docs))
	if got := l.weight(7); got != 2.5 {
		t.Errorf("a label of one of 50 documents and 20 labels weighs %v, want 2.5", got)
	}
	logits, grad, slope := make([]float32, len(names)), make([]float32, len(names)), float32(0)
	for _, doc := range docs {
		truth, _ := labels.Truth(doc)
		l.document(logits, grad, truth, 1)
		slope += grad[labels.Index("common")]
	}
	if slope >= 0 {
		t.Errorf("the gradient at a probability of a half is %v: the label that most documents have would not be predicted", slope)
	}
}

// defined computes a loss as papers write it down.
func (l loss) defined(logits []float32, truth []int) (sum float64) {
	true01, normaliser := make([]float64, len(logits)), 0.0
	for _, label := range truth {
		true01[label] = 1
	}
	for _, z := range logits {
		normaliser += math.Exp(float64(z))
	}
	for i, z := range logits {
		if l.task == labelset.MultiClass {
			target := (1-l.smoothing)*true01[i] + l.smoothing/float64(len(logits))
			sum -= l.weight(truth[0]) * target * math.Log(math.Exp(float64(z))/normaliser)
			continue
		}
		target, p := (1-l.smoothing)*true01[i]+l.smoothing/2, 1/(1+math.Exp(-float64(z)))
		weight := 1.0
		if true01[i] == 1 {
			weight = l.weight(i)
		}
		sum -= weight * (target*math.Log(p) + (1-target)*math.Log(1-p))
	}
	return sum
}

// slope is the derivative of the defined loss with respect to logit i.
func (l loss) slope(logits []float32, truth []int, i int) float64 {
	const step = 1.0 / 1024
	at := func(change float32) float64 {
		changed := append([]float32(nil), logits...)
		changed[i] += change
		return l.defined(changed, truth)
	}
	return (at(step) - at(-step)) / (2 * step)
}
