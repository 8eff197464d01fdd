package generate

import (
	"context"
	"errors"
	"io"

	"github.com/textgen-go/textgen/internal/runner"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// TrainConfig asks for a training run.
type TrainConfig struct {
	Settings   Settings  // start from a [Preset]
	Paths      []string  // files, folders, globs or "-"; none: the built-in corpus
	ValidPaths []string  // text to validate on, instead of a part of Paths
	Stdin      io.Reader // what "-" reads: text in memory is Paths {"-"} with a strings.Reader

	Encoding          string // of the text, as in corpora.Options
	NormalizeNewlines bool

	Out    string // the run's directory
	Force  bool   // replace a run that is there
	Resume bool   // continue the run that is there, to its end; its settings hold, and its corpus if Paths is empty
	// From is a model to fine-tune, or to train longer than its run was to be: its tokenizer and its network hold, whatever
	// Settings says of them.
	From    string
	Threads int // below 1: one for every core
	// Report keeps a page on the run in its directory, report.html, up to date; so does resuming a run that has one.
	Report bool

	Observer Observer // nil: none
}

// Observer is told how a run goes. Its methods are called one at a time.
type Observer interface {
	Started(Plan)           // the corpus is read, the network is built
	Planned(steps int)      // the length of the run is known
	Step(train.Record)      // some steps have been made
	Saved(path string)      // a file is safely on the disk
	Warning(message string) // something that the user should know
}

// Plan says what is going to be trained on what.
type Plan struct {
	Corpus      []string `json:"corpus"`
	Chars       int64    `json:"chars"`
	TrainTokens int      `json:"train_tokens"`
	ValidTokens int      `json:"valid_tokens"`
	Tokenizer   string   `json:"tokenizer"`
	VocabSize   int      `json:"vocab_size"`
	Parameters  int      `json:"parameters"`
	Settings    Settings `json:"settings"`
	Limit       float64  `json:"limit,omitempty"`   // nats a token that no model can beat, where it is known
	Resumed     int      `json:"resumed,omitempty"` // steps that earlier sessions have made
}

// TrainResult is how a run ended.
type TrainResult struct {
	Out       string       `json:"out"`
	Ending    train.Ending `json:"ending"`
	Steps     int          `json:"steps"`
	Planned   int          `json:"planned_steps"`
	Tokens    int64        `json:"tokens"`
	Seconds   float64      `json:"seconds"`
	Loss      float64      `json:"loss"`                 // nats a token, over the last steps
	ValidLoss float64      `json:"valid_loss,omitempty"` // of the best validation
	Limit     float64      `json:"limit,omitempty"`

	Verdicts []train.Verdict `json:"verdicts,omitempty"` // what went wrong
}

// ErrExists says that the run's directory holds a run already.
var ErrExists = checkpoint.ErrExists

// Train trains a model and leaves it in the run's directory, with all that is needed to resume. When ctx is cancelled, the
// run is saved after the current step and the error wraps that of ctx; the result is valid then, too.
func Train(ctx context.Context, cfg TrainConfig) (*TrainResult, error) {
	if cfg.Resume && cfg.From != "" {
		return nil, errors.New("a run is either resumed or started from a model: use one of the two")
	}
	if cfg.Observer == nil {
		cfg.Observer = silent{}
	}
	s, err := runner.Open(cfg.Out, runner.ModeOf(cfg.Resume, cfg.Force), cfg.Observer)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r := &run{cfg: cfg, session: s, observer: cfg.Observer}
	defer r.close()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	return r.train(ctx)
}

// silent is what observes a run that nobody else does.
type silent struct{ runner.Silent }

func (silent) Started(Plan) {}
