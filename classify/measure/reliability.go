package measure

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
)

// reliabilityBins is the number of bins of the calibration error in Guo et al. 2017, "On Calibration of Modern Neural
// Networks", table 1.
const reliabilityBins = 15

// A Bin holds the predictions with a confidence above (i−1)/15 and up to i/15. The confidence of a multi-class
// prediction is the probability of the predicted label, and its accuracy whether that is right. Of a multi-label task
// each label of each document is a prediction, with the label's probability as confidence and whether it applies as
// accuracy.
type Bin struct {
	Count      int     `json:"count"`
	Confidence float64 `json:"confidence"` // mean
	Accuracy   float64 `json:"accuracy"`   // mean
}

// putDocument adds the predictions for a document to their bins.
func putDocument(bins []Bin, task labelset.Task, o outcome, row []float32) {
	if task != labelset.MultiLabel {
		label := o.predicted[0]
		put(bins, row[label], label == o.truth[0])
		return
	}
	for label, p := range row {
		put(bins, p, slices.Contains(o.truth, label))
	}
}

// means divides the sums in bins by their counts.
func means(bins []Bin) []Bin {
	for i := range bins {
		if n := float64(bins[i].Count); n > 0 {
			bins[i].Confidence /= n
			bins[i].Accuracy /= n
		}
	}
	return bins
}

// put adds a prediction to its bin, whose means are sums as yet.
func put(bins []Bin, p float32, right bool) {
	i := int(math.Ceil(float64(p)*reliabilityBins)) - 1
	b := &bins[min(max(i, 0), reliabilityBins-1)]
	b.Count++
	b.Confidence += float64(p)
	if right {
		b.Accuracy++
	}
}

// calibrationError returns Σ share·|accuracy − confidence|.
func calibrationError(bins []Bin) float64 {
	sum, n := 0.0, 0
	for _, b := range bins {
		sum += float64(b.Count) * math.Abs(b.Accuracy-b.Confidence)
		n += b.Count
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
