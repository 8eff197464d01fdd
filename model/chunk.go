package model

import (
	"slices"

	"github.com/textgen-go/textgen/internal/kernel"
)

// chunkBytes is the size of a chunk's gates: they stay in the cache from their projection to their activation.
const chunkBytes = 384 << 10

// chunk is a run of time steps of documents in packed rows (as in [sequence]), without offsets of the other steps. It
// moves over the documents in either direction.
type chunk struct {
	most    int // rows, unless one step has more
	active  int // documents in the step that was met last
	first   int // step
	row     int // of all rows, the first
	offsets []int
}

// begin sets the chunk before the first step, or behind the last. Width is that of a row's gates, rows their number.
func (c *chunk) begin(docs [][]int32, rows int, reverse bool, width int) {
	c.most = max(1, chunkBytes/(4*width))
	c.offsets = append(c.offsets[:0], 0)
	c.first, c.row, c.active = 0, 0, len(docs)
	if reverse {
		c.first, c.row, c.active = len(docs[0]), rows, 0
	}
}

// next moves on, if there are steps left.
func (c *chunk) next(docs [][]int32, reverse bool) bool {
	if reverse {
		return c.back(docs)
	}
	c.first += c.steps()
	c.row += c.rows()
	c.offsets = c.offsets[:1]
	for t := c.first; t < len(docs[0]); t++ {
		for len(docs[c.active-1]) <= t {
			c.active--
		}
		if t > c.first && c.rows()+c.active > c.most {
			break
		}
		c.offsets = append(c.offsets, c.rows()+c.active)
	}
	return c.steps() > 0
}

// back moves the chunk towards the beginning.
func (c *chunk) back(docs [][]int32) bool {
	end := c.first
	c.offsets = c.offsets[:1] // counted from the end at first
	for c.first > 0 {
		for c.active < len(docs) && len(docs[c.active]) >= c.first {
			c.active++
		}
		if c.first < end && c.rows()+c.active > c.most {
			break
		}
		c.offsets = append(c.offsets, c.rows()+c.active)
		c.first--
	}
	c.row -= c.rows()
	slices.Reverse(c.offsets)
	rows := c.offsets[0]
	for i := range c.offsets {
		c.offsets[i] = rows - c.offsets[i]
	}
	return c.steps() > 0
}

// at returns the n-th step in the order of reading.
func (c *chunk) at(n int, reverse bool) int {
	if reverse {
		return c.steps() - 1 - n
	}
	return n
}

func (c *chunk) steps() int { return len(c.offsets) - 1 }

func (c *chunk) rows() int { return c.offsets[c.steps()] }

// of returns the chunk's rows of a matrix of all rows.
func (c *chunk) of(m kernel.Matrix) kernel.Matrix { return m.RowRange(c.row, c.row+c.rows()) }

// step returns the rows of the chunk's i-th step of a matrix of the chunk's rows.
func (c *chunk) step(m kernel.Matrix, i int) kernel.Matrix {
	return m.RowRange(c.offsets[i], c.offsets[i+1])
}
