package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Cell names a recurrent cell.
type Cell string

// The cells.
const (
	RNN     Cell = "rnn"      // Elman 1990, tanh
	ReLURNN Cell = "rnn-relu" // Elman with a rectifier, for identity initialisation (Le et al. 2015)
	LSTM    Cell = "lstm"     // Hochreiter & Schmidhuber 1997, with a forget gate (Gers et al. 2000)
	GRU     Cell = "gru"      // Cho et al. 2014, in PyTorch's form
)

// Cells lists the cells in the order in which they are best explained.
var Cells = []Cell{RNN, ReLURNN, LSTM, GRU}

// gates returns the number of blocks of H rows in a layer's weight matrices.
func (c Cell) gates() int {
	switch c {
	case LSTM:
		return 4
	case GRU:
		return 3
	default:
		return 1
	}
}

// RecurrentConfig describes a stack of recurrent layers.
type RecurrentConfig struct {
	Cell          Cell    `json:"cell"`
	Layers        int     `json:"layers"`
	Hidden        int     `json:"hidden"` // units of a layer in one direction
	Bidirectional bool    `json:"bidirectional,omitempty"`
	Residual      bool    `json:"residual,omitempty"`       // add a layer's input to its output where the widths are equal
	Highway       bool    `json:"highway,omitempty"`        // mix a layer's input with its output by a gate, where the widths are equal (Srivastava et al. 2015)
	Dropout       float64 `json:"dropout,omitempty"`        // between layers, as in torch.nn.LSTM
	InputDropout  float64 `json:"input_dropout,omitempty"`  // on the input of the first layer
	OutputDropout float64 `json:"output_dropout,omitempty"` // on the output of the last layer
	LayerNorm     bool    `json:"layer_norm,omitempty"`     // normalise what the cells add up, gate by gate (Ba et al. 2016)
	Init          Init    `json:"init,omitzero"`

	// Dilation lets the recurrent connection of layer l = 0, 1, … come from Dilation^l steps ago (Chang et al. 2017, with
	// 2); 0 and 1: from the step before in all layers. It is for language models.
	Dilation int `json:"dilation,omitempty"`

	// What is drawn at random in training alone; zero is off.
	Variational      bool    `json:"variational,omitempty"`       // the dropouts above drop the same elements at all steps of a window (Gal & Ghahramani 2016)
	EmbeddingDropout float64 `json:"embedding_dropout,omitempty"` // of whole tokens of the vocabulary, wherever they stand (Gal & Ghahramani 2016)
	WeightDrop       float64 `json:"weight_drop,omitempty"`       // of the elements of recurrent matrices (Merity et al. 2018)
	Zoneout          float64 `json:"zoneout,omitempty"`           // of units, that they keep their h for a step (Krueger et al. 2017)
	ZoneoutCell      float64 `json:"zoneout_cell,omitempty"`      // of an LSTM's units, that they keep their c for a step
}

// Directions returns 2 for a bidirectional stack, else 1.
func (c RecurrentConfig) Directions() int {
	if c.Bidirectional {
		return 2
	}
	return 1
}

// Width returns the number of features of a layer's output.
func (c RecurrentConfig) Width() int { return c.Directions() * c.Hidden }

// maxDilation bounds the memory that a state takes: rows for that many steps.
const maxDilation = 1 << 12

// Validate reports every field that is out of range.
func (c RecurrentConfig) Validate() error {
	var errs []error
	if !slices.Contains(Cells, c.Cell) {
		errs = append(errs, fmt.Errorf("cell %q is unknown; use one of %s", c.Cell, listed(Cells)))
	}
	errs = append(errs, inRange("layers", c.Layers, 1, 64), inRange("hidden", c.Hidden, 1, 1<<16))
	for _, d := range []struct {
		name string
		p    float64
	}{
		{"dropout", c.Dropout}, {"input_dropout", c.InputDropout}, {"output_dropout", c.OutputDropout},
		{"embedding_dropout", c.EmbeddingDropout}, {"weight_drop", c.WeightDrop},
		{"zoneout", c.Zoneout}, {"zoneout_cell", c.ZoneoutCell},
	} {
		errs = append(errs, probability(d.name, d.p))
	}
	if c.Residual && c.Highway {
		errs = append(errs, errors.New("residual and highway are two ways around the same layers: use one of them"))
	}
	errs = append(errs, inRange("dilation", c.Dilation, 0, maxDilation))
	if furthest := math.Pow(float64(c.Dilation), float64(c.Layers-1)); c.Dilation > 1 && furthest > maxDilation {
		errs = append(errs, fmt.Errorf("dilation %d goes %.3g steps back in layer %d; %d is the most", c.Dilation, furthest, c.Layers-1, maxDilation))
	}
	if c.ZoneoutCell > 0 && c.Cell != LSTM {
		errs = append(errs, fmt.Errorf("zoneout_cell is %v, but only an lstm has a c: use zoneout", c.ZoneoutCell))
	}
	return errors.Join(append(errs, c.Init.validate())...)
}

