package model

import "github.com/textgen-go/textgen/internal/kernel"

// scan computes the pooled outputs of documents for prediction. A pass keeps what a backward pass will ask for; a scan goes
// over the documents in chunks of some time steps whose activations stay in the cache, and keeps what is still to be read:
// of a classifier that [ClassifierConfig.Streams], one state a document, else the outputs of two layers.
//
// The documents are dealt to groups, and the directions of a group are read side by side: W workers share out as many
// groups times directions as divide evenly among them. Nothing that they compute depends on how that is done.
type scan struct {
	*Classifier
	workers *Workers
	groups  []*scanGroup
	stage   int

	readJob, attendJob func(int, *kernel.Scratch)
}

// Streams reports whether documents are labelled in memory that does not grow with their length (beyond their tokens):
// a layer of two directions must be stored as a whole for the next layer, or for attention, to read; so must all that
// attention weighs, and what layers with highways, zoneout or layer normalisation compute.
func (c ClassifierConfig) Streams() bool {
	return c.plain() && c.Pooling != PoolAttention && (!c.Bidirectional || c.Layers == 1)
}

func newScan(c *Classifier, w *Workers) *scan {
	s := &scan{Classifier: c, workers: w}
	n := w.Len()
	if d := c.cfg.Directions(); n%d == 0 {
		n /= d
	}
	for range n {
		s.groups = append(s.groups, newScanGroup(c))
	}
	s.readJob, s.attendJob = s.read, s.attend
	return s
}

// forward overwrites pooled, [docs][P]; row i belongs to document order[i], which are sorted by falling length.
func (s *scan) forward(pooled kernel.Matrix, docs []Document, order []int) {
	for i, g := range s.groups {
		g.deal(pooled, docs, order, i, len(s.groups))
	}
	for s.stage = range s.groups[0].stages {
		s.workers.Run(s.readJob)
	}
	if s.cfg.Pooling == PoolAttention {
		s.workers.Run(s.attendJob)
	}
}

// read runs a worker's share of the lanes of this stage.
func (s *scan) read(worker int, scratch *kernel.Scratch) {
	lanes := len(s.groups[0].stages[s.stage])
	for i := worker; i < len(s.groups)*lanes; i += s.workers.Len() {
		if g := s.groups[i/lanes]; len(g.docs) > 0 {
			g.stages[s.stage][i%lanes].read(scratch)
		}
	}
}

func (s *scan) attend(worker int, scratch *kernel.Scratch) {
	for i := worker; i < len(s.groups); i += s.workers.Len() {
		if g := s.groups[i]; len(g.docs) > 0 {
			g.attention.attend(scratch, g.pooled, g.outputs())
		}
	}
}

// scanGroup is some of the documents.
type scanGroup struct {
	docs   [][]int32        // tokens, by falling length
	rows   int              // tokens in all
	pooled kernel.Matrix    // the documents' rows
	stored [2]kernel.Matrix // outputs of a stage that is stored, [rows][W], in turn
	stages [][]*lane        // what must have ended before the next begins: the directions of a layer, or a whole stack

	seq       sequence // of attention
	lengths   []int
	attention *attentionPass // or nil
}

func newScanGroup(c *Classifier) *scanGroup {
	g := &scanGroup{}
	if !c.cfg.Bidirectional {
		g.stages = [][]*lane{{newLane(g, c, 0, 0, c.cfg.Layers)}}
	} else {
		for l := range c.cfg.Layers {
			g.stages = append(g.stages, []*lane{newLane(g, c, 0, l, l+1), newLane(g, c, 1, l, l+1)})
		}
	}
	if a, ok := c.pooling.(*attention); ok {
		g.attention = a.newPass(&pass{}).(*attentionPass)
	}
	return g
}

// deal gives the group every n-th document from the i-th on.
func (g *scanGroup) deal(pooled kernel.Matrix, docs []Document, order []int, i, n int) {
	g.docs, g.lengths, g.rows = g.docs[:0], g.lengths[:0], 0
	for at := i; at < len(order); at += n {
		tokens := docs[order[at]].Tokens
		g.docs, g.lengths = append(g.docs, tokens), append(g.lengths, len(tokens))
		g.rows += len(tokens)
	}
	if len(g.docs) == 0 {
		return
	}
	g.pooled = kernel.Matrix{Data: pooled.Data[i*pooled.Stride:], Rows: len(g.docs), Cols: pooled.Cols, Stride: n * pooled.Stride}
	for l, lanes := range g.stages {
		if lanes[0].storing {
			g.stored[l%2].Resize(g.rows, lanes[0].width*len(lanes))
		}
	}
	if g.attention != nil {
		g.seq.setLengths(g.lengths)
		g.attention.pass.seq = g.seq
	}
}

// outputs returns what the last stage stored.
func (g *scanGroup) outputs() kernel.Matrix { return g.stored[(len(g.stages)-1)%2] }
