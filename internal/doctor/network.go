package doctor

import "github.com/textgen-go/textgen/model"

// Network is a way to build and to train a recurrent network.
type Network struct {
	Name  string  `json:"name"`
	About string  `json:"about"`
	Gated bool    `json:"gated"`          // and reads loud symbols: see newObjective
	Rate  float64 `json:"rate"`           // of Adam
	Clip  float64 `json:"clip,omitempty"` // limit of the norm of all gradients together; 0: none

	// stack returns the layers for a task whose longest lag is far.
	stack func(hidden, far int) model.RecurrentConfig
}

// The learning rates are the best of 0.001, 0.003, 0.005 and 0.01 for most tasks. Gates learn copy memory in a quarter of the steps
// from loud symbols; a layer of tanh is saturated by them (with orthogonal weights it then fails at temporal order of T = 50).
const (
	simpleRate = 0.003
	lstmRate   = 0.005
	gruRate    = 0.01
	clipNorm   = 1
)

// residualLayers is the depth of the residual stack.
const residualLayers = 3

// Networks are the networks in the order of the table.
var Networks = []Network{
	{Name: "rnn", About: "tanh, as torch.nn starts it", Rate: simpleRate, stack: simple(model.RNN, model.Uniform)},
	{Name: "rnn-clip", About: "tanh, gradients clipped", Rate: simpleRate, Clip: clipNorm, stack: simple(model.RNN, model.Uniform)},
	{Name: "rnn-orthogonal", About: "tanh, orthogonal start, clipped", Rate: simpleRate, Clip: clipNorm, stack: simple(model.RNN, model.Orthogonal)},
	{Name: "irnn", About: "rectifier, identity start, clipped", Rate: simpleRate, Clip: clipNorm, stack: simple(model.ReLURNN, model.Identity)},
	{Name: "rnn-residual", About: "tanh, 3 residual layers, clipped", Rate: simpleRate, Clip: clipNorm, stack: residual},
	{Name: "lstm-0", About: "forget bias 0, clipped", Gated: true, Rate: lstmRate, Clip: clipNorm, stack: lstm(0)},
	{Name: "lstm", About: "forget bias 1, clipped", Gated: true, Rate: lstmRate, Clip: clipNorm, stack: lstm(1)},
	{Name: "lstm-chrono", About: "chrono start, clipped", Gated: true, Rate: lstmRate, Clip: clipNorm, stack: chrono},
	{Name: "gru", About: "clipped", Gated: true, Rate: gruRate, Clip: clipNorm, stack: simple(model.GRU, model.Orthogonal)},
}

func simple(cell model.Cell, scheme model.Scheme) func(hidden, far int) model.RecurrentConfig {
	return func(hidden, _ int) model.RecurrentConfig {
		return model.RecurrentConfig{Cell: cell, Layers: 1, Hidden: hidden, Init: model.Init{Scheme: scheme}}
	}
}

func residual(hidden, far int) model.RecurrentConfig {
	c := simple(model.RNN, model.Uniform)(hidden, far)
	c.Layers, c.Residual = residualLayers, true
	return c
}

func lstm(forgetBias float64) func(hidden, far int) model.RecurrentConfig {
	return func(hidden, far int) model.RecurrentConfig {
		c := simple(model.LSTM, model.Orthogonal)(hidden, far)
		c.Init.ForgetBias = &forgetBias
		return c
	}
}

func chrono(hidden, far int) model.RecurrentConfig {
	c := simple(model.LSTM, model.Orthogonal)(hidden, far)
	c.Init.Chrono = far
	return c
}
