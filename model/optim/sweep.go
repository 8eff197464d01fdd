package optim

import (
	"slices"
	"sync/atomic"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// pieceLen is the number of elements that a worker takes at a time: 256 KB of each tensor, a part of the L2 cache.
const pieceLen = 1 << 16

// piece is a run of elements of one parameter.
type piece struct{ param, from, to int }

// parts calls do for the parts of a piece whose gradients may differ from 0, in order (see [model.Parameter.Rows]).
func (p piece) parts(of *model.Parameter, do func(from, to int)) {
	if of.Rows == nil {
		do(p.from, p.to)
		return
	}
	width := len(of.Grad) / of.Shape[0]
	first, _ := slices.BinarySearch(of.Rows, int32(p.from/width))
	for _, row := range of.Rows[first:] {
		from := int(row) * width
		if from >= p.to {
			return
		}
		do(max(from, p.from), min(from+width, p.to))
	}
}

// visitor does the work on one piece; index counts the pieces of all parameters.
type visitor interface {
	visit(index int, p piece)
}

// sweep goes over all elements of all parameters on several cores. Workers take pieces as they come; since no piece
// depends on another, neither does the result on who took which.
type sweep struct {
	pieces  []piece
	visitor visitor
	next    atomic.Int64
	job     func(worker int, s *kernel.Scratch)
}

func newSweep(params []*model.Parameter) *sweep {
	s := &sweep{}
	for i, p := range params {
		n := len(p.Value)
		for from := 0; from < n; from += pieceLen {
			s.pieces = append(s.pieces, piece{i, from, min(from+pieceLen, n)})
		}
	}
	s.job = func(int, *kernel.Scratch) { s.take() }
	return s
}

// run visits every piece once.
func (s *sweep) run(w *model.Workers, v visitor) {
	s.visitor = v
	s.next.Store(0)
	w.Run(s.job)
}

func (s *sweep) take() {
	for {
		i := int(s.next.Add(1)) - 1
		if i >= len(s.pieces) {
			return
		}
		s.visitor.visit(i, s.pieces[i])
	}
}
