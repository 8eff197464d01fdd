package kernel

import "math"

// AdamStep holds the numbers of one step of Adam (Kingma & Ba 2015, algorithm 1) or AdamW (Loshchilov & Hutter 2019).
type AdamStep struct {
	Rate         float32 // learning rate over 1−β1^t
	Beta1, Beta2 float32
	Correction   float32 // 1/√(1−β2^t)
	Epsilon      float32
	GradScale    float32 // factor on the gradient, from clipping
	L2           float32 // added to the gradient, times w (Adam)
	Decay        float32 // w is first multiplied by 1−Decay (AdamW: learning rate times weight decay)
}

// Adam updates the weights w and the moments m and v from the gradient g:
//
//	g' = GradScale·g + L2·w, m = β1·m + (1−β1)·g', v = β2·v + (1−β2)·g'²
//	w = (1−Decay)·w − Rate·m / (√v·Correction + ε)
func Adam(w, g, m, v []float32, s AdamStep) {
	n := len(w)
	adam(w, g[:n], m[:n], v[:n], &s)
}

func adamGeneric(w, g, m, v []float32, s *AdamStep) {
	for i := range w {
		gi := s.GradScale*g[i] + s.L2*w[i]
		m[i] = s.Beta1*m[i] + (1-s.Beta1)*gi
		v[i] = s.Beta2*v[i] + (1-s.Beta2)*gi*gi
		w[i] = (1-s.Decay)*w[i] - s.Rate*m[i]/(sqrt(v[i])*s.Correction+s.Epsilon)
	}
}

// SGDStep holds the numbers of one step of stochastic gradient descent.
type SGDStep struct {
	Rate      float32 // learning rate
	Momentum  float32
	GradScale float32 // factor on the gradient, from clipping
	L2        float32 // weight decay
}

// SGD updates the weights w from the gradient g; momentum may be nil when Momentum is 0 (PyTorch's form):
//
//	g' = GradScale·g + L2·w, momentum = Momentum·momentum + g', w −= Rate·momentum
func SGD(w, g, momentum []float32, s SGDStep) {
	n := len(w)
	if s.Momentum != 0 {
		momentum = momentum[:n]
	}
	sgd(w, g[:n], momentum, &s)
}

func sgdGeneric(w, g, momentum []float32, s *SGDStep) {
	for i := range w {
		gi := s.GradScale*g[i] + s.L2*w[i]
		if s.Momentum != 0 {
			momentum[i] = s.Momentum*momentum[i] + gi
			gi = momentum[i]
		}
		w[i] -= s.Rate * gi
	}
}

// RMSPropStep holds the numbers of one step of RMSProp.
type RMSPropStep struct {
	Rate, Alpha, Epsilon, GradScale, L2 float32
}

// RMSProp updates the weights w and the mean square v from the gradient g (Tieleman & Hinton 2012, PyTorch's form):
//
//	g' = GradScale·g + L2·w, v = α·v + (1−α)·g'², w −= Rate·g'/(√v + ε)
func RMSProp(w, g, v []float32, s RMSPropStep) {
	n := len(w)
	rmsProp(w, g[:n], v[:n], &s)
}

func rmsPropGeneric(w, g, v []float32, s *RMSPropStep) {
	for i := range w {
		gi := s.GradScale*g[i] + s.L2*w[i]
		v[i] = s.Alpha*v[i] + (1-s.Alpha)*gi*gi
		w[i] -= s.Rate * gi / (sqrt(v[i]) + s.Epsilon)
	}
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
