package train

import "github.com/textgen-go/textgen/model/optim"

// Hooks are told what happens in a run. Each may be nil; an error from one ends the run. They run between two steps, so
// that whatever they look at stands still.
type Hooks struct {
	// OnStep gets a record every LogEvery steps, at validations and at the end.
	OnStep func(Record) error

	// OnValidation gets every validation, and the best so far; if that is this one, their steps are equal. It comes
	// before the step's record.
	OnValidation func(v, best Validation) error

	// BeforeUpdate is called in every step when gradients have been found finite and nothing has been updated yet.
	BeforeUpdate func(Update) error

	// Save keeps the parameters and the state, whose tensors are live views: copy or write them before returning. All
	// values have been found finite. For SaveBest the parameters are what was validated, which may be averages; the state
	// is then none to resume from.
	Save func(SaveReason, State) error
}

// SaveReason says why a run is saved.
type SaveReason string

// The reasons.
const (
	SaveStart       SaveReason = "start"       // a new run begins: shows early whether saving works, and how long it takes
	SaveBest        SaveReason = "best"        // the last validation was the best so far
	SavePeriodic    SaveReason = "periodic"    // SaveEvery steps have passed
	SaveFinal       SaveReason = "final"       // the run is over
	SaveInterrupted SaveReason = "interrupted" // the context was cancelled
)

// Record is a line of a run's history. Losses are means in nats a token. A run that diverges ends with a record that holds
// the verdict on it, and the loss of its last batch alone: 3.403e+38 if that is no finite one.
type Record struct {
	Step            int      `json:"step"`                  // updates so far
	Tokens          int64    `json:"tokens"`                // tokens trained on so far
	Seconds         float64  `json:"seconds"`               // time so far, with validations and saves, over all sessions of a run
	Loss            float64  `json:"loss"`                  // over the steps since the last record
	ValidLoss       *float64 `json:"valid_loss,omitempty"`  // nil if there was no validation at this step
	ValidScore      *float64 `json:"valid_score,omitempty"` // nil if there was no finite score
	Rate            float64  `json:"lr"`                    // learning rate of this step
	GradNorm        float64  `json:"grad_norm"`             // of this step, before clipping
	TokensPerSecond float64  `json:"tokens_per_s"`          // since the last record, in steps alone

	Health   *Health   `json:"health,omitempty"`   // the last measurement, if there was one since the last record
	Verdicts []Verdict `json:"verdicts,omitempty"` // what went wrong since the last record
	Facts    *Facts    `json:"facts,omitempty"`    // in the first record of a run: what [Diagnose] needs
}

// Validation is what was measured after a step. Step is 0 in a Validation that stands for none.
type Validation struct {
	Step int `json:"step"`
	Metrics
}

// Update is what a step is about to do.
type Update struct {
	Step    int // the number of the step, from 1
	Batch   Batch
	Rate    float64
	Clipped optim.Clipped
	Clipper *optim.Clipper // the norms of each parameter's gradient
}
