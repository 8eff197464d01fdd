package kernel

import "time"

// turnsOfMeasure make a round of about a millisecond, of which the fastest counts: the others were disturbed.
const (
	turnsOfMeasure  = 200_000
	roundsOfMeasure = 25
)

// PeakGFLOPS measures how many billion float32 operations a second one core can do at most: independent fused
// multiplications and additions, each counted as two, in the widest form of the active implementation. It takes some 25
// milliseconds.
func PeakGFLOPS() float64 {
	best := fastest(func() { multiplyAdd(turnsOfMeasure) })
	return float64(2*turnsOfMeasure*multiplyAddWidth()) / best.Seconds() / 1e9
}

// ReadGBps measures how many billion bytes a second one core reads from a buffer of the given size, which says what it is
// that is measured: a cache or the memory.
func ReadGBps(bytes int) float64 {
	w := NewWorkers(1)
	defer w.Close()
	return w.ReadGBps(bytes)
}

// ReadGBps measures what the workers read together, each its part of the buffer.
func (w *Workers) ReadGBps(bytes int) float64 {
	x := Aligned(max(64*w.Len(), bytes/floatBytes))
	for i := range x {
		x[i] = 1
	}
	passes := max(1, (4<<20)/bytes)
	job := func(worker int, _ *Scratch) {
		from, to := Span(len(x), strideUnit, worker, w.Len())
		for range passes {
			read(x[from:to])
		}
	}
	best := fastest(func() { w.Run(job) })
	return float64(passes*len(x)*floatBytes) / best.Seconds() / 1e9
}

// Name returns the name of the active implementation: avx512, avx2, neon or generic.
func Name() string { return active.String() }

func fastest(f func()) time.Duration {
	best := time.Hour
	for range roundsOfMeasure {
		began := time.Now()
		f()
		best = min(best, time.Since(began))
	}
	return best
}

// multiplyAddChains is the number of independent sums in a turn of multiplyAdd.
const multiplyAddChains = 12

// multiplyAddWidth is the number of multiplications in a turn of multiplyAdd.
func multiplyAddWidth() int {
	if t := active.tiles(); t != nil {
		return multiplyAddChains * t.lanes
	}
	return multiplyAddChains
}

// sink keeps the compiler from leaving out what is measured.
var sink float32

func multiplyAddGeneric(n int) {
	var sum [multiplyAddChains]float32
	x := sink
	for range n {
		for i := range sum {
			sum[i] += x * x
		}
	}
	sink = sum[0] * 0
}

func readGeneric(x []float32) {
	var a, b, c, d float32
	for ; len(x) >= 4; x = x[4:] {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
	}
	sink = (a + b + c + d) * 0
}
