// Package bench measures how fast this machine trains, samples and classifies.
//
// Entry points: [Shapes] are the networks that are compared with other programs; [Train], [Sample] and [Classify] time one
// of them; [Measure] measures what the processor could do at most.
package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/model"
)

// Shape is a network and how it is used.
type Shape struct {
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Vocab     int        `json:"vocab"`
	Embedding int        `json:"embedding"`
	Cell      model.Cell `json:"cell"`
	Hidden    int        `json:"hidden"`
	Layers    int        `json:"layers"`
	Batch     int        `json:"batch"`
	Steps     int        `json:"steps"` // of a window, or tokens of a document
	Optimizer string     `json:"optimizer"`
	Clip      float64    `json:"clip"`
	Labels    int        `json:"labels,omitempty"`   // above 0: a bidirectional classifier with mean pooling
	Adaptive  bool       `json:"adaptive,omitempty"` // softmax, with the default cut-offs
}

// Shapes are the shapes that docs/benchmarks.md reports.
var Shapes = []Shape{
	{"a", "characters, LSTM 2×128", 65, 128, model.LSTM, 128, 2, 50, 50, "adam", 5, 0, false},
	{"b", "characters, LSTM 2×512", 65, 512, model.LSTM, 512, 2, 50, 50, "adam", 5, 0, false},
	{"c", "10,000 words, LSTM 2×200", 10000, 200, model.LSTM, 200, 2, 20, 20, "sgd", 0.25, 0, false},
	{"d", "10,000 words, LSTM 2×650", 10000, 650, model.LSTM, 650, 2, 20, 35, "sgd", 0.25, 0, false},
	{"e", "documents, Bi-LSTM 1×128", 20000, 100, model.LSTM, 128, 1, 64, 200, "adam", 5, 4, false},
	{"f-gru", "characters, GRU 2×512", 65, 512, model.GRU, 512, 2, 50, 50, "adam", 5, 0, false},
	{"f-rnn", "characters, tanh RNN 2×512", 65, 512, model.RNN, 512, 2, 50, 50, "adam", 5, 0, false},
	{"v30k", "30,000 words, LSTM 1×512", 30000, 256, model.LSTM, 512, 1, 20, 35, "sgd", 0.25, 0, false},
	{"v30k-adaptive", "the same, adaptive softmax", 30000, 256, model.LSTM, 512, 1, 20, 35, "sgd", 0.25, 0, true},
	{"3x1024", "characters, LSTM 3×1024", 65, 1024, model.LSTM, 1024, 3, 50, 50, "adam", 5, 0, false},
}

// ShapeNamed returns the shape with a name.
func ShapeNamed(name string) (Shape, error) {
	i := slices.IndexFunc(Shapes, func(s Shape) bool { return s.Name == name })
	if i >= 0 {
		return Shapes[i], nil
	}
	var names []string
	for _, s := range Shapes {
		names = append(names, s.Name)
	}
	return Shape{}, fmt.Errorf("shape %q is unknown; use one of %s", name, strings.Join(names, ", "))
}

// Tokens returns the number of tokens of a training step.
func (s Shape) Tokens() int { return s.Batch * s.Steps }

// recurrent describes the stack.
func (s Shape) recurrent() model.RecurrentConfig {
	return model.RecurrentConfig{Cell: s.Cell, Layers: s.Layers, Hidden: s.Hidden, Bidirectional: s.Labels > 0}
}

// FLOPs returns the floating-point operations of a training step's matrix products: two for each weight and token going
// forward, four going back. The first layer's input weights count once for each token that is different, at most.
func (s Shape) FLOPs() float64 {
	rest, all := s.weights(false), s.weights(true)
	return 6 * (float64(rest)*float64(s.Tokens()) + float64(all-rest)*float64(s.distinct()))
}

// distinct returns how many tokens are different among as many as a training step reads, drawn as its are: about as many
// as are different there.
func (s Shape) distinct() int {
	seen := map[int32]bool{}
	for _, token := range s.tokens(s.Tokens(), rand.New(rand.NewPCG(1, 2))) {
		seen[token] = true
	}
	return len(seen)
}

// weights returns the number of weights that a token meets, those of the first layer's input if asked for. Of an adaptive
// softmax the number depends on the tokens: 0.
func (s Shape) weights(input bool) int {
	if s.Adaptive {
		return 0
	}
	gates := map[model.Cell]int{model.LSTM: 4, model.GRU: 3}[s.Cell]
	gates = max(gates, 1)
	directions, outputs := 1, s.Vocab
	if s.Labels > 0 {
		directions, outputs = 2, 0
	}
	weights, width := outputs*s.Hidden, s.Embedding
	for l := range s.Layers {
		if l > 0 || input {
			weights += directions * gates * s.Hidden * width
		}
		weights += directions * gates * s.Hidden * s.Hidden
		width = directions * s.Hidden
	}
	return weights
}
