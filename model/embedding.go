package model

import "github.com/textgen-go/textgen/internal/kernel"

// front is the way from token ids to the pre-activations of the first layer, for a window. It goes one of two ways that
// compute the same function, forward to the bit:
//
//   - through the rows: gather each token's embedding, drop out, project all R rows;
//   - through a table: gather and project the embeddings of the tokens that occur, once each; the time loop looks the
//     projections up. That is less work where rows outnumber their tokens, as with characters and long texts; it needs
//     an input that nothing but the first layer reads (no dropout on it or of tokens, no shortcut around the layer).
//
// The gradient of the embedding is written in the rows of tokens that occur; see [Parameter.Rows].
type front struct {
	*pass
	embedding *Parameter
	tied      bool // the head has already written the embedding's gradient
	tokens    []int32
	words     *embeddingDropout // nil: none

	tabling  bool // a table may be used
	tabled   bool // this window uses one
	distinct *distinct
	ids      []int32 // the tokens of the rows of inputs[0]: the window's, or the distinct ones

	tableGrads []kernel.Matrix // of the tables, a direction

	gatherJob, scatterJob, sumJob func(int, *kernel.Scratch)
}

// tabledQuarters is how many quarters of a window's rows may hold different tokens for a table to pay: looking up and adding
// up G·H numbers a row costs about as much as the products of a tenth of its In inputs, for In = 100.
const tabledQuarters = 3

// newFront builds the way; with table, it goes through a table where that is possible and worth while.
func newFront(p *pass, embedding *Parameter, tied, table bool) *front {
	vocab := embedding.Shape[0]
	f := &front{
		pass: p, embedding: embedding, tied: tied, words: newEmbeddingDropout(p, vocab),
		distinct: newDistinct(vocab), tableGrads: make([]kernel.Matrix, len(p.traces[0])),
	}
	f.tabling = table && f.words == nil && !p.dropping(0) && !p.shortcut(0)
	f.gatherJob, f.scatterJob, f.sumJob = f.gather, f.scatter, f.sum
	return f
}

// forward computes the pre-activations of the first layer from one token a row.
func (f *front) forward(tokens []int32) {
	f.choose(tokens)
	if f.words != nil {
		f.words.draw(f.noisy(), f.key)
	}
	f.workers.Run(f.gatherJob)
	for _, t := range f.traces[0] {
		t.project()
	}
}

// choose decides the way of a window: by its tokens, never by the number of workers.
func (f *front) choose(tokens []int32) {
	f.tokens, f.ids = tokens, tokens
	f.distinct.set(tokens)
	f.tabled = f.tabling && 4*len(f.distinct.tokens) <= tabledQuarters*len(tokens)
	var numbers []int32
	if f.tabled {
		f.ids, numbers = f.distinct.tokens, f.distinct.rows
	}
	f.connectInput(len(f.ids), numbers)
}

// backward computes the gradients of the embedding and, through a table, of the first layer's input weights.
func (f *front) backward() {
	if f.tabled {
		f.tableBack()
	} else {
		for _, t := range f.traces[0] {
			t.inputGrads()
		}
	}
	f.workers.Run(f.scatterJob)
	if !f.tied {
		f.embedding.Rows = append(f.embedding.Rows[:0], f.distinct.tokens...)
	}
}

// tableBack computes the gradients of the table, and from them what the rows' would give.
func (f *front) tableBack() {
	for d, t := range f.traces[0] {
		f.tableGrads[d].Resize(len(f.ids), t.rows())
	}
	f.workers.Run(f.sumJob)
	for d, t := range f.traces[0] {
		t.tableGrads(f.tableGrads[d], f.inputGradMode(0, d))
	}
}

// gather writes a worker's rows of the first layer's input.
func (f *front) gather(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(len(f.ids), 1, worker, f.workers.Len())
	table := f.embedding.matrix()
	for r := from; r < to; r++ {
		f.drop(f.inputs[0].Row(r), table.Row(int(f.ids[r])), 0, f.maskRow(r)*table.Cols)
		if f.words != nil {
			kernel.Scale(f.inputs[0].Row(r), f.words.kept[f.ids[r]])
		}
	}
}

// scatter adds the gradients of the input's rows to their tokens' embeddings, each worker for some of the columns, so that
// a token's rows are always added in their order.
func (f *front) scatter(worker int, _ *kernel.Scratch) {
	grad := f.embedding.gradMatrix()
	from, to := kernel.Span(grad.Cols, 16, worker, f.workers.Len())
	columns := grad.ColRange(from, to)
	if !f.tied {
		f.embedding.zeroGrad(columns)
	}
	rows := f.grads[0].ColRange(from, to)
	for r, token := range f.ids {
		f.drop(rows.Row(r), rows.Row(r), 0, f.maskRow(r)*grad.Cols+from)
		if f.words != nil {
			kernel.Axpy(columns.Row(int(token)), f.words.kept[token], rows.Row(r))
			continue
		}
		kernel.Add(columns.Row(int(token)), rows.Row(r))
	}
}

// sum adds the gradients of the window's rows to those of their rows of the table, each worker for some of the columns.
func (f *front) sum(worker int, _ *kernel.Scratch) {
	for d, t := range f.traces[0] {
		from, to := kernel.Span(t.rows(), 16, worker, f.workers.Len())
		columns, rows := f.tableGrads[d].ColRange(from, to), t.gates.ColRange(from, to)
		columns.Zero()
		for r, number := range f.distinct.rows {
			kernel.Add(columns.Row(int(number)), rows.Row(r))
		}
	}
}
