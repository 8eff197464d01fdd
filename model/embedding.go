package model

import "github.com/textgen-go/textgen/internal/kernel"

// front is the way from token ids to the pre-activations of the first layer, for a window. It goes one of two ways that
// compute the same function:
//
//   - through the rows: gather each token's embedding, drop out, project all R rows;
//   - through a table: project the V embeddings once, then gather projected rows. With fewer tokens in the vocabulary
//     than rows in the window, as with characters, that is far less work; it needs an input that nothing but the first
//     layer reads (no dropout on it or of tokens, no shortcut around the layer).
type front struct {
	*pass
	embedding *Parameter
	tied      bool // the head has already written the embedding's gradient
	tokens    []int32
	words     *embeddingDropout // nil: none

	tables, tableGrads []kernel.Matrix // [V][G·H] a direction; nil when going through the rows

	gatherJob, scatterJob func(int, *kernel.Scratch)
}

// newFront builds the way through a table if table asks for it and it is possible, else through the rows.
func newFront(p *pass, embedding *Parameter, tied, table bool) *front {
	f := &front{pass: p, embedding: embedding, tied: tied, words: newEmbeddingDropout(p, embedding.Shape[0])}
	if !table || f.words != nil || p.dropping(0) || p.shortcut(0) {
		f.gatherJob, f.scatterJob = f.gather, f.scatter
		p.resizeInput()
		return f
	}
	f.gatherJob, f.scatterJob = f.gatherProjected, f.scatterProjected
	for _, t := range p.traces[0] {
		f.tables = append(f.tables, kernel.NewMatrix(embedding.Shape[0], t.rows()))
		if p.training {
			f.tableGrads = append(f.tableGrads, kernel.NewMatrix(embedding.Shape[0], t.rows()))
		}
	}
	return f
}

// resize makes room for another sequence.
func (f *front) resize(seq sequence) {
	f.pass.resize(seq)
	if f.tables == nil {
		f.pass.resizeInput()
	}
}

// forward computes the pre-activations of the first layer from one token a row.
func (f *front) forward(tokens []int32) {
	f.tokens = tokens
	if f.words != nil {
		f.words.draw(f.noisy(), f.key)
	}
	if f.tables == nil {
		f.workers.Run(f.gatherJob)
		for _, t := range f.traces[0] {
			t.project()
		}
		return
	}
	for d, t := range f.traces[0] {
		f.workers.Mul(f.tables[d], f.embedding.matrix(), t.wx, kernel.Bias, t.bias)
	}
	f.workers.Run(f.gatherJob)
}

// backward computes the gradients of the embedding and, through a table, of the first layer's input weights.
func (f *front) backward() {
	if f.tables == nil {
		for _, t := range f.traces[0] {
			t.inputGrads()
		}
		f.workers.Run(f.scatterJob)
		return
	}
	f.workers.Run(f.scatterJob)
	for d, t := range f.traces[0] {
		mode := kernel.Accumulate
		if d == 0 && !f.tied {
			mode = kernel.Overwrite
		}
		f.workers.MulTN(t.precision, f.tableGrads[d], nil, kernel.Overwrite,
			kernel.Right{C: t.wih.gradMatrix(), B: f.embedding.matrix()})
		f.workers.Mul(f.embedding.gradMatrix(), f.tableGrads[d], t.wxT, mode, nil)
	}
}

func (f *front) gather(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(f.seq.rows(), 1, worker, f.workers.Len())
	table := f.embedding.matrix()
	for r := from; r < to; r++ {
		f.drop(f.inputs[0].Row(r), table.Row(int(f.tokens[r])), 0, f.maskRow(r)*table.Cols)
		if f.words != nil {
			kernel.Scale(f.inputs[0].Row(r), f.words.kept[f.tokens[r]])
		}
	}
}

// scatter adds the rows' gradients to their tokens' embeddings, each worker for some of the columns, so that a token's
// rows are always added in their order.
func (f *front) scatter(worker int, _ *kernel.Scratch) {
	grad := f.embedding.gradMatrix()
	from, to := kernel.Span(grad.Cols, 16, worker, f.workers.Len())
	columns := grad.ColRange(from, to)
	if !f.tied {
		columns.Zero()
	}
	rows := f.grads[0].ColRange(from, to)
	for r, token := range f.tokens {
		f.drop(rows.Row(r), rows.Row(r), 0, f.maskRow(r)*grad.Cols+from)
		if f.words != nil {
			kernel.Axpy(columns.Row(int(token)), f.words.kept[token], rows.Row(r))
			continue
		}
		kernel.Add(columns.Row(int(token)), rows.Row(r))
	}
}

func (f *front) gatherProjected(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(f.seq.rows(), 1, worker, f.workers.Len())
	for d, t := range f.traces[0] {
		for r := from; r < to; r++ {
			copy(t.gates.Row(r), f.tables[d].Row(int(f.tokens[r])))
		}
	}
}

func (f *front) scatterProjected(worker int, _ *kernel.Scratch) {
	for d, t := range f.traces[0] {
		from, to := kernel.Span(t.rows(), 16, worker, f.workers.Len())
		columns, rows := f.tableGrads[d].ColRange(from, to), t.gates.ColRange(from, to)
		columns.Zero()
		for r, token := range f.tokens {
			kernel.Add(columns.Row(int(token)), rows.Row(r))
		}
	}
}
