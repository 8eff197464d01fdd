package model

import (
	"math"

	"github.com/textgen-go/textgen/internal/kernel"
)

// BatchProbe measures a classifier that is being trained: what the gates of its layers do, and how the loss of a document
// depends on a layer's output some tokens before that layer's end of the document. It changes nothing that training uses.
//
// Let L be the loss of a document, of which the training batch's last Backward was given 1/D of the gradient, as part of
// a mean over D documents. Of every layer, direction and lag k the probe tells ‖∂L/∂h‖₂ at the token k before the last,
// or after the first for a layer that reads backwards, averaged over the documents that are long enough; 0 if none is.
// It is what the training's own backward pass left, dropout included. Where the pooling reads every token, so does that
// gradient: only with the pooling last does it all travel through time.
type BatchProbe struct {
	trained *Batch
	plain   *Batch
	reading []LayerReading // of a layer's directions one after another
	units   unitReader
}

// NewProbe allocates a probe that tells of a number of lags.
func (b *Batch) NewProbe(lags int) *BatchProbe {
	p := &BatchProbe{trained: b, plain: b.newBatch(b.workers, false), units: newUnitReader(b.cfg.Hidden)}
	for _, directions := range b.recurrent.layers {
		for range directions {
			p.reading = append(p.reading, newLayerReading(b.cfg.Cell, lags))
		}
	}
	return p
}

// Measure reads some documents without dropout, for the gates, and takes the gradients from the last training step. What
// it returns is valid until the next Measure.
func (p *BatchProbe) Measure(docs []Document) []LayerReading {
	p.plain.Forward(docs, 0)
	i := 0
	for l, traces := range p.plain.front.traces {
		for d, t := range traces {
			p.units.read(t, &p.reading[i])
			p.trained.readGradients(p.trained.front.traces[l][d], p.reading[i].Gradient)
			i++
		}
	}
	return p.reading
}

// readGradients averages the norms of a layer's gradients over the documents, by the lag.
func (b *Batch) readGradients(t *trace, byLag []float64) {
	grads, seq := t.outputGrad(), b.front.seq
	for k := range byLag {
		sum, n := 0.0, 0
		for i, length := range b.lengths {
			if k >= length {
				break // lengths fall
			}
			at := length - 1 - k
			if t.reverse {
				at = k
			}
			sum += math.Sqrt(kernel.SumSquares(grads.Row(seq.row(at, i))))
			n++
		}
		byLag[k] = sum * float64(len(b.lengths)) / float64(max(1, n))
	}
}
