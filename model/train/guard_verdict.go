package train

import "fmt"

// Kind names what is wrong with a training.
type Kind string

// The kinds.
const (
	Vanishing   Kind = "vanishing"   // gradients do not reach as far back as the text depends on itself
	Exploding   Kind = "exploding"   // gradients grow on their way back, or the loss leaps
	NonFinite   Kind = "non-finite"  // a value is NaN or infinite
	Stalled     Kind = "stalled"     // the loss does not fall
	Saturated   Kind = "saturated"   // gates or units hardly react any more
	Overfitting Kind = "overfitting" // the network learns its text by heart
)

// Verdict says that something is wrong, and what to do.
type Verdict struct {
	Kind     Kind   `json:"kind"`
	Step     int    `json:"step"`
	Layer    string `json:"layer,omitempty"`  // part of the network, if it is one
	Tensor   string `json:"tensor,omitempty"` // if it is one
	Evidence string `json:"evidence"`         // the figures
	Cause    string `json:"cause"`            // the likely one
	Try      string `json:"try"`              // flags of textgen train, the best first
	Action   string `json:"action,omitempty"` // what the guard did about it
}

// String returns the verdict as a line of text.
func (v Verdict) String() string {
	where := ""
	if v.Layer != "" {
		where = " (" + v.Layer + ")"
	}
	action := ""
	if v.Action != "" {
		action = " " + v.Action + "."
	}
	return fmt.Sprintf("%s at step %d%s: %s. %s. Try %s.%s", v.Kind, v.Step, where, v.Evidence, v.Cause, v.Try, action)
}

// advice is what is the same in all verdicts of a kind.
var advice = map[Kind]struct{ cause, try string }{
	Vanishing: {
		"Each step back multiplies the gradient by less than 1, so that early tokens are not learned from",
		"--cell lstm or --cell gru; else --init orthogonal",
	},
	Exploding: {
		"Each step back multiplies the gradient by more than 1, or the updates are too large",
		"--clip 1, then half the --lr; --init orthogonal if the recurrent weights start large",
	},
	NonFinite: {
		"The updates were so large that numbers overflowed",
		"half the --lr, or a smaller --clip",
	},
	Stalled: {
		"The learning rate is too small or far too large, or the network is too small",
		"three times the --lr, then a third of it",
	},
	Saturated: {
		"Activations are at their limits, where their slope is near 0: weights have grown too large",
		"a smaller --lr; --weight-decay 0.01 with --optimizer adamw",
	},
	Overfitting: {
		"The network has more room than the text needs and learns it by heart",
		"more --dropout, a smaller --hidden, more text, or --patience 5 to end in time",
	},
}

// newVerdict fills in what is the same in all verdicts of a kind.
func newVerdict(k Kind, step int, layer, evidence string) Verdict {
	return Verdict{Kind: k, Step: step, Layer: layer, Evidence: evidence, Cause: advice[k].cause, Try: advice[k].try}
}
