//go:build !purego

package kernel

// Every function here calls the active implementation of what its generic twin specifies. Assembly takes a step's
// numbers in an array.

func adam(w, g, m, v []float32, s *AdamStep) {
	step := [...]float32{s.Rate, s.Beta1, 1 - s.Beta1, s.Beta2, 1 - s.Beta2, s.Correction, s.Epsilon, s.GradScale, s.L2, 1 - s.Decay}
	switch active {
	case avx512:
		adamAVX512(w, g, m, v, &step)
	case avx2:
		adamAVX2(w, g, m, v, &step)
	default:
		adamGeneric(w, g, m, v, s)
	}
}

func sgd(w, g, momentum []float32, s *SGDStep) {
	plain := [...]float32{s.Rate, s.GradScale, s.L2}
	heavy := [...]float32{s.Rate, s.GradScale, s.L2, s.Momentum}
	switch {
	case active == avx512 && s.Momentum == 0:
		sgdAVX512(w, g, &plain)
	case active == avx512:
		momentumAVX512(w, g, momentum, &heavy)
	case active == avx2 && s.Momentum == 0:
		sgdAVX2(w, g, &plain)
	case active == avx2:
		momentumAVX2(w, g, momentum, &heavy)
	default:
		sgdGeneric(w, g, momentum, s)
	}
}

func rmsProp(w, g, v []float32, s *RMSPropStep) {
	step := [...]float32{s.Rate, s.Alpha, 1 - s.Alpha, s.Epsilon, s.GradScale, s.L2}
	switch active {
	case avx512:
		rmsPropAVX512(w, g, v, &step)
	case avx2:
		rmsPropAVX2(w, g, v, &step)
	default:
		rmsPropGeneric(w, g, v, s)
	}
}
