package optim

import (
	"sync/atomic"

	"github.com/textgen-go/textgen/internal/kernel"
	"github.com/textgen-go/textgen/model"
)

// pieceLen is the number of elements that a worker takes at a time: 256 KB of each tensor, a part of the L2 cache.
const pieceLen = 1 << 16

// piece is a run of elements of one parameter.
type piece struct{ param, from, to int }

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
