package kernel

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunCallsEveryWorkerOnce(t *testing.T) {
	for n := 1; n <= 5; n++ {
		w := NewWorkers(n)
		calls := make([]int, n)
		job := func(worker int, s *Scratch) {
			if s != w.scratch[worker] {
				t.Errorf("worker %d has another's scratch", worker)
			}
			calls[worker]++
		}
		for range 1000 {
			w.Run(job)
		}
		w.Close()
		for worker, c := range calls {
			if c != 1000 {
				t.Errorf("%d workers: worker %d called %d times, want 1000", n, worker, c)
			}
		}
	}
}

// TestRunAfterPause lets the workers park between jobs, and the caller park in them.
func TestRunAfterPause(t *testing.T) {
	w := NewWorkers(3)
	defer w.Close()
	var calls atomic.Int32
	for i := range 20 {
		w.Run(func(worker int, _ *Scratch) {
			if worker == i%3 {
				time.Sleep(2 * time.Millisecond)
			}
			calls.Add(1)
		})
		time.Sleep(time.Millisecond)
	}
	if calls.Load() != 60 {
		t.Errorf("%d calls, want 60", calls.Load())
	}
}

// TestRunOnOneCore asserts that workers who have no core to themselves still come to an end.
func TestRunOnOneCore(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := NewWorkers(4)
	defer w.Close()
	var calls atomic.Int32
	job := func(int, *Scratch) { calls.Add(1) }
	for range 200 {
		w.Run(job)
	}
	if calls.Load() != 800 {
		t.Errorf("%d calls, want 800", calls.Load())
	}
}

func TestCloseEndsGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	w := NewWorkers(4)
	w.Run(func(int, *Scratch) {})
	w.Close()
	w.Close()
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestRunAllocates(t *testing.T) {
	w := NewWorkers(2)
	defer w.Close()
	job := func(int, *Scratch) {}
	if n := testing.AllocsPerRun(100, func() { w.Run(job) }); n != 0 {
		t.Errorf("Run allocates %v times", n)
	}
}

// TestSpan asserts that the parts follow each other, cover everything and begin at multiples of the unit.
func TestSpan(t *testing.T) {
	for n := range 100 {
		for unit := 1; unit < 20; unit += 6 {
			for workers := 1; workers < 9; workers++ {
				at := 0
				for i := range workers {
					from, to := Span(n, unit, i, workers)
					if from != at || to < from || from%unit != 0 && from != n {
						t.Fatalf("Span(%d, %d, %d, %d) = %d, %d after %d", n, unit, i, workers, from, to, at)
					}
					at = to
				}
				if at != n {
					t.Fatalf("Span(%d, %d, …, %d) ends at %d", n, unit, workers, at)
				}
			}
		}
	}
}

// BenchmarkRun is the cost of a hand-over: a job of nothing.
func BenchmarkRun(b *testing.B) {
	w := NewWorkers(2)
	defer w.Close()
	job := func(int, *Scratch) {}
	b.Run("spinning", func(b *testing.B) {
		for b.Loop() {
			w.Run(job)
		}
	})
	b.Run("parked", func(b *testing.B) {
		var took time.Duration
		for b.Loop() {
			time.Sleep(4 * patience) // the worker parks, and then its thread
			began := time.Now()
			w.Run(job)
			took += time.Since(began)
		}
		b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/run")
	})
}