// Config describes a language model.
type Config struct {
	VocabSize  int  `json:"vocab_size"`
	Embedding  int  `json:"embedding"` // features of a token's embedding
	TieWeights bool `json:"tie_weights,omitempty"`

	// Cutoffs, if there are any, make the softmax adaptive: tokens below Cutoffs[0] get their logits as usual, those from
	// Cutoffs[i] up to the next cut-off, or to VocabSize, from H/4^(i+1) features. Tokens must be in the order of their
	// frequency for that to pay.
	Cutoffs []int `json:"cutoffs,omitempty"`

	RecurrentConfig

	// Parts of the loss in training that keep the last layer's outputs small (AR) and slow (TAR); Merity et al. (2017)
	// take 2 and 1, with dropout. 0: none.
	AR  float64 `json:"ar,omitempty"`
	TAR float64 `json:"tar,omitempty"`
}

// Validate reports every field that is out of range.
func (c Config) Validate() error {
	errs := []error{inRange("vocab_size", c.VocabSize, 1, 1<<24), inRange("embedding", c.Embedding, 1, 1<<16)}
	errs = append(errs, c.RecurrentConfig.Validate())
	if c.Bidirectional {
		errs = append(errs, errors.New("a language model predicts the next token and cannot be bidirectional: it would see the answer"))
	}
	if c.TieWeights && c.Embedding != c.Width() {
		errs = append(errs, fmt.Errorf("tied weights need equal widths, but embedding is %d and hidden is %d", c.Embedding, c.Width()))
	}
	if !(c.AR >= 0 && c.AR <= math.MaxFloat32 && c.TAR >= 0 && c.TAR <= math.MaxFloat32) {
		errs = append(errs, fmt.Errorf("ar is %v and tar %v; they must be finite numbers that are not negative", c.AR, c.TAR))
	}
	if err := errors.Join(append(errs, c.validateCutoffs())...); err != nil {
		return err
	}
	return checkSize(c.Size())
}

// Size returns the number of weights of the model that a valid configuration describes.
func (c Config) Size() int {
	n := c.VocabSize*c.Embedding + c.RecurrentConfig.size(c.Embedding)
	switch {
	case len(c.Cutoffs) > 0:
		return n + c.adaptiveSize()
	case c.TieWeights:
		return n + c.VocabSize
	}
	return n + c.VocabSize*(c.Width()+1)
}

// size returns the number of weights of the stack over inputs of a given width.
func (c RecurrentConfig) size(input int) int {
	n := 0
	for range c.Layers {
		n += c.Directions() * c.Cell.gates() * c.Hidden * (input + c.Hidden + 2)
		if c.LayerNorm {
			n += c.Directions() * c.normSize()
		}
		if c.Highway && input == c.Width() {
			n += input * (input + 1)
		}
		input = c.Width()
	}
	return n
}

// normSize returns the number of gains and biases that layer normalisation adds to a layer in one direction.
func (c RecurrentConfig) normSize() int {
	n := 2 * c.Cell.gates() * c.Hidden
	if c.Cell == LSTM {
		n += 2 * c.Hidden
	}
	return n
}

// maxSize is the largest number of weights: those of the 4 GiB that a model file may have.
const maxSize = 1 << 30

func checkSize(weights int) error {
	if weights > maxSize {
		return fmt.Errorf("the network would have %d weights, %d are the most: use smaller layers, fewer of them or a smaller vocabulary", weights, maxSize)
	}
	return nil
}

// listed writes names for a message: a, b, c.
func listed[T ~string](names []T) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(names), "[]"), " ", ", ")
}

// probability refuses 1, and what float32 rounds to it, as the rest is scaled by 1/(1−p).
func probability(name string, p float64) error {
	if !(p >= 0 && float32(p) < 1) {
		return fmt.Errorf("%s is %v; it is a probability from 0 up to, but without, 1", name, p)
	}
	return nil
}

func inRange(name string, v, low, high int) error {
	if v < low || v > high {
		return fmt.Errorf("%s is %d; it must be from %d to %d", name, v, low, high)
	}
	return nil
}
