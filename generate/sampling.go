package generate

import (
	"errors"
	"fmt"
	"math"
)

// Sampling says how the next token is chosen from a model's logits. The zero value takes the most likely token.
//
// The transforms are applied in the order of the fields: repetition penalty, temperature, top-k, top-p, min-p; then one
// token is drawn from what is left.
type Sampling struct {
	// RepetitionPenalty divides positive and multiplies negative logits of tokens among the last RepetitionWindow
	// (CTRL, Keskar et al. 2019, section 4.1). Zero or 1: none.
	RepetitionPenalty float64
	RepetitionWindow  int // zero: 64 tokens

	// Temperature divides the logits: below 1 sharpens the distribution, above 1 flattens it. Zero: the most likely
	// token, always.
	Temperature float64
	TopK        int     // keep the k most likely tokens; zero: all
	TopP        float64 // keep the most likely tokens up to this probability (nucleus, Holtzman et al. 2020); zero or 1: all
	MinP        float64 // keep tokens at least this likely relative to the most likely (Nguyen et al. 2024); zero: all
}

// defaultWindow is the reach of the repetition penalty in tokens.
const defaultWindow = 64

func (s Sampling) window() int {
	if s.RepetitionWindow == 0 {
		return defaultWindow
	}
	return s.RepetitionWindow
}

// Validate reports every field that is out of range.
func (s Sampling) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(s.Temperature >= 0 && !math.IsInf(s.Temperature, 0), "temperature is %v; use 0 for the most likely token, about 0.8 for text", s.Temperature)
	check(s.TopK >= 0, "top-k is %d; use 0 for no limit, or a number of tokens", s.TopK)
	check(s.TopP >= 0 && s.TopP <= 1, "top-p is %v; it is a probability from 0 to 1", s.TopP)
	check(s.MinP >= 0 && s.MinP <= 1, "min-p is %v; it is a ratio from 0 to 1", s.MinP)
	check(s.RepetitionPenalty == 0 || s.RepetitionPenalty >= 1 && !math.IsInf(s.RepetitionPenalty, 0),
		"repetition penalty is %v; use 1 for none, up to about 1.3", s.RepetitionPenalty)
	check(s.RepetitionWindow >= 0, "repetition window is %d; it is a number of tokens", s.RepetitionWindow)
	return errors.Join(errs...)
}
