package train

import (
	"context"
	"slices"

	"github.com/textgen-go/textgen/model"
)

// Objective is what a loop trains: a model, its data and its loss.
type Objective interface {
	// Parameters returns the model's parameters, always the same and in the same order.
	Parameters() []*model.Parameter

	// StepsPerEpoch returns the number of steps in which the training data is seen once.
	StepsPerEpoch() int

	// Step works out the loss of the next batch and overwrites the gradient of every parameter with that of the mean
	// loss a token.
	Step() (Batch, error)

	// Updated tells the objective that the values of the parameters have changed: after every update, and before the
	// first step of a run.
	Updated()

	// Validate measures the model on data that it is not trained on. It changes nothing that Step uses, and gives the
	// same bits whenever the parameters are the same. When ctx is done it returns an error that wraps ctx's.
	Validate(ctx context.Context) (Metrics, error)

	// Position returns how far training has come in the data, with live views of tensors that the next Step changes.
	Position() Position

	// Restore goes back to a position. It fails, and changes nothing, if the position belongs to other data.
	Restore(Position) error
}

// Batch is the loss of one step.
type Batch struct {
	Nats   float64 // sum over tokens of −ln p
	Tokens int
}

// Metrics are the outcome of a validation.
type Metrics struct {
	Loss   float64  `json:"loss"`            // mean, in nats a token
	Score  *float64 `json:"score,omitempty"` // of which more is better, as a classifier's macro-F1; nil if there is none
	Tokens int      `json:"tokens"`          // number of tokens scored
}

// Position says how far training has come in the data. What is random in an objective follows from Seed, Epoch and
// Batch, so that no generator needs to be saved.
type Position struct {
	Epoch   int           `json:"epoch"`   // epochs before this one
	Batch   int           `json:"batch"`   // batches of this epoch that are done
	Batches int           `json:"batches"` // batches in an epoch
	Seed    uint64        `json:"seed"`
	Tensors []model.Named `json:"-"` // for example the hidden state of the streams
}

func (p Position) clone() Position {
	p.Tensors = cloneTensors(p.Tensors)
	return p
}

func cloneTensors(tensors []model.Named) []model.Named {
	out := make([]model.Named, len(tensors))
	for i, t := range tensors {
		out[i] = model.Named{Name: t.Name, Shape: slices.Clone(t.Shape), Data: slices.Clone(t.Data)}
	}
	return out
}
