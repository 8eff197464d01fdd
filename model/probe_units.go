package model

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
)

// unitReader reads what the units of a layer did in a forward pass.
type unitReader struct {
	low  []float32 // [H] the least that each unit gave
	high []float32 // [H] and the most
}

func newUnitReader(hidden int) unitReader {
	return unitReader{make([]float32, hidden), make([]float32, hidden)}
}

// newLayerReading returns a reading of a number of lags, with the cell's gates.
func newLayerReading(c Cell, lags int) LayerReading {
	r := LayerReading{Gradient: make([]float64, lags)}
	for _, g := range probedGates(c) {
		r.Gates = append(r.Gates, GateReading{Name: g})
	}
	return r
}

// read fills in everything but the gradients.
func (u *unitReader) read(t *trace, r *LayerReading) {
	readGates(t, r)
	u.readUnits(t, r)
	readGain(t, r)
}

// readGates counts the saturated activations of every gate.
func readGates(t *trace, r *LayerReading) {
	for g := range r.Gates {
		gate := &r.Gates[g]
		activations, low, high := t.gates.ColRange(g*t.hidden, (g+1)*t.hidden), float32(saturatedSigmoid), float32(1-saturatedSigmoid)
		if t.cell == RNN {
			activations = t.output()
		}
		if squashed(gate.Name) {
			low, high = -saturatedTanh, saturatedTanh
		}
		gate.Low, gate.High = outside(activations, low, high)
	}
}

// readUnits counts the units that say nothing.
func (u *unitReader) readUnits(t *trace, r *LayerReading) {
	h, limit := t.output(), float32(deadRange)
	if t.cell == ReLURNN {
		limit = 0
	}
	copy(u.low, h.Row(0))
	copy(u.high, h.Row(0))
	for i := 1; i < h.Rows; i++ {
		for j, v := range h.Row(i) {
			u.low[j], u.high[j] = min(u.low[j], v), max(u.high[j], v)
		}
	}
	dead := 0
	for j, high := range u.high {
		if high-u.low[j] <= limit {
			dead++
		}
	}
	r.Dead = float64(dead) / float64(len(u.high))
}

// readGain measures the recurrent matrix of a cell without gates: the root of the mean of its squared singular values.
func readGain(t *trace, r *LayerReading) {
	if t.cell == RNN || t.cell == ReLURNN {
		r.Gain = math.Sqrt(kernel.SumSquares(t.whh.Value) / float64(t.hidden))
	}
}

// outside returns the shares of the elements below low and above high.
func outside(m kernel.Matrix, low, high float32) (below, above float64) {
	var lows, highs int
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			if v < low {
				lows++
			}
			if v > high {
				highs++
			}
		}
	}
	n := float64(m.Rows * m.Cols)
	return float64(lows) / n, float64(highs) / n
}

// probedGates names the gates of a cell in their order.
func probedGates(c Cell) []string {
	switch c {
	case LSTM:
		return []string{"i", "f", "g", "o"}
	case GRU:
		return []string{"r", "z", "n"}
	case RNN:
		return []string{"h"}
	default:
		return nil
	}
}

// squashed reports whether a gate is a tanh, not a sigmoid.
func squashed(gate string) bool { return gate == "g" || gate == "n" || gate == "h" }
