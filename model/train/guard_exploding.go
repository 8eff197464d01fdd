package train

import "fmt"

// Gradients explode if, in some layer, that at a lag above growthLag is explodingGrowth times the greatest of those up to
// growthLag, or if their global norm is above explodingNorm.
//
// Measured on tinyshakespeare by characters at steps 1 to 200, windows of 64: LSTMs, GRUs and tanh networks with
// orthogonal weights have a growth below 1 and norms up to 2.8. Two tanh layers with recurrent weights started at 1.8 times
// their size have a growth of 7 to 16 and norms of 7 to 11 at step 1; one layer fed by an embedding of 16 has a growth
// above 100 and norms of 23; an IRNN on its way to a loss of 3,000 has norms of 1e6.
const (
	growthLag       = 4
	explodingGrowth = 2
	explodingNorm   = 20
)

func (w *watched) exploding(r Record, _ Facts) (v Verdict, found bool) {
	h := r.Health
	if h == nil {
		return v, false
	}
	clipped := fmt.Sprintf("%.0f %% of the steps were clipped, the largest norm was %.3g", 100*h.Clipped, h.NormMax)
	if h.NormMax > explodingNorm {
		return newVerdict(Exploding, h.Step, "", fmt.Sprintf("the norm of the gradients is above %d: %s", explodingNorm, clipped)), true
	}
	for i, layer := range h.Layers {
		if at, growth := layer.growth(h.Lags); growth > explodingGrowth {
			return newVerdict(Exploding, h.Step, layerName(i), fmt.Sprintf(
				"the gradient at lag %d is %.1f times the largest up to lag %d; %s", at, growth, growthLag, clipped)), true
		}
	}
	return v, false
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
