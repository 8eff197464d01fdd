package model

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/textgen-go/textgen/internal/kernel"
)

// mask returns what a dropout leaves of n ones.
func (r *reference) mask(n int, p float64, key uint64) []float64 {
	ones := slices.Repeat([]float32{1}, n)
	if r.dropping && p > 0 {
		kernel.Dropout(ones, ones, float32(p), key, 0)
	}
	return widen(ones)
}

// dropped returns a recurrent matrix without the elements that weight drop takes out.
func (r *reference) dropped(name string) []float64 {
	w := r.weights[name]
	if r.cfg.WeightDrop == 0 {
		return w
	}
	return times(w, r.mask(len(w), r.cfg.WeightDrop, noiseKey(r.key, weightNoise, r.place(name))))
}

// place counts the layer and direction to which a name with the ending of a parameter belongs.
func (r *reference) place(name string) int {
	_, suffix, _ := strings.Cut(name, "_l")
	index, reverse := strings.CutSuffix(suffix, "_reverse")
	place, _ := strconv.Atoi(index)
	place *= r.cfg.Directions()
	if reverse {
		place++
	}
	return place
}

// zone replaces what zoneout keeps of a state by what was before.
func (r *reference) zone(suffix string, row int, s, before refState) {
	place := 2 * r.place(suffix)
	r.mix(s.h, before.h, r.cfg.Zoneout, noiseKey(r.key, zoneoutNoise, place), row)
	r.mix(s.c, before.c, r.cfg.ZoneoutCell, noiseKey(r.key, zoneoutNoise, place+1), row)
}

func (r *reference) mix(x, before []float64, p float64, key uint64, row int) {
	if p == 0 {
		return
	}
	ones := slices.Repeat([]float32{1}, len(x))
	kernel.Dropout(ones, ones, float32(p), key, uint32(row*len(x)))
	for j, left := range ones {
		kept := 1 - float64(float32(p))
		if r.dropping {
			kept = math.Min(1, float64(left))
		}
		x[j] = before[j] + kept*(x[j]-before[j])
	}
}

// token returns the embedding of a token, unless it is dropped.
func (r *reference) token(id int32, width int) []float64 {
	table := r.weights["embedding.weight"]
	kept := r.mask(len(table)/width, r.cfg.EmbeddingDropout, noiseKey(r.key, embeddingNoise, 0))[id]
	return times(table[int(id)*width:(int(id)+1)*width], slices.Repeat([]float64{kept}, width))
}

func times(x, y []float64) []float64 {
	z := make([]float64, len(x))
	for i, v := range x {
		z[i] = v * y[i]
	}
	return z
}

// through mixes what a layer read, x, with what it wrote, y, by its highway.
func (r *reference) through(layer int, y, x [][]float64) {
	suffix := "_l" + strconv.Itoa(layer)
	w, b := r.weights["rnn.weight_highway"+suffix], r.weights["rnn.bias_highway"+suffix]
	for t := range y {
		for j, h := range y[t] {
			gate := logistic(affine(w, b, j, x[t]))
			y[t][j] = gate*h + (1-gate)*x[t][j]
		}
	}
}
