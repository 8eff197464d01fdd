package model

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStateOfOneStream(t *testing.T) {
	const streams, hidden = 3, 5
	r := newRecurrent("rnn.", RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: hidden}, 4)
	full, rng := r.newState(streams), rand.New(rand.NewPCG(1, 2))
	fillState(full, rng)

	reset, moved, zero := r.newState(streams), r.newState(streams), make([]float32, hidden)
	reset.CopyFrom(full)
	reset.ResetStream(1)
	moved.CopyStream(2, full, 0)
	for i, tensor := range full.Tensors() {
		row := func(s *State, stream int) []float32 { return s.Tensors()[i].Data[stream*hidden : (stream+1)*hidden] }
		sameBits(t, tensor.Name, row(reset, 0), row(full, 0))
		sameBits(t, tensor.Name, row(reset, 1), zero)
		sameBits(t, tensor.Name, row(reset, 2), row(full, 2))
		sameBits(t, tensor.Name, row(moved, 0), zero)
		sameBits(t, tensor.Name, row(moved, 2), row(full, 0))
	}
	full.Reset()
	for _, tensor := range full.Tensors() {
		sameBits(t, tensor.Name, tensor.Data, make([]float32, streams*hidden))
	}
}

func TestStateNames(t *testing.T) {
	for _, c := range []struct {
		cfg  RecurrentConfig
		want []string
	}{
		{RecurrentConfig{Cell: GRU, Layers: 2, Hidden: 1}, []string{"h_l0", "h_l1"}},
		{RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 1}, []string{"h_l0", "c_l0", "h_l1", "c_l1"}},
		{RecurrentConfig{Cell: RNN, Layers: 1, Hidden: 1, Bidirectional: true}, []string{"h_l0", "h_l0_reverse"}},
	} {
		var names []string
		for _, tensor := range newRecurrent("", c.cfg, 1).newState(2).Tensors() {
			names = append(names, tensor.Name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%+v has %q, want %q", c.cfg, names, c.want)
		}
	}
}
