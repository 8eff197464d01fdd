package train

import "fmt"

// Gradients explode if, in some layer, that at a lag above growthLag is explodingGrowth times the greatest of those up to
// growthLag and their global norm is above growthNorm, or if that norm is above explodingNorm. They are also said to explode if a recurrent matrix without
// gates is larger than explodingGain, which by itself lengthens them by so much in every step (a gain above 1 is what
// explosion needs: Pascanu et al. 2013, section 2.2), and all that holds them is the slope of the activation, barely: they
// keep levelGain of themselves in each step over the whole window.
//
// Measured on tinyshakespeare by characters at steps 1 to 200, windows of 64: LSTMs, GRUs and tanh networks with
// orthogonal weights have a growth below 1 and norms up to 2.8. Two tanh layers with recurrent weights started at 1.8 times
// their size have a growth of 7 to 16 and norms of 7 to 11 at step 1; one layer fed by an embedding of 16 has a growth
// above 100 and norms of 23; an IRNN on its way to a loss of 3,000 has norms of 1e6. One tanh layer started at 1.8 times its
// size and fed by an embedding as wide as itself (64, 128, 256) keeps 0.97 to 0.99 in each step at step 1, one of the usual
// size 0.63.
//
// Where the norm is small, a later lag may have the larger gradient by chance: an LSTM of 128 units that read a log by words
// had a growth of 2.2 in one measurement, with a norm of 0.17 and nothing wrong before and after.
//
// Layer norm stretches the states near zero with which a run begins. LSTMs of 128 and 256 units with it have a growth of 8 to
// 22 in their first steps, of 3 at most in step 15 and below 0.3 from step 20 on: growth counts from step normalisedFrom on.
//
// Of a classifier, whose batches are uneven and whose gradients come from all tokens, only a norm above unevenNorm tells:
// those of healthy ones on names, SMS and newswire were up to 15.
const (
	growthLag       = 4
	explodingGrowth = 2
	growthNorm      = 1
	explodingNorm   = 20
	unevenNorm      = 100
	explodingGain   = 1.5
	levelGain       = 0.95
	normalisedFrom  = 25
)

func (w *watched) exploding(r Record, f Facts) (v Verdict, found bool) {
	h := r.Health
	if h == nil {
		return v, false
	}
	layer, evidence := h.explosion(f)
	if evidence == "" {
		return v, false
	}
	return f.verdict(Exploding, h.Step, layer, fmt.Sprintf(
		"%s; %.0f %% of the steps were clipped, the largest norm was %.3g", evidence, 100*h.Clipped, h.NormMax)), true
}

// explosion returns what explodes and in which layer, or "".
func (h *Health) explosion(f Facts) (layer, evidence string) {
	bound := float64(explodingNorm)
	if f.Window == 0 {
		bound = unevenNorm
	}
	if h.NormMax > bound {
		name := h.steepest()
		return layerOf(name), fmt.Sprintf("the norm of the gradients is above %.0f, most of it in %s", bound, name)
	}
	if f.Window == 0 { // gradients do not come from the end alone
		return "", ""
	}
	judged := h.NormMax > growthNorm && (!f.Normalised || h.Step >= normalisedFrom)
	for i, l := range h.Layers {
		if at, growth := l.growth(h.Lags); judged && growth > explodingGrowth {
			return layerName(i), fmt.Sprintf("the gradient at lag %d is %.1f times the largest up to lag %d", at, growth, growthLag)
		}
		if kept := l.kept(h.Lags); l.Gain > explodingGain && kept > levelGain {
			return layerName(i), fmt.Sprintf(
				"the recurrent weights lengthen a gradient %.1f times in each step, and activations hardly make up for it: %.0f %% is kept", l.Gain, 100*kept)
		}
	}
	return "", ""
}

// steepest returns the name of the parameter with the greatest gradient.
func (h *Health) steepest() string {
	var most ParameterHealth
	for _, p := range h.Parameters {
		if p.Gradient > most.Gradient || most.Name == "" {
			most = p
		}
	}
	return most.Name
}

// growth returns the lag above growthLag at which the gradient is the largest, and by which factor it is above those up
// to growthLag.
func (l LayerHealth) growth(lags []int) (at int, factor float64) {
	var near, far float64
	for i, k := range lags {
		switch g := l.Gradient[i]; {
		case k <= growthLag:
			near = max(near, g)
		case g > far:
			far, at = g, k
		}
	}
	if near == 0 {
		return 0, 0
	}
	return at, far / near
}

// kept returns what the layer keeps over the whole window, or 0 where that is short.
func (l LayerHealth) kept(lags []int) float64 {
	if len(lags) == 0 || lags[len(lags)-1] < shortestLag {
		return 0
	}
	return l.keeps(lags, lags[len(lags)-1])
}
