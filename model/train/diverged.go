package train

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// ErrDiverged is what every [DivergedError] wraps.
var ErrDiverged = errors.New("training diverged")

// DivergedError says that a value that is not finite turned up, or one that is far too large. Nothing was saved since.
type DivergedError struct {
	Step      int     // the step, from 1, in which it was found
	What      string  // "loss", "gradient", "weight", "state", "validation loss" or "saved tensor"
	Tensor    string  // the first tensor that has one, if there is one; else, for a loss, that of the largest gradient
	Layer     string  // to which part of the network the tensor belongs, as "layer 0", if its name tells
	Value     float64 // NaN or an infinity, or what is too large
	Before    float64 // running mean before a loss that leaps
	Rollbacks int     // how often the run had gone back to its last good state
}

// Error implements error.
func (e *DivergedError) Error() string {
	tried := ""
	if e.Rollbacks > 0 {
		tried = fmt.Sprintf(", after going back %d times to the last good state with half the learning rate", e.Rollbacks)
	}
	return fmt.Sprintf("%v at step %d: %s%s; lower the learning rate or the limit of the gradient's norm",
		ErrDiverged, e.Step, e.finding(), tried)
}

// finding says what was found.
func (e *DivergedError) finding() string {
	where := ""
	if e.Layer != "" {
		where = " (" + e.Layer + ")"
	}
	switch {
	case strings.HasSuffix(e.What, "loss") && finite(e.Value):
		return fmt.Sprintf("the %s leaps from about %.4g to %.4g nats%s", e.What, e.Before, e.Value, e.steepest(where))
	case e.What == "loss" && e.Tensor != "":
		return fmt.Sprintf("the loss is %v, and so is an element of %s%s", e.Value, e.Tensor, where)
	case strings.HasSuffix(e.What, "loss"):
		return fmt.Sprintf("the %s is %v%s", e.What, e.Value, e.steepest(where))
	case e.Tensor != "":
		return fmt.Sprintf("the %s of %s%s is %v", e.What, e.Tensor, where, e.Value)
	}
	return fmt.Sprintf("the %s is %v", e.What, e.Value)
}

// steepest names the tensor of the largest gradient, and where it is, if it is known.
func (e *DivergedError) steepest(where string) string {
	if e.Tensor == "" {
		return ""
	}
	return fmt.Sprintf("; the largest gradient is that of %s%s", e.Tensor, where)
}

// verdict returns what the guard says of the error.
func (e *DivergedError) verdict(f Facts) Verdict {
	kind := NonFinite
	if finite(e.Value) {
		kind = Exploding
	}
	v := f.verdict(kind, e.Step, e.Layer, e.finding())
	v.Tensor = e.Tensor
	return v
}

// Unwrap makes errors.Is(err, ErrDiverged) true.
func (e *DivergedError) Unwrap() error { return ErrDiverged }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
