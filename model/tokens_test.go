package model

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestWrongTokens: tokens that are not of the vocabulary, or too few, are the caller's bug and stop it by name, before
// anything is written.
func TestWrongTokens(t *testing.T) {
	const vocab, steps, streams = 23, 10, 5
	cfg := Config{VocabSize: vocab, Embedding: 19, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 1, Hidden: 8}}
	for _, c := range []struct {
		name   string
		change func(tokens []int32) []int32
		want   string
	}{
		{"too large", func(x []int32) []int32 { x[7] = vocab; return x }, "token 23 at 7 is not of a vocabulary of 23"},
		{"far too large", func(x []int32) []int32 { x[0] = math.MaxInt32; return x }, "token 2147483647 at 0"},
		{"negative", func(x []int32) []int32 { x[49] = -1; return x }, "token -1 at 49"},
		{"too few", func(x []int32) []int32 { return x[:49] }, "49 tokens for 50 rows"},
		{"too many", func(x []int32) []int32 { return append(x, 0) }, "51 tokens for 50 rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newLanguageNet(t, cfg, steps, streams, 2)
			right := slices.Clone(n.inputs)
			wrong := c.change(slices.Clone(right))
			for _, tokens := range [][2][]int32{{wrong, right}, {right, wrong}} {
				panics(t, c.want, func() { n.window.Forward(tokens[0], tokens[1], n.state, 0) })
			}
			stepper, state := n.NewStepper(n.workers, len(right)), n.NewState(len(right))
			panics(t, c.want, func() { stepper.Step(state, wrong) })
		})
	}
}

func panics(t *testing.T, want string, do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic %q, want one with %q", got, want)
		}
	}()
	do()
}
