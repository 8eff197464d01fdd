package measure

import (
	"fmt"
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify/labelset"
)

// The temperatures that FitTemperature looks at.
const (
	leastTemperature = 0.1
	mostTemperature  = 100
)

// A Temperature divides logits to make probabilities honest (Guo et al. 2017, section 4.2).
type Temperature struct {
	T float64 `json:"temperature"`
	// Before and After are the log loss in nats on the documents it was fitted to, at 1 and at T.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Valid reports whether it is a temperature that FitTemperature could return.
func (t Temperature) Valid() bool { return t.T >= leastTemperature && t.T <= mostTemperature }

// FitTemperature finds the temperature from 0.1 to 100 at which the log loss of the documents is least. Logits is
// [documents][labels], truth the numbers of each document's labels. The loss is convex in 1/T, so Newton's steps inside
// a shrinking bracket find it. Where even 0.1 is not sharp enough and the logits separate the documents without an error,
// they say nothing about errors to come: T stays 1. So it does where T changes nothing.
func FitTemperature(task labelset.Task, logits [][]float32, truth [][]int) (Temperature, error) {
	if err := checkLogits(task, logits, truth); err != nil {
		return Temperature{}, err
	}
	loss := func(beta float64) (f, slope, bend float64) { return scaledLoss(task, logits, truth, beta) }
	before, _, _ := loss(1)
	t := Temperature{T: 1, Before: before, After: before}
	low, high := 1.0/mostTemperature, 1.0/leastTemperature
	_, slopeLow, _ := loss(low)
	_, slopeHigh, _ := loss(high)
	switch {
	case slopeHigh <= 0 && faultless(task, logits, truth):
		return t, nil
	case slopeHigh <= 0: // as of a network that has hardly been trained
		t.T = leastTemperature
	case slopeLow >= 0:
		t.T = mostTemperature
	default:
		t.T = 1 / root(loss, low, high)
	}
	t.After, _, _ = loss(1 / t.T)
	return t, nil
}

// faultless reports whether no logit speaks against the truth, so that the loss does not rise however small T is.
func faultless(task labelset.Task, logits [][]float32, truth [][]int) bool {
	for i, row := range logits {
		if task != labelset.MultiLabel && row[truth[i][0]] < slices.Max(row) {
			return false
		}
		for label, z := range row {
			if task == labelset.MultiLabel && z != 0 && (z > 0) != slices.Contains(truth[i], label) {
				return false
			}
		}
	}
	return true
}

// root returns where the slope is 0 between low, where it is negative, and high, where it is positive.
func root(loss func(float64) (f, slope, bend float64), low, high float64) float64 {
	x := math.Sqrt(low * high)
	for range 100 {
		_, slope, bend := loss(x)
		if slope < 0 {
			low = x
		} else {
			high = x
		}
		next := x - slope/bend
		if !(next > low && next < high) { // also if bend is 0
			next = (low + high) / 2
		}
		if math.Abs(next-x) <= 1e-12*x {
			return next
		}
		x = next
	}
	return x
}

// scaledLoss returns the mean log loss of logits·beta and its first two derivatives by beta.
func scaledLoss(task labelset.Task, logits [][]float32, truth [][]int, beta float64) (f, slope, bend float64) {
	n := 0
	for i, row := range logits {
		if task == labelset.MultiLabel {
			for label, z := range row {
				a, b, c := sigmoidLoss(float64(z), beta, slices.Contains(truth[i], label))
				f, slope, bend = f+a, slope+b, bend+c
				n++
			}
			continue
		}
		a, b, c := softmaxLoss(row, beta, truth[i][0])
		f, slope, bend = f+a, slope+b, bend+c
		n++
	}
	return f / float64(n), slope / float64(n), bend / float64(n)
}

// softmaxLoss is ln Σ exp(β·z) − β·z[y]; its slope by β is E[z] − z[y] and its bend Var[z], under the softmax.
func softmaxLoss(row []float32, beta float64, y int) (f, slope, bend float64) {
	top := float64(slices.Max(row))
	var sum, first, second float64
	for _, z := range row {
		d := float64(z) - top
		e := math.Exp(beta * d)
		sum += e
		first += e * d
		second += e * d * d
	}
	mean := first / sum
	right := float64(row[y]) - top
	return math.Log(sum) - beta*right, mean - right, max(second/sum-mean*mean, 0)
}

// sigmoidLoss is ln(1 + exp(−β·s)) where s is z if the label applies and −z if not.
func sigmoidLoss(z, beta float64, applies bool) (f, slope, bend float64) {
	s := z
	if !applies {
		s = -z
	}
	x := beta * s
	wrong := Sigmoid(-x)
	return max(-x, 0) + math.Log1p(math.Exp(-math.Abs(x))), -s * wrong, s * s * wrong * (1 - wrong)
}

// Sigmoid returns 1/(1 + exp(−x)).
func Sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func checkLogits(task labelset.Task, logits [][]float32, truth [][]int) error {
	if len(logits) == 0 || len(logits) != len(truth) {
		return fmt.Errorf("measure: %d documents and %d rows of logits: want as many, and some", len(truth), len(logits))
	}
	for i, row := range logits {
		for _, z := range row {
			if math.IsNaN(float64(z)) || math.IsInf(float64(z), 0) {
				return fmt.Errorf("measure: document %d has a logit of %v", i, z)
			}
		}
		for _, label := range truth[i] {
			if label < 0 || label >= len(row) {
				return fmt.Errorf("measure: document %d has label %d of %d", i, label, len(row))
			}
		}
		if task != labelset.MultiLabel && len(truth[i]) != 1 {
			return fmt.Errorf("measure: document %d has %d labels, but the task has exactly one a document", i, len(truth[i]))
		}
	}
	return nil
}

// Apply turns logits into probabilities in place: softmax(z/T), or Sigmoid(z/T) for each label of a multi-label task.
func (t Temperature) Apply(task labelset.Task, logits []float32) {
	beta := 1 / t.T
	if task == labelset.MultiLabel {
		for i, z := range logits {
			logits[i] = float32(Sigmoid(beta * float64(z)))
		}
		return
	}
	top := float64(slices.Max(logits))
	sum := 0.0
	for _, z := range logits {
		sum += math.Exp(beta * (float64(z) - top))
	}
	for i, z := range logits {
		logits[i] = float32(math.Exp(beta*(float64(z)-top)) / sum)
	}
}
