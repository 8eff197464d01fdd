package classify

import (
	"context"
	"io"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/internal/runner"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// TrainConfig asks for a training run.
type TrainConfig struct {
	Preset string // one of [Presets]; "" means medium
	// Override changes the settings that were proposed for the documents; nil: none. It may be called more than once.
	Override func(*Settings)

	Paths      []string  // labelled documents, as [corpora.OpenDocuments] takes them
	ValidPaths []string  // documents to validate on, instead of a part of Paths
	TestPaths  []string  // documents to report on, instead of those of validation
	Stdin      io.Reader // what "-" reads: documents in memory are Paths {"-"} with a reader of their lines
	Documents  corpora.DocumentOptions

	Vectors string // a file of word vectors to start from, see [ReadVectors]; "": none

	Out         string // the run's directory
	Force       bool   // replace a run that is there
	Resume      bool   // continue the run that is there; its settings and, if Paths is empty, its documents hold
	NoBaselines bool   // do not train the baselines beside the network
	Threads     int    // below 1: one for every core
	// Report keeps a page on the run in its directory, report.html, up to date; so does resuming a run that has one.
	Report bool

	Observer Observer // nil: none
}

// Observer is told how a run goes. Its methods are called one at a time.
type Observer interface {
	Started(Plan)           // the documents are read, the network is built
	Planned(steps int)      // the length of the run is known
	Step(train.Record)      // some steps have been made; what it calls a token is a document
	Saved(path string)      // a file is safely on the disk
	Warning(message string) // something that the user should know
	Doing(what string)      // what the run does before its steps or after them, which may take a while
}

// Plan says what is going to be trained on what.
type Plan struct {
	Paths      []string             `json:"-"` // those of TrainConfig, or of the run that is resumed
	Files      []string             `json:"files"`
	Labels     []corpora.LabelCount `json:"labels"` // of the documents to train on, by name
	Train      int                  `json:"train_documents"`
	Valid      int                  `json:"valid_documents"`
	Test       int                  `json:"test_documents"`
	Tokenizer  string               `json:"tokenizer"`
	VocabSize  int                  `json:"vocab_size"`
	Parameters int                  `json:"parameters"`
	Vectors    int                  `json:"vectors,omitempty"` // tokens that start from a vector of the file
	Settings   Settings             `json:"settings"`
	Resumed    int                  `json:"resumed,omitempty"` // steps that earlier sessions have made
}

// TrainResult is how a run ended.
type TrainResult struct {
	Out       string       `json:"out"`
	Ending    train.Ending `json:"ending"`
	Steps     int          `json:"steps"`
	Planned   int          `json:"planned_steps"`
	Documents int64        `json:"documents"` // trained on, repeats included
	Seconds   float64      `json:"seconds"`
	Loss      float64      `json:"loss"` // nats a document, over the last steps
	Report    *Report      `json:"report,omitempty"`

	Verdicts []train.Verdict `json:"verdicts,omitempty"` // what went wrong
}

// ErrExists says that the run's directory holds a run already.
var ErrExists = checkpoint.ErrExists

// Train trains a classifier and leaves it in the run's directory, with all that is needed to resume, and a report that
// sets it beside [Baselines] trained on the same documents. When ctx is cancelled, the run is saved after the current
// step and the error wraps that of ctx; the result is valid then, too, but has no report.
func Train(ctx context.Context, cfg TrainConfig) (*TrainResult, error) { return trainOn(ctx, cfg, nil) }

// trainOn trains on documents, or, if there are none, on those that cfg names.
func trainOn(ctx context.Context, cfg TrainConfig, docs *data) (*TrainResult, error) {
	if cfg.Observer == nil {
		cfg.Observer = silent{}
	}
	if cfg.Override == nil {
		cfg.Override = func(*Settings) {}
	}
	s, err := runner.Open(cfg.Out, runner.ModeOf(cfg.Resume, cfg.Force), cfg.Observer)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r := &run{cfg: cfg, session: s, observer: cfg.Observer, data: docs}
	defer r.close()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	return r.train(ctx)
}

// silent is what observes a run that nobody else does.
type silent struct{ runner.Silent }

func (silent) Started(Plan) {}
func (silent) Doing(string) {}
