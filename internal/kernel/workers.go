package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/cpu"
)

// patience is how long one who waits looks before it parks: longer than the workers' shares of a job differ, and short
// enough to leave the core to others. BenchmarkRun measures a hand-over: 0.2 to 0.6 µs to a worker that spins, 14 to 18 µs
// and, in a virtual machine, far more to one whose thread sleeps, after which the other one has lost its patience, too.
// With 50 µs, two threads wrote 2,000 to 3,400 characters a second where 200 µs give 8,500 to 10,400 and one thread 5,400
// (2×512 in fp32, Zen 4, two cores, when L3 was slow); training of small networks gains up to a tenth. Beside another
// process that fills a core, 200 µs cost a tenth in training; spinning without end made everything five times slower.
// It looks a burst of times, about 0.3 µs, before it asks for the time.
const (
	patience = 200 * time.Microsecond
	burst    = 1000
)

// Workers runs jobs on a fixed number of goroutines, each with scratch memory of its own. The goroutine that calls Run
// is worker 0. One job runs at a time: a Workers must not be used by two goroutines at once.
type Workers struct {
	scratch []*Scratch
	job     func(worker int, s *Scratch)
	closed  bool

	product  product
	products []Product
	mulAll   func(worker int, s *Scratch)
	step     Step
	stepAll  func(worker int, s *Scratch)

	epoch   event // counts the jobs; workers wait for it to change
	pending event // counts the workers at work; Run waits for it to reach 0
}

// NewWorkers starts n workers; n < 1 means one for every core that Go may use. Close ends them.
func NewWorkers(n int) *Workers {
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	w := &Workers{scratch: make([]*Scratch, n)}
	w.epoch.init()
	w.pending.init()
	for i := range w.scratch {
		w.scratch[i] = newScratch()
	}
	w.product.init(w)
	w.mulAll = func(worker int, s *Scratch) {
		for i := range w.products {
			w.products[i].mul(s, worker, n)
		}
	}
	w.stepAll = func(worker int, s *Scratch) {
		from, to := Span(w.step.Wh.StepBlocks(), 1, worker, n)
		s.Step(&w.step, from, to)
	}
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
	if w.closed {
		panic("kernel: Run after Close")
	}
	if n := len(w.scratch); n > 1 {
		w.job = job
		w.pending.value.Store(uint32(n - 1))
		w.epoch.add(1)
	}
	job(0, w.scratch[0])
	for {
		n := w.pending.value.Load()
		if n == 0 {
			return
		}
		w.pending.await(n)
	}
}

// Close ends the workers' goroutines. The Workers cannot be used afterwards.
func (w *Workers) Close() {
	if !w.closed {
		w.closed = true
		w.epoch.add(1)
	}
}

func (w *Workers) serve(worker int) {
	for seen := uint32(0); ; {
		seen = w.epoch.await(seen)
		if w.closed {
			return
		}
		w.job(worker, w.scratch[worker])
		w.pending.add(^uint32(0))
	}
}

// event is a number that goroutines wait on: they look for a while, then they park. It fills a cache line of its own, so
// that those who look at one event do not slow down those who change another.
type event struct {
	value  atomic.Uint32
	parked atomic.Int32
	mu     sync.Mutex
	moved  *sync.Cond
	_      cpu.CacheLinePad
}

func (e *event) init() { e.moved = sync.NewCond(&e.mu) }

// add changes the value and wakes who has parked. Whoever parks raises parked before it looks at the value for the last
// time, and add changes the value before it looks at parked: one of the two sees the other.
func (e *event) add(n uint32) {
	e.value.Add(n)
	if e.parked.Load() > 0 {
		e.mu.Lock()
		e.moved.Broadcast()
		e.mu.Unlock()
	}
}

// await returns the value once it differs from old.
func (e *event) await(old uint32) uint32 {
	if v, ok := e.look(old); ok {
		return v
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.parked.Add(1)
	defer e.parked.Add(-1)
	for {
		if v := e.value.Load(); v != old {
			return v
		}
		e.moved.Wait()
	}
}

// look returns the value if it differs from old before patience ends.
func (e *event) look(old uint32) (uint32, bool) {
	for began := time.Now(); ; {
		for range burst {
			if v := e.value.Load(); v != old {
				return v, true
			}
		}
		if time.Since(began) > patience {
			return old, false
		}
	}
}

// Span is the part of n that belongs to a worker: its bounds are multiples of unit, the parts follow each other and
// cover 0 to n.
func Span(n, unit, worker, workers int) (from, to int) {
	units := (n + unit - 1) / unit
	return min(n, units*worker/workers*unit), min(n, units*(worker+1)/workers*unit)
}
