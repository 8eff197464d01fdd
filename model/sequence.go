package model

// sequence is the layout of a batch of streams in packed rows, longest stream first: the rows of time step t are
// offsets[t] to offsets[t+1], and row offsets[t]+b belongs to stream b. Streams that have ended have no rows: padding
// neither costs nor changes anything. T steps of B equally long streams are the case offsets[t] = t·B.
type sequence struct {
	offsets []int
	streams int
	lengths []int // of the streams; nil: all equal
}

func uniformSequence(steps, streams int) sequence {
	s := sequence{offsets: make([]int, steps+1), streams: streams}
	for t := range s.offsets {
		s.offsets[t] = t * streams
	}
	return s
}

// setLengths lays out streams of the given lengths, which fall and are above 0.
func (s *sequence) setLengths(lengths []int) {
	s.streams, s.lengths = len(lengths), lengths
	s.offsets = append(s.offsets[:0], 0)
	active := len(lengths)
	for t := range lengths[0] {
		for lengths[active-1] <= t {
			active--
		}
		s.offsets = append(s.offsets, s.offsets[t]+active)
	}
}

// length returns the number of rows of a stream.
func (s sequence) length(stream int) int {
	if s.lengths == nil {
		return s.steps()
	}
	return s.lengths[stream]
}

// row returns the row of a stream at step t.
func (s sequence) row(t, stream int) int { return s.offsets[t] + stream }

func (s sequence) steps() int { return len(s.offsets) - 1 }

func (s sequence) rows() int { return s.offsets[s.steps()] }

// active returns the number of streams that have a row at step t.
func (s sequence) active(t int) int {
	if t < 0 || t >= s.steps() {
		return 0
	}
	return s.offsets[t+1] - s.offsets[t]
}

// span is a run of rows of one time step whose predecessors are a run, too. Rows are counted in a buffer whose first
// rows, one a stream, hold the initial state: row r of the sequence is row streams+r there.
type span struct {
	row, stream, prev, n int
}

// spans returns the runs of step t for the streams from up to to. Reverse says that time runs backwards: the predecessor
// of a row is then the same stream's row at t+1, or its initial state at the stream's end.
func (s sequence) spans(t int, reverse bool, from, to int) (runs [2]span, n int) {
	before := t - 1
	if reverse {
		before = t + 1
	}
	to = min(to, s.active(t))
	middle := min(to, max(from, s.active(before)))
	if from < middle {
		runs[n] = span{s.offsets[t] + from, from, s.streams + s.offsets[max(before, 0)] + from, middle - from}
		n++
	}
	if middle = max(middle, from); middle < to {
		runs[n] = span{s.offsets[t] + middle, middle, middle, to - middle}
		n++
	}
	return runs, n
}

// at returns the i-th step in the order in which time runs.
func (s sequence) at(i int, reverse bool) int {
	if reverse {
		return s.steps() - 1 - i
	}
	return i
}

// predecessors appends to dst, for every row, the row of its predecessor in a buffer with initial states in front, and
// reports whether that is every row's own number.
func (s sequence) predecessors(dst []int32, reverse bool) (prev []int32, same bool) {
	same = true
	for t := range s.steps() {
		runs, n := s.spans(t, reverse, 0, s.streams)
		for _, run := range runs[:n] {
			for i := range run.n {
				dst = append(dst, int32(run.prev+i))
			}
			same = same && run.prev == run.row
		}
	}
	return dst, same
}
