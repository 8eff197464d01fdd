package model

import "github.com/textgen-go/textgen/internal/kernel"

// front is the way from token ids to the pre-activations of the first layer, for a window. It goes one of two ways that
// compute the same function, forward to the bit:
//
//   - through the rows: gather each token's embedding, drop out, project all R rows;
//   - through a table: gather and project the embeddings of the tokens that occur, once each; the time loop looks the
//     projections up. That is less work where rows outnumber their tokens, as with characters and long texts. Where each
//     stream drops features of its own, it is once for each token of a stream; features must not be dropped row by row.
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
	distinct distinct
	keys     []int32 // of the window's rows: the tokens themselves, or ownKeys
	ownKeys  []int32
	streams  int // in a key: those of the window, or 1

	ids   []int32       // the tokens of the rows of x: the window's, or those of the distinct keys
	x, dx kernel.Matrix // what the first layer projects: inputs[0], or embeddings of the distinct tokens

	tableIDs        []int32
	tableX, tableDX kernel.Matrix   // x and dx of a table
	tableGrads      []kernel.Matrix // of the projections, a direction

	gatherJob, scatterJob, sumJob func(int, *kernel.Scratch)
}

// newFront builds the way; with table, it goes through a table where that is possible and worth while.
func newFront(p *pass, embedding *Parameter, tied, table bool) *front {
	vocab := embedding.Shape[0]
	f := &front{
		pass: p, embedding: embedding, tied: tied, words: newEmbeddingDropout(p, vocab), tabling: table,
		tableGrads: make([]kernel.Matrix, len(p.traces[0])),
	}
	f.gatherJob, f.scatterJob, f.sumJob = f.gather, f.scatter, f.sum
	return f
}

// forward computes the pre-activations of the first layer from one token a row.
func (f *front) forward(tokens []int32) {
	f.tokens = tokens
	f.setKeys()
	f.tabled = f.tabling && (!f.dropping(0) || f.streams > 1) && 4*len(f.distinct.keys) <= tabledQuarters*len(tokens)
	if f.tabled {
		f.connectTable()
	} else {
		f.connectRows()
	}
	if f.words != nil {
		f.words.draw(f.noisy(), f.key)
	}
	f.workers.Run(f.gatherJob)
	for _, t := range f.traces[0] {
		t.project()
	}
}

// setKeys finds the distinct keys of the window.
func (f *front) setKeys() {
	vocab := f.embedding.Shape[0]
	f.keys, f.streams = f.tokens, 1
	if f.dropping(0) && f.cfg.Variational && vocab*f.seq.streams <= mostKeys {
		f.streams = f.seq.streams
		f.keys = append(f.ownKeys[:0], f.tokens...)
		f.ownKeys = f.keys
		for r, token := range f.tokens {
			f.keys[r] = token*int32(f.streams) + int32(f.seq.streamOf(r))
		}
	}
	f.distinct.set(f.keys, vocab*f.streams)
}

// mostKeys bounds the memory that keys of tokens and streams take, 4 MB.
const mostKeys = 1 << 20

// tabledQuarters is how many quarters of a window's rows may hold different tokens for a table to pay: looking up and adding
// up G·H numbers a row costs about as much as the products of a tenth of its In inputs, for In = 100. The choice depends on
// the tokens, never on the number of workers.
const tabledQuarters = 3

// connectRows lets the first layer project the window's rows.
func (f *front) connectRows() {
	f.connectInput()
	f.ids, f.x, f.dx = f.tokens, f.inputs[0], f.grads[0]
}

// connectTable lets the first layer, and a highway around it, project the embeddings of distinct tokens.
func (f *front) connectTable() {
	f.tableIDs = f.tableIDs[:0]
	for _, key := range f.distinct.keys {
		f.tableIDs = append(f.tableIDs, key/int32(f.streams))
	}
	f.ids = f.tableIDs
	f.tableX.Resize(len(f.ids), f.input)
	if f.training {
		f.tableDX.Resize(len(f.ids), f.input)
	}
	f.x, f.dx = f.tableX, f.tableDX
	if f.shortcut(0) {
		f.resizeInput()
	}
	for d, t := range f.traces[0] {
		t.connect(f.x, f.dx, f.inputGradMode(0, d))
		t.lookUp(f.distinct.rows)
	}
	if way := f.ways[0]; way != nil {
		way.lookUp(f.distinct.rows, f.x)
	}
}

