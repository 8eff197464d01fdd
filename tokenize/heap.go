package tokenize

// ordered is a type with an order of its own.
type ordered[T any] interface{ before(T) bool }

// queue is a binary heap: the first of its items by their order comes out
// first. It does what container/heap does, without an allocation for each item.
type queue[T ordered[T]] []T

func (q *queue[T]) push(x T) {
	*q = append(*q, x)
	h := *q
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !x.before(h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = x
}

// pop takes the first item out of a queue that is not empty.
func (q *queue[T]) pop() T {
	h := *q
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	if len(h) > 0 {
		h.sink(0, last)
	}
	return first
}

// sink puts x in the place of item i or below it.
func (q queue[T]) sink(i int, x T) {
	for {
		down := 2*i + 1
		if down >= len(q) {
			break
		}
		if right := down + 1; right < len(q) && q[right].before(q[down]) {
			down = right
		}
		if !q[down].before(x) {
			break
		}
		q[i] = q[down]
		i = down
	}
	q[i] = x
}
