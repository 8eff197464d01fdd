package classify

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
)

// loss is what a network is trained to make small: softmax cross-entropy for a multi-class task, the sum of the labels'
// binary cross-entropies for a multi-label task.
type loss struct {
	task      labelset.Task
	smoothing float64   // ε: the truth is 1−ε of the label and ε spread over all (Szegedy et al. 2016, section 7)
	weights   []float64 // of the labels; nil: all 1
}

// balanced weighs labels. Of a multi-label task none weighs less than 1: a label is up against its own absence there, which
// weighs 1, and not against rarer labels; one that many documents have would never be predicted.
func (l loss) balanced(weights []float64) loss {
	l.weights = slices.Clone(weights)
	if l.task == labelset.MultiLabel {
		for i, weight := range weights {
			l.weights[i] = max(weight, 1)
		}
	}
	return l
}

// document returns the loss of one document, and writes share times its gradient with respect to the logits to grad
// unless that is nil.
func (l loss) document(logits, grad []float32, truth []int, share float64) float64 {
	if l.task == labelset.MultiLabel {
		return l.sigmoids(logits, grad, truth, share)
	}
	return l.softmax(logits, grad, truth[0], share)
}

func (l loss) weight(label int) float64 {
	if l.weights == nil {
		return 1
	}
	return l.weights[label]
}

func (l loss) softmax(logits, grad []float32, truth int, share float64) float64 {
	top, sum, mean := float64(slices.Max(logits)), 0.0, 0.0
	for _, z := range logits {
		sum += math.Exp(float64(z) - top)
		mean += float64(z) / float64(len(logits))
	}
	logSum, weight := top+math.Log(sum), l.weight(truth)
	spread := l.smoothing / float64(len(logits))
	for i := range grad {
		target := spread
		if i == truth {
			target += 1 - l.smoothing
		}
		grad[i] = float32(share * weight * (math.Exp(float64(logits[i])-logSum) - target))
	}
	return weight * (logSum - (1-l.smoothing)*float64(logits[truth]) - l.smoothing*mean)
}

func (l loss) sigmoids(logits, grad []float32, truth []int, share float64) float64 {
	total := 0.0
	for i, z := range logits {
		target, weight, x := l.smoothing/2, 1.0, float64(z)
		if slices.Contains(truth, i) {
			target, weight = 1-l.smoothing/2, l.weight(i)
		}
		total += weight * (max(x, 0) - x*target + math.Log1p(math.Exp(-math.Abs(x))))
		if grad != nil {
			grad[i] = float32(share * weight * (measure.Sigmoid(x) - target))
		}
	}
	return total
}
