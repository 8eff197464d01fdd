package optim

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// Norms measures the values of the parameters, as [Clipper] does their gradients: how long they are, whether they are
// finite, and how far they moved.
type Norms struct {
	params  []*model.Parameter
	sweep   *sweep
	partial []float64   // Σ of every piece
	squares []float64   // Σw² of every parameter
	moves   []float64   // Σ(w−kept)² of every parameter
	kept    [][]float32 // nil until Keep
	keeper  keeper
	mover   mover
}

// NewNorms makes the measure of parameters, which must keep their order and their slices from then on.
func NewNorms(params []*model.Parameter) *Norms {
	n := &Norms{params: params, sweep: newSweep(params)}
	n.partial = make([]float64, len(n.sweep.pieces))
	n.squares, n.moves = make([]float64, len(params)), make([]float64, len(params))
	n.keeper, n.mover = keeper{n}, mover{n}
	return n
}

// Measure works out the norm of every parameter. It reads every value once.
func (n *Norms) Measure(w *model.Workers) { n.measure(w, n, n.squares) }

// Norm returns the norm of the i-th parameter at the last Measure.
func (n *Norms) Norm(i int) float64 { return math.Sqrt(n.squares[i]) }

// NonFinite returns the name of the first parameter in which the last Measure found a NaN or an Inf, or "". Sums of
// squares of finite float32 values stay far within float64: one is finite only if all its values are.
func (n *Norms) NonFinite() string {
	for i, s := range n.squares {
		if !finite(s) {
			return n.params[i].Name
		}
	}
	return ""
}

// Keep copies the values, to tell later how far they moved. The first time it allocates memory for them.
func (n *Norms) Keep(w *model.Workers) {
	if n.kept == nil {
		for _, p := range n.params {
			n.kept = append(n.kept, kernel.Aligned(len(p.Value)))
		}
	}
	n.sweep.run(w, &n.keeper)
}

// MeasureMoves works out how far every parameter is from where it was at the last Keep, which it overwrites.
func (n *Norms) MeasureMoves(w *model.Workers) { n.measure(w, &n.mover, n.moves) }

// Moved returns the norm of the difference that the last MeasureMoves found of the i-th parameter.
func (n *Norms) Moved(i int) float64 { return math.Sqrt(n.moves[i]) }

// measure adds up what a visitor finds, piece by piece, in order.
func (n *Norms) measure(w *model.Workers, v visitor, sums []float64) {
	n.sweep.run(w, v)
	clear(sums)
	for i, p := range n.sweep.pieces {
		sums[p.param] += n.partial[i]
	}
}

func (n *Norms) visit(index int, p piece) {
	n.partial[index] = kernel.SumSquares(n.params[p.param].Value[p.from:p.to])
}

// keeper copies values.
type keeper struct{ *Norms }

func (k *keeper) visit(_ int, p piece) {
	copy(k.kept[p.param][p.from:p.to], k.params[p.param].Value[p.from:p.to])
}

// mover measures differences.
type mover struct{ *Norms }

func (m *mover) visit(index int, p piece) {
	kept := m.kept[p.param][p.from:p.to]
	kernel.Axpy(kept, -1, m.params[p.param].Value[p.from:p.to])
	m.partial[index] = kernel.SumSquares(kept)
}
