package generate

import (
	"fmt"
)

// HeadBias says with which biases a new network's head begins.
type HeadBias string

// The biases; the zero value leaves the choice to the size of the vocabulary.
const (
	HeadBiasZeros       HeadBias = "zeros"
	HeadBiasFrequencies HeadBias = "frequencies" // see [model.LanguageModel.PredictFrequencies]
)

// frequenciesAbove is the size of vocabulary above which biases begin with frequencies. In 300 steps of preset small on
// 880,000 characters of Chinese, 5,400 of them different, that lowers the validation loss from 5.60 to 5.16, and what was
// 98 % saturated in the last layer, which the guard complains of, is 55 % at most.
const frequenciesAbove = 1000

// headBias returns what the settings choose for a vocabulary.
func (s Settings) headBias(vocab int) (HeadBias, error) {
	switch {
	case s.HeadBias == HeadBiasZeros || s.HeadBias == HeadBiasFrequencies:
		return s.HeadBias, nil
	case s.HeadBias != "":
		return "", fmt.Errorf("head bias %q is unknown; use %s or %s", s.HeadBias, HeadBiasZeros, HeadBiasFrequencies)
	case vocab > frequenciesAbove && s.InitRange == 0:
		return HeadBiasFrequencies, nil
	}
	return HeadBiasZeros, nil
}

// setHeadBias gives a new network the biases of the settings.
func (r *run) setHeadBias() error {
	bias, err := r.cfg.Settings.headBias(r.data.tokenizer.Size())
	if err != nil {
		return err
	}
	r.cfg.Settings.HeadBias = bias
	if bias == HeadBiasFrequencies {
		r.network.PredictFrequencies(r.data.counts())
	}
	return nil
}

// counts tells how often each token stands in the training text.
func (d *data) counts() []int {
	counts := make([]int, d.tokenizer.Size())
	block := make([]int32, 1<<16)
	for from := 0; from < d.train.Len(); from += len(block) {
		for _, id := range block[:d.train.Read(block, from)] {
			counts[id]++
		}
	}
	return counts
}