// backward computes the gradients of the embedding and, through a table, of the weights that its rows meet.
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
		f.markRows()
	}
}

// markRows tells which rows of the embedding's gradient have been written.
func (f *front) markRows() {
	rows := f.embedding.Rows[:0]
	for _, key := range f.distinct.keys {
		if token := key / int32(f.streams); len(rows) == 0 || rows[len(rows)-1] != token {
			rows = append(rows, token)
		}
	}
	f.embedding.Rows = rows
}

// tableBack computes the gradients of the table, and from them what the rows' would give.
func (f *front) tableBack() {
	for d, t := range f.traces[0] {
		f.tableGrads[d].Resize(len(f.ids), t.rows())
	}
	way := f.ways[0]
	if way != nil {
		way.resizeTableGrads()
	}
	f.workers.Run(f.sumJob)
	for d, t := range f.traces[0] {
		t.tableGrads(f.tableGrads[d], f.inputGradMode(0, d))
	}
	if way != nil {
		way.inputGrads(f.dx, way.tableGrads, f.workers)
		way.weightGrads(f.x, way.tableGrads, f.workers)
	}
}

// gather writes a worker's rows of what the first layer projects and, for a shortcut around it, of its input.
func (f *front) gather(worker int, _ *kernel.Scratch) {
	from, to := kernel.Span(len(f.ids), 1, worker, f.workers.Len())
	for r := from; r < to; r++ {
		f.embed(f.x.Row(r), f.ids[r], f.maskOf(r))
	}
	if f.tabled && f.shortcut(0) {
		from, to = kernel.Span(len(f.tokens), 1, worker, f.workers.Len())
		for r := from; r < to; r++ {
			f.embed(f.inputs[0].Row(r), f.tokens[r], f.maskRow(r))
		}
	}
}

// embed writes a token's embedding with some features dropped: those of a row of the mask.
func (f *front) embed(dst []float32, token int32, mask int) {
	f.drop(dst, f.embedding.matrix().Row(int(token)), 0, mask*len(dst))
	if f.words != nil {
		kernel.Scale(dst, f.words.kept[token])
	}
}

// maskOf returns the row of the mask that belongs to row r of x.
func (f *front) maskOf(r int) int {
	if f.tabled {
		return int(f.distinct.keys[r]) % f.streams
	}
	return f.maskRow(r)
}

// scatter adds the gradients of x's rows to their tokens' embeddings, each worker for some of the columns, so that a
// token's rows are always added in their order.
func (f *front) scatter(worker int, _ *kernel.Scratch) {
	grad := f.embedding.gradMatrix()
	from, to := kernel.Span(grad.Cols, 16, worker, f.workers.Len())
	columns := grad.ColRange(from, to)
	if !f.tied {
		f.embedding.zeroGrad(columns)
	}
	rows := f.dx.ColRange(from, to)
	for r, token := range f.ids {
		f.drop(rows.Row(r), rows.Row(r), 0, f.maskOf(r)*grad.Cols+from)
		if f.words != nil {
			kernel.Axpy(columns.Row(int(token)), f.words.kept[token], rows.Row(r))
			continue
		}
		kernel.Add(columns.Row(int(token)), rows.Row(r))
	}
}

// sum adds the gradients of what the window's rows took from the table to those of the table, each worker for some of the
// columns.
func (f *front) sum(worker int, _ *kernel.Scratch) {
	for d, t := range f.traces[0] {
		f.sumColumns(f.tableGrads[d], t.gates, worker)
	}
	if f.shortcut(0) {
		f.sumColumns(f.dx, f.grads[0], worker)
	}
	if way := f.ways[0]; way != nil {
		f.sumColumns(way.tableGrads, way.gate, worker)
	}
}

// sumColumns overwrites a worker's columns of to with the sums of the rows that have the same key.
func (f *front) sumColumns(to, rows kernel.Matrix, worker int) {
	from, end := kernel.Span(to.Cols, 16, worker, f.workers.Len())
	to, rows = to.ColRange(from, end), rows.ColRange(from, end)
	to.Zero()
	for r, number := range f.distinct.rows {
		kernel.Add(to.Row(int(number)), rows.Row(r))
	}
}
