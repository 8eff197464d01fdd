package train

import (
	"errors"
	"fmt"
	"math"
)

// ErrDiverged is what every [DivergedError] wraps.
var ErrDiverged = errors.New("training diverged")

// DivergedError says that a value that is not finite turned up. The parameters are as they were after the step before,
// and nothing was saved since.
type DivergedError struct {
	Step   int     // the step, from 1, in which it was found
	What   string  // "loss", "gradient", "validation loss" or "saved tensor"
	Tensor string  // the first tensor that has one, if What is a gradient or a saved tensor
	Value  float64 // NaN or an infinity
}

// Error implements error.
func (e *DivergedError) Error() string {
	where := ""
	if e.Tensor != "" {
		where = " of " + e.Tensor
	}
	return fmt.Sprintf("%v at step %d: the %s%s is %v; lower the learning rate or the limit of the gradient's norm",
		ErrDiverged, e.Step, e.What, where, e.Value)
}

// Unwrap makes errors.Is(err, ErrDiverged) true.
func (e *DivergedError) Unwrap() error { return ErrDiverged }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
