package model

import (
	"math"
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
)

// lane reads a group's documents in one direction through one layer, or through all layers of a stack without a reverse
// direction, chunk by chunk.
type lane struct {
	*scanGroup
	stage     int
	storing   bool // the outputs go to stored; else they are pooled
	reverse   bool
	column    int // of the direction in the outputs of its layer
	width     int // H
	pooling   Pooling
	embedding kernel.Matrix
	layers    []*layerScan
	chunk     chunk
	x         kernel.Matrix // [chunk][E]

	known  *projections // of the first layer; nil: none
	ready  []int32      // the rows of known that the chunk's are; −1: not known
	fresh  []freshRow   // rows of the chunk whose projections are not known
	freshX kernel.Matrix
	freshG kernel.Matrix // their projections
}

// freshRow is a row of the chunk and its token.
type freshRow struct {
	row   int
	token int32
}

// newLane builds a lane of the layers from up to to in a direction.
func newLane(g *scanGroup, c *Classifier, direction, from, to int) *lane {
	l := &lane{
		scanGroup: g, stage: len(g.stages), reverse: direction == 1, column: direction * c.cfg.Hidden, width: c.cfg.Hidden,
		storing: to < c.cfg.Layers || c.cfg.Pooling == PoolAttention, pooling: c.cfg.Pooling, embedding: c.embedding.matrix(),
	}
	for i := from; i < to; i++ {
		l.layers = append(l.layers, &layerScan{layer: c.recurrent.layers[i][direction], residual: c.recurrent.residual(i), column: l.column})
	}
	if known := c.project(); l.stage == 0 && known != nil {
		l.known = known[direction]
	}
	return l
}

// read runs over all documents.
func (l *lane) read(s *kernel.Scratch) {
	l.begin()
	for l.chunk.next(l.docs, l.reverse) {
		x, layers := l.first(s)
		for _, layer := range layers {
			x = layer.forward(s, x, &l.chunk)
		}
		if l.storing {
			l.chunk.of(l.stored[l.stage%2]).ColRange(l.column, l.column+l.width).CopyFrom(x)
		} else {
			l.pool(x)
		}
	}
	if !l.storing {
		l.end()
	}
}

// begin sets states and what is pooled to where documents begin.
func (l *lane) begin() {
	l.chunk.begin(l.docs, l.rows, l.reverse, l.layers[0].rows())
	for _, layer := range l.layers {
		layer.begin(len(l.docs))
	}
	if l.storing {
		return
	}
	for d := range l.docs {
		mean, largest := l.pools(d)
		clear(mean)
		for i := range largest {
			largest[i] = float32(math.Inf(-1))
		}
	}
}

// pools returns the features of a document that hold the lane's sums, and its largest outputs; nil if there are none.
func (l *lane) pools(d int) (mean, largest []float32) {
	row := l.pooled.Row(d)
	at := row[l.column : l.column+l.width]
	switch l.pooling {
	case PoolMax:
		return nil, at
	case PoolMeanMax:
		largest = row[len(row)/2:]
		return at, largest[l.column : l.column+l.width]
	default:
		return at, nil
	}
}

// first returns the inputs of the chunk and the layers that read them: those behind the first one, if the projections of
// its tokens are kept.
func (l *lane) first(s *kernel.Scratch) (kernel.Matrix, []*layerScan) {
	if l.known == nil {
		return l.input(), l.layers
	}
	l.lookUp(s)
	return l.layers[0].recur(s, &l.chunk), l.layers[1:]
}

// lookUp fills the first layer's pre-activations with the projections of the chunk's tokens.
func (l *lane) lookUp(s *kernel.Scratch) {
	layer := l.layers[0]
	layer.gates.Resize(l.chunk.rows(), layer.rows())
	l.fresh = l.fresh[:0]
	l.ready = slices.Grow(l.ready[:0], l.chunk.rows())
	for i := range l.chunk.steps() {
		from, to := l.chunk.offsets[i], l.chunk.offsets[i+1]
		for r := from; r < to; r++ {
			token := l.docs[r-from][l.chunk.first+i]
			if l.known.has(token) {
				l.ready = append(l.ready, token)
			} else {
				l.ready = append(l.ready, -1)
				l.fresh = append(l.fresh, freshRow{r, token})
			}
		}
	}
	kernel.Gather(layer.gates, l.known.rows, l.ready)
	l.projectFresh(s)
}

// projectFresh computes the projections that were not known, and keeps them.
func (l *lane) projectFresh(s *kernel.Scratch) {
	if len(l.fresh) == 0 {
		return
	}
	layer := l.layers[0]
	l.freshX.Resize(len(l.fresh), l.embedding.Cols)
	l.freshG.Resize(len(l.fresh), layer.rows())
	for i, f := range l.fresh {
		copy(l.freshX.Row(i), l.embedding.Row(int(f.token)))
	}
	layer.project(s, l.freshG, l.freshX)
	for i, f := range l.fresh {
		copy(layer.gates.Row(f.row), l.freshG.Row(i))
		l.known.keep(f.token, l.freshG.Row(i))
	}
}

// input returns what the first layer reads of the chunk, [rows][In].
func (l *lane) input() kernel.Matrix {
	if l.stage > 0 {
		return l.chunk.of(l.stored[(l.stage-1)%2])
	}
	l.x.Resize(l.chunk.rows(), l.embedding.Cols)
	for i := range l.chunk.steps() {
		from, to := l.chunk.offsets[i], l.chunk.offsets[i+1]
		for r := from; r < to; r++ {
			copy(l.x.Row(r), l.embedding.Row(int(l.docs[r-from][l.chunk.first+i])))
		}
	}
	return l.x
}

// pool adds the outputs of the chunk to what is pooled, step after step in the order of reading, so that the bits of a sum do
// not depend on where chunks begin.
func (l *lane) pool(y kernel.Matrix) {
	if l.pooling == PoolLast {
		l.takeLast(y)
		return
	}
	for n := range l.chunk.steps() {
		step := l.chunk.step(y, l.chunk.at(n, l.reverse))
		for d := range step.Rows {
			mean, largest := l.pools(d)
			if mean != nil {
				kernel.Add(mean, step.Row(d))
			}
			if largest != nil {
				kernel.Raise(largest, step.Row(d))
			}
		}
	}
}

// takeLast takes the outputs of documents that end in the chunk; with time running backwards, all end at step 0.
func (l *lane) takeLast(y kernel.Matrix) {
	for d, tokens := range l.docs {
		end := len(tokens) - 1
		if l.reverse {
			end = 0
		}
		if i := end - l.chunk.first; i >= 0 && i < l.chunk.steps() {
			dst, _ := l.pools(d)
			copy(dst, y.Row(l.chunk.offsets[i]+d))
		}
	}
}

// end turns sums into means.
func (l *lane) end() {
	if l.pooling != PoolMean && l.pooling != PoolMeanMax {
		return
	}
	for d, tokens := range l.docs {
		mean, _ := l.pools(d)
		kernel.Scale(mean, 1/float32(len(tokens)))
	}
}
