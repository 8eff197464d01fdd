package train

import "fmt"

// A layer is saturated if saturatedShare of a gate is beyond the limits of [GateHealth], or deadShare of its units always
// give the same, in saturatedTimes measurements in a row after settlingSteps.
//
// Measured on tinyshakespeare, width 128, steps 1 to 200: at most 0.6 of a gate of LSTMs and GRUs, and of tanh networks;
// Karpathy et al. (2015, figure 4) find LSTM gates with most units saturated at times in well-trained networks, which is
// not wrong. No unit was dead, but 0.9 of those of an IRNN after its loss had leapt. Of two layers of LSTM on 5,400 Chinese
// characters, 0.98 of the gates of the second were saturated for 300 steps when the head's biases began at 0, and the
// validation loss then was 5.60; with biases that began with frequencies at most 0.56, and 5.16.
const (
	saturatedShare = 0.95
	deadShare      = 0.5
	saturatedTimes = 2
)

func (w *watched) saturation(r Record, f Facts) (v Verdict, found bool) {
	h := r.Health
	if h == nil || h.Step < settlingSteps {
		return v, false
	}
	for i, layer := range h.Layers {
		if evidence := layer.saturation(); evidence != "" {
			w.Saturated++
			return f.verdict(Saturated, h.Step, h.LayerName(i), evidence), w.Saturated >= saturatedTimes
		}
	}
	w.Saturated = 0
	return v, false
}

// saturation returns what is too saturated in a layer, or "".
func (l LayerHealth) saturation() string {
	if l.Dead > deadShare {
		return fmt.Sprintf("%.0f %% of the units always give the same", 100*l.Dead)
	}
	for _, g := range l.Gates {
		if g.Low+g.High > saturatedShare {
			return fmt.Sprintf("%.0f %% of gate %s is at its lower limit, %.0f %% at its upper", 100*g.Low, g.Name, 100*g.High)
		}
	}
	return ""
}
