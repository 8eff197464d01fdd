package kernel

// TanhForward computes h = tanh(gates), the activation of an Elman cell; both are rows×H.
//
// The error is at most 4 ulp in the assembly.
func TanhForward(h, gates Matrix) {
	checkShapes(h.Rows, h.Cols, h, gates)
	tanhForward(h, gates)
}

func tanhForwardGeneric(h, gates Matrix) {
	for r := range h.Rows {
		copy(h.Row(r), gates.Row(r))
		tanhAll(h.Row(r))
	}
}

// TanhBackward overwrites gates with dh⊙(1−h²), the gradient of the pre-activations of [TanhForward].
func TanhBackward(gates, dh, h Matrix) {
	checkShapes(h.Rows, h.Cols, gates, dh, h)
	tanhBackward(gates, dh, h)
}

func tanhBackwardGeneric(gates, dh, h Matrix) {
	for r := range h.Rows {
		g, d := gates.Row(r), dh.Row(r)
		for j, v := range h.Row(r) {
			g[j] = d[j] * (1 - v*v)
		}
	}
}

// ReLUForward computes h = max(0, gates); NaN stays NaN.
func ReLUForward(h, gates Matrix) {
	checkShapes(h.Rows, h.Cols, h, gates)
	for r := range h.Rows {
		out := h.Row(r)
		for j, v := range gates.Row(r) {
			if v <= 0 {
				v = 0
			}
			out[j] = v
		}
	}
}

// ReLUBackward overwrites gates with dh where h > 0 (or h is NaN), else 0.
func ReLUBackward(gates, dh, h Matrix) {
	checkShapes(h.Rows, h.Cols, gates, dh, h)
	for r := range h.Rows {
		g, d := gates.Row(r), dh.Row(r)
		for j, v := range h.Row(r) {
			if v <= 0 {
				g[j] = 0
			} else {
				g[j] = d[j]
			}
		}
	}
}
