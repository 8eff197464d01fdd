package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// spins is how often a waiting worker looks for work before it parks: some 20 to 50 µs, longer than the gap between two
// jobs of a training step and short enough to leave the core to others (measured: handing over by spinning costs about
// 1 µs, waking a parked goroutine 5 to 10 µs).
const spins = 20000

// Workers runs jobs on a fixed number of goroutines, each with scratch memory of its own. The goroutine that calls Run
// is worker 0. One job runs at a time: a Workers must not be used by two goroutines at once.
type Workers struct {
	scratch []*Scratch
	job     func(worker int, s *Scratch)
	epoch   atomic.Uint32
	pending atomic.Int32
	closed  bool

	mu     sync.Mutex
	wake   *sync.Cond
	parked int

	product product
}

// NewWorkers starts n workers; n < 1 means one for every core that Go may use. Close ends them.
func NewWorkers(n int) *Workers {
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	w := &Workers{scratch: make([]*Scratch, n)}
	w.wake = sync.NewCond(&w.mu)
	for i := range w.scratch {
		w.scratch[i] = newScratch()
	}
	w.product.init(w)
	for i := 1; i < n; i++ {
		go w.serve(i)
	}
	return w
}

// Len returns the number of workers.
func (w *Workers) Len() int { return len(w.scratch) }

// Run calls job once for every worker, at the same time, and returns when all have returned. Job must not call Run. To
// keep a training step free of allocations, pass a func value that was made once.
func (w *Workers) Run(job func(worker int, s *Scratch)) {
	if n := len(w.scratch); n > 1 {
		w.job = job
		w.pending.Store(int32(n - 1))
		w.announce()
	}
	job(0, w.scratch[0])
	for w.pending.Load() != 0 {
		runtime.Gosched()
	}
}

// Close ends the workers' goroutines. The Workers cannot be used afterwards.
func (w *Workers) Close() {
	if w.closed {
		return
	}
	w.closed = true
	w.announce()
}

func (w *Workers) announce() {
	w.epoch.Add(1)
	w.mu.Lock()
	if w.parked > 0 {
		w.wake.Broadcast()
	}
	w.mu.Unlock()
}

func (w *Workers) serve(worker int) {
	for seen := uint32(0); ; {
		seen = w.await(seen)
		if w.closed {
			return
		}
		w.job(worker, w.scratch[worker])
		w.pending.Add(-1)
	}
}

// await returns the epoch that follows seen: it spins for a while, then parks.
func (w *Workers) await(seen uint32) uint32 {
	for range spins {
		if e := w.epoch.Load(); e != seen {
			return e
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parked++
	for w.epoch.Load() == seen {
		w.wake.Wait()
	}
	w.parked--
	return w.epoch.Load()
}

// Span is the part of n that belongs to a worker: its bounds are multiples of unit, the parts follow each other and
// cover 0 to n.
func Span(n, unit, worker, workers int) (from, to int) {
	units := (n + unit - 1) / unit
	return min(n, units*worker/workers*unit), min(n, units*(worker+1)/workers*unit)
}
