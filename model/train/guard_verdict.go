package train

import (
	"fmt"
	"strings"
)

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
	Mismatched  Kind = "mismatched"  // what is validated on is of another kind than what is learned from
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
		action = " The guard " + v.Action + "."
	}
	return fmt.Sprintf("%s at step %d%s: %s. %s. Try %s.%s", v.Kind, v.Step, where, v.Evidence, v.Cause, v.Try, action)
}

// verdict fills in the likely cause and what to try. Layer is empty unless the verdict is on one.
func (f Facts) verdict(k Kind, step int, layer, evidence string) Verdict {
	return Verdict{Kind: k, Step: step, Layer: layer, Evidence: evidence, Cause: causes[k], Try: f.remedy(k, layer)}
}

var causes = map[Kind]string{
	Vanishing:   "Each step back multiplies the gradient by less than 1, so that early tokens are not learned from",
	Exploding:   "Each step back multiplies the gradient by more than 1, or the updates are too large",
	NonFinite:   "Weights or updates were so large that numbers overflowed",
	Stalled:     "The learning rate is too small or far too large, or the network is too small",
	Saturated:   "Activations are at their limits, where their slope is near 0: weights have grown too large",
	Overfitting: "The network has more room than the text needs and learns it by heart",
	Mismatched:  "What is validated on is of another kind than the text learned from, as the last file of a folder, or the end of a log, may be",
}

// remedy returns the flags to try, the best first.
func (f Facts) remedy(k Kind, layer string) string {
	switch k {
	case Vanishing:
		return strings.Join(append(f.longer(), "--dilation 2 with several --layers"), "; ")
	case Exploding, NonFinite:
		if f.Window > 0 && strings.HasPrefix(layer, "layer") {
			return strings.Join(append(f.steadier(), f.calmer()), "; ")
		}
		return f.calmer()
	case Stalled:
		return fmt.Sprintf("%s, then %s; a larger --hidden", f.rate("three times", 3), f.rate("a third of", 1./3))
	case Saturated:
		return f.rate("a third of", 1./3) + "; --optimizer adamw --weight-decay 0.01"
	case Overfitting:
		if f.Window == 0 { // a classifier: with one layer, as it has by default, --dropout drops nothing
			return "more --head-dropout or --input-dropout, a smaller --hidden, more documents, or --patience 3 to end in time"
		}
		return "more --dropout, a smaller --hidden, more text, or --patience 5 to end in time"
	case Mismatched:
		return "--split streams:0.9, which validates on pieces from all over the text; --valid with text of the kind that matters"
	}
	return ""
}

const orthogonalFlag = "--init orthogonal without --recurrent-scale"

// longer returns flags for gradients that travel further back, but for those that the network has.
func (f Facts) longer() (flags []string) {
	switch {
	case !f.Gated:
		flags = append(flags, "--cell lstm or --cell gru")
	case f.Dependency > 0:
		flags = append(flags, fmt.Sprintf("--chrono %d", f.Dependency))
	}
	if !f.Orthogonal {
		flags = append(flags, orthogonalFlag)
	}
	return flags
}

// steadier returns flags for gradients that keep their size on their way back, but for those that the network has.
func (f Facts) steadier() (flags []string) {
	if !f.Orthogonal {
		flags = append(flags, orthogonalFlag)
	}
	if !f.Gated {
		flags = append(flags, "--cell lstm")
	}
	return flags
}

// calmer returns flags for smaller updates.
func (f Facts) calmer() string {
	const usualClip = 1
	if f.Clip == 0 || f.Clip > usualClip {
		return fmt.Sprintf("--clip %d; %s", usualClip, f.rate("half", 0.5))
	}
	return fmt.Sprintf("%s; --clip %.3g", f.rate("half", 0.5), f.Clip/4)
}

// rate returns the flag for a multiple of the learning rate, in words if that is not known.
func (f Facts) rate(words string, factor float64) string {
	if f.Rate == 0 {
		return words + " the --lr"
	}
	return fmt.Sprintf("--lr %.2g", factor*f.Rate)
}
