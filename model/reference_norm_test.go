package model

import "math"

// normed returns what layer normalisation makes of W·x, with its gain and W's bias: gate by gate.
func (r *reference) normed(suffix string, w, bias, x []float64) func(i int) float64 {
	gain, hidden := r.weights["rnn.gain"+suffix], r.cfg.Hidden
	sums, none := make([]float64, len(bias)), make([]float64, len(bias))
	for i := range sums {
		sums[i] = affine(w, none, i, x)
	}
	var all []float64
	for from := 0; from < len(sums); from += hidden {
		to := from + hidden
		all = append(all, r.norm(sums[from:to], gain[from:to], bias[from:to])...)
	}
	return func(i int) float64 { return all[i] }
}

func (*reference) norm(x, gain, bias []float64) []float64 {
	var mean, variance float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = gain[i]*(v-mean)/math.Sqrt(variance+1e-5) + bias[i]
	}
	return y
}
