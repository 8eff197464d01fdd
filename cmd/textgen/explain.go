package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/textgen-go/textgen/classify"
)

// explained is the number of parts of a document that are shown, of what the network reads and of the n-grams.
const explained = 8

// leastShown is the least weight that is not printed as 0.
const leastShown = 0.0005

// printExplanation lists what weighs most for a label, and against it, each of the two ways that a model reads.
func printExplanation(w io.Writer, e *classify.Explanation, colour bool) {
	for _, part := range []struct {
		name    string
		weights []classify.Weight
	}{{"words in context", e.Tokens}, {"n-grams", e.NGrams}} {
		if text := heaviest(part.weights, colour); text != "" {
			fmt.Fprintf(w, "    %s for %s:%s\n", part.name, e.Label, text)
		}
	}
}

// heaviest writes the weights that are largest in size, the largest first, each part of a document once.
func heaviest(weights []classify.Weight, colour bool) string {
	sorted := slices.Clone(weights)
	slices.SortStableFunc(sorted, func(a, b classify.Weight) int {
		return cmp.Compare(math.Abs(float64(b.Weight)), math.Abs(float64(a.Weight)))
	})
	var text string
	seen := map[string]bool{}
	for _, weight := range sorted {
		if len(seen) == explained || math.Abs(float64(weight.Weight)) < leastShown {
			break
		}
		if !seen[weight.Text] {
			seen[weight.Text] = true
			text += " " + painted(weight, colour)
		}
	}
	return text
}

// painted writes one weight: what speaks for the label green, what speaks against it red.
func painted(w classify.Weight, colour bool) string {
	text := fmt.Sprintf("%q %+.3f", w.Text, w.Weight)
	switch {
	case !colour:
		return text
	case w.Weight > 0:
		return "\x1b[32m" + text + "\x1b[0m"
	}
	return "\x1b[31m" + text + "\x1b[0m"
}
