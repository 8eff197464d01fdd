package doctor

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Config says which experiments are made. The zero value is all of them, with seed 0.
type Config struct {
	Tasks    []string // by name; nil: all
	Networks []string // by name; nil: all
	Quick    bool     // fewer lengths, fewer steps
	Lengths  []int    // T, in place of the tasks' own; nil: these
	Steps    int      // updates at most, in place of the tasks' own; 0: these
	Seed     uint64
	Threads  int // experiments side by side; below 1: one for every core

	// Progress, if it is not nil, is told of every trial when it is done, one at a time, in the order in which they end.
	Progress func(Progress)
}

const (
	shortest = 10    // the length from which on every task makes sense
	longest  = 10000 // takes memory of some GB
)

// validate reports the first field that is out of range.
func (c Config) validate() error {
	if c.Steps < 0 {
		return fmt.Errorf("steps is %d; it must not be negative", c.Steps)
	}
	for _, length := range c.Lengths {
		if length < shortest || length > longest {
			return fmt.Errorf("length is %d; it must be from %d to %d", length, shortest, longest)
		}
	}
	return nil
}

// fit gives a task the lengths and steps that are wanted.
func (c Config) fit(t Task) Task {
	if c.Quick {
		t.Lengths, t.Steps = t.quickLengths, t.quickSteps
	}
	if c.Lengths != nil {
		t.Lengths = slices.Compact(slices.Sorted(slices.Values(c.Lengths)))
	}
	t.Steps = cmp.Or(c.Steps, t.Steps)
	return t
}

// Progress is how far the experiments have come.
type Progress struct {
	Trial *Trial
	Done  int // trials that are done, or need not be made
	All   int
}

// Results are the trials of all tasks and networks, in the order of the tables.
type Results struct {
	Seed     uint64    `json:"seed"`
	Quick    bool      `json:"quick,omitempty"`
	Complete bool      `json:"complete"` // not interrupted
	Tasks    []Task    `json:"tasks"`
	Networks []Network `json:"networks"`
	Trials   []*Trial  `json:"trials"`
}

// Run makes the experiments. A network climbs from length to length as long as its loss falls below half of the baseline:
// who does not learn a task at a length, does not at longer ones. When ctx is done, the error wraps ctx's, and the results hold what had been
// finished.
func Run(ctx context.Context, cfg Config) (*Results, error) {
	tasks, err := chosen("task", Tasks, func(t Task) string { return t.Name }, cfg.Tasks)
	if err != nil {
		return nil, err
	}
	networks, err := chosen("cell", Networks, func(n Network) string { return n.Name }, cfg.Networks)
	if err != nil {
		return nil, err
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	r := &runner{cfg: cfg}
	for i := range tasks {
		tasks[i] = cfg.fit(tasks[i])
		for _, n := range networks {
			r.ladders = append(r.ladders, &ladder{task: tasks[i], network: n})
			r.all += len(tasks[i].Lengths)
		}
	}
	err = r.run(ctx)
	results := &Results{Seed: cfg.Seed, Quick: cfg.Quick, Complete: err == nil, Tasks: tasks, Networks: networks}
	for _, l := range r.ladders {
		results.Trials = append(results.Trials, l.trials...)
	}
	return results, err
}

// chosen returns the elements of all that have one of the names, in the order of all; without names, all.
func chosen[T any](what string, all []T, name func(T) string, names []string) ([]T, error) {
	if len(names) == 0 {
		return slices.Clone(all), nil
	}
	var known []string
	for _, v := range all {
		known = append(known, name(v))
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, fmt.Errorf("%s %q is unknown; use one of %s", what, n, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool { return !slices.Contains(names, name(v)) }), nil
}

// ladder is what one network does at growing lengths of one task.
type ladder struct {
	task    Task
	network Network
	trials  []*Trial
}

// cost estimates the work of all trials, in no unit.
func (l *ladder) cost() int {
	cost := l.task.Steps * l.task.Hidden * l.task.Hidden
	if l.network.Gated {
		cost *= 4
	}
	far := l.task.Lengths[len(l.task.Lengths)-1]
	return cost * l.network.stack(l.task.Hidden, far).Layers * far
}

type runner struct {
	cfg     Config
	ladders []*ladder

	mu        sync.Mutex
	done, all int
}

// run climbs the ladders side by side, the costliest first, so that the last to end is a short one.
func (r *runner) run(ctx context.Context) error {
	order := slices.Clone(r.ladders)
	slices.SortStableFunc(order, func(a, b *ladder) int { return cmp.Compare(b.cost(), a.cost()) })
	group, ctx := errgroup.WithContext(ctx)
	threads := r.cfg.Threads
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	group.SetLimit(threads)
	for _, l := range order {
		group.Go(func() error { return r.climb(ctx, l) })
	}
	return group.Wait()
}

func (r *runner) climb(ctx context.Context, l *ladder) error {
	for i, length := range l.task.Lengths {
		t, err := try(ctx, l.task, l.network, length, r.cfg.Seed)
		if err != nil {
			return err
		}
		l.trials = append(l.trials, t)
		count := 1
		over := t.Learned == 0 || t.Outcome == Diverged
		if over {
			count = len(l.task.Lengths) - i
		}
		r.tell(t, count)
		if over {
			break
		}
	}
	return nil
}

// tell reports a trial, with which some trials are done.
func (r *runner) tell(t *Trial, count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += count
	if r.cfg.Progress != nil {
		r.cfg.Progress(Progress{Trial: t, Done: r.done, All: r.all})
	}
}
