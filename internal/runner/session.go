// Package runner keeps a training run in its directory, whatever is trained: it saves the model and the state, writes the
// history, tells the observer, and reads the state of a run that goes on.
//
// Entry points: [Open] locks the directory, [Session.Resume] reads an earlier session's state, [Session.Begin] opens the
// history, and [Session.Run] trains.
package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// Observer is told how a run goes. Its methods are called one at a time.
type Observer interface {
	Planned(steps int)      // the length of the run is known
	Step(train.Record)      // some steps have been made
	Saved(path string)      // a file is safely on the disk
	Warning(message string) // something that the user should know
}

// Silent is an Observer that ignores everything.
type Silent struct{}

func (Silent) Planned(int)       {}
func (Silent) Step(train.Record) {}
func (Silent) Saved(string)      {}
func (Silent) Warning(string)    {}

// A Session trains in the directory of a run.
type Session struct {
	Dir     *checkpoint.Run
	History *history.History // nil before Begin
	Earlier train.State      // where an earlier session stopped; its Step is 0 in a new run

	// File returns the model as it is now, with what the state says of it.
	File func(train.State) (*checkpoint.File, error)
	// BeforeRecord is called with each record before it is written down; nil: nothing.
	BeforeRecord func(train.Record) error

	observer Observer
	loop     *train.Loop
	finished bool // the history is closed
	planned  bool // the observer knows the length of the run
	reported bool // an earlier session began the run's page
}

// Mode says how a session begins.
type Mode string

// The modes.
const (
	New     Mode = "new"     // a run that replaces nothing
	Replace Mode = "replace" // a new run, whatever is in the directory
	Resume  Mode = "resume"  // goes on with the run that is there
)

// ModeOf returns the mode that two wishes mean; the wish to resume comes first.
func ModeOf(resume, force bool) Mode {
	switch {
	case resume:
		return Resume
	case force:
		return Replace
	}
	return New
}

// Open locks the directory dir, which is made if there is none. A new run over an older one is an error that wraps
// [checkpoint.ErrExists].
func Open(dir string, mode Mode, observer Observer) (*Session, error) {
	if dir == "" {
		return nil, errors.New("training needs a directory for the run")
	}
	if mode == New {
		if err := checkpoint.CheckNew(dir); err != nil {
			return nil, err
		}
	}
	run, err := checkpoint.OpenRun(dir)
	if err != nil {
		return nil, err
	}
	return &Session{Dir: run, observer: observer}, nil
}

// Close unlocks the directory, and closes the history of a run that came to no training.
func (s *Session) Close() error {
	var err error
	if s.History != nil && !s.finished {
		err = s.History.Finish()
	}
	return errors.Join(err, s.Dir.Close())
}

// Precision returns the precision of training that settings name, and warns where it is slower than fp32.
func (s *Session) Precision(name string) (model.Precision, error) {
	p, err := model.ParseProductPrecision(name)
	if err == nil && p == model.Mixed && !model.MixedIsFast() {
		s.observer.Warning("bf16 is slower than fp32 on this machine, and gives much the same model")
	}
	return p, err
}

// Resume reads the state that an earlier session saved. Parse makes of the file what the caller needs.
func (s *Session) Resume(parse func(*checkpoint.File) error) error {
	path := s.Dir.Path(checkpoint.StateName)
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		return fmt.Errorf("nothing to resume: %w", err)
	}
	if err := parse(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := f.JSON(checkpoint.KeyProgress, &s.Earlier); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := s.Earlier.SetTensors(f.State()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if _, err := os.Stat(s.Dir.Path(checkpoint.ModelName)); errors.Is(err, fs.ErrNotExist) {
		s.Earlier.Best = train.Validation{} // it was taken away with the model: the best of what follows is the new one
	}
	s.reported = history.HasReport(s.Dir) // before Begin, which forgets the page of a run that has made no step
	return nil
}

// Resumed reports whether there was an earlier session.
func (s *Session) Resumed() bool { return s.Earlier.Step > 0 }

// Loop makes the loop that trains the objective, from where an earlier session stopped.
func (s *Session) Loop(objective train.Objective, w *model.Workers, cfg train.Config) error {
	var err error
	s.loop, err = train.NewLoop(objective, w, cfg, train.Hooks{OnStep: s.onStep, Save: s.save})
	if err != nil || !s.Resumed() {
		return err
	}
	return s.loop.Restore(s.Earlier)
}

// Begin opens the history. Unit is what losses are means over, token or document, and limit one that no model can beat, or 0.
func (s *Session) Begin(unit string, limit float64) (err error) {
	s.History, err = history.Open(s.Dir, s.Earlier.Step, unit, limit)
	return err
}

// Reports reports whether the run has a page: one that is wished for, or that an earlier session began.
func (s *Session) Reports(wished bool) bool {
	return wished || s.reported
}

// Report begins the page of the run, or goes on with it.
func (s *Session) Report(about history.Description) error {
	return s.History.Report(about, s.Earlier.Step)
}

// Run trains to the end and closes the history.
func (s *Session) Run(ctx context.Context) (train.Result, error) {
	result, err := s.loop.Run(ctx)
	s.finished = true
	return result, errors.Join(err, s.History.Finish())
}

// Loss returns the loss in training over the last steps: that of the last record or, before the first, of all steps so far.
func (s *Session) Loss() float64 {
	if last := s.History.Last(); last.Step > 0 {
		return last.Loss
	}
	return s.loop.State().Pending.Loss()
}

// onStep writes a record down and passes it on.
func (s *Session) onStep(rec train.Record) error {
	if !s.planned {
		s.planned = true
		s.observer.Planned(s.loop.State().Plan.Steps)
	}
	if s.BeforeRecord != nil {
		if err := s.BeforeRecord(rec); err != nil {
			return err
		}
	}
	if err := s.History.Add(rec); err != nil {
		return err
	}
	s.observer.Step(rec)
	return nil
}

// save writes the model when it is the best, and the state at every other occasion. A run that has not validated yet has
// its last weights for a model.
func (s *Session) save(reason train.SaveReason, state train.State) error {
	f, err := s.File(state)
	if err != nil {
		return err
	}
	if reason == train.SaveBest || state.Best.Step == 0 {
		if err := s.Write(checkpoint.ModelName, f); err != nil || reason == train.SaveBest {
			return err
		}
	}
	if err := f.SetJSON(checkpoint.KeyProgress, state); err != nil {
		return err
	}
	f.Tensors = append(f.Tensors, state.Tensors()...)
	if err := s.History.Sync(); err != nil {
		return err
	}
	return s.Write(checkpoint.StateName, f)
}

// Write replaces a file of the run's directory.
func (s *Session) Write(name string, f *checkpoint.File) error {
	path := s.Dir.Path(name)
	if err := checkpoint.Write(path, f); err != nil {
		return err
	}
	s.observer.Saved(path)
	return nil
}
