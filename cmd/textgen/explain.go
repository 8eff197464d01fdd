package main

import (
	"fmt"
	"io"

	"github.com/textgen-go/textgen/classify"
)

// explained is the number of parts of a document that are shown, of what the network reads and of the n-grams.
const explained = 8

// printExplanation lists what weighs most for a label, and against it, each of the two ways that a model reads. Token is what
// the network's tokens are called.
func printExplanation(w io.Writer, e *classify.Explanation, token string, colour bool) {
	for _, part := range []struct {
		name    string
		weights []classify.Weight
	}{{token + "s in context", classify.Heaviest(e.Tokens, explained)}, {"n-grams", e.HeaviestNGrams(explained)}} {
		if len(part.weights) == 0 {
			continue
		}
		fmt.Fprintf(w, "    %s for %s:", part.name, field(e.Label))
		for _, weight := range part.weights {
			fmt.Fprintf(w, " %s", painted(weight, colour))
		}
		fmt.Fprintln(w)
	}
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
