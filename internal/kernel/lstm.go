package kernel

// LSTMForward computes one time step of an LSTM cell (Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al.
// 2000) for a number of rows. Gates (rows×4H) holds the pre-activations in PyTorch's order i, f, g, o and is replaced by
// the activations; cPrev, c, tanhC and h are rows×H:
//
//	i, f, o = σ(·), g = tanh(·)
//	c = f⊙cPrev + i⊙g, tanhC = tanh c, h = o⊙tanhC
//
// In AVX2 and AVX-512, pre-activations of σ count as ±43 beyond that, where σ is 1 or 2·10⁻¹⁹, and where one gate of a cell
// is a NaN, others of it may be NaN, too. The errors are at most 12 ulp in i, f and o, 5 where |x| ≤ 10, 5 ulp in g, which
// can be 1 ulp beyond ±1, and 4 in tanhC.
func LSTMForward(h, c, tanhC, gates, cPrev Matrix) {
	checkShapes(h.Rows, h.Cols, h, c, tanhC, cPrev)
	checkShapes(h.Rows, 4*h.Cols, gates)
	lstmForward(h, c, tanhC, gates, cPrev)
}

// LSTMBackward computes the gradients of [LSTMForward]. Gates holds the activations and is replaced by the gradients of
// the pre-activations; dh is the gradient of h; dc holds the gradient of c that came from the next step and is replaced
// by the gradient of cPrev:
//
//	dc += dh⊙o⊙(1−tanhC²)
//	do = dh⊙tanhC⊙o(1−o), di = dc⊙g⊙i(1−i), df = dc⊙cPrev⊙f(1−f), dg = dc⊙i⊙(1−g²)
//	dcPrev = dc⊙f
func LSTMBackward(gates, dc, dh, cPrev, tanhC Matrix) {
	checkShapes(dh.Rows, dh.Cols, dc, dh, cPrev, tanhC)
	checkShapes(dh.Rows, 4*dh.Cols, gates)
	lstmBackward(gates, dc, dh, cPrev, tanhC)
}

func lstmForwardGeneric(h, c, tanhC, gates, cPrev Matrix) {
	n := h.Cols
	for r := range h.Rows {
		gate, prev := gates.Row(r), cPrev.Row(r)
		hr, cr, tr := h.Row(r), c.Row(r), tanhC.Row(r)
		sigmoidAll(gate[:2*n])
		tanhAll(gate[2*n : 3*n])
		sigmoidAll(gate[3*n:])
		for j := range n {
			cr[j] = gate[n+j]*prev[j] + gate[j]*gate[2*n+j]
		}
		copy(tr, cr)
		tanhAll(tr)
		for j := range n {
			hr[j] = gate[3*n+j] * tr[j]
		}
	}
}

func lstmBackwardGeneric(gates, dc, dh, cPrev, tanhC Matrix) {
	n := dh.Cols
	for r := range dh.Rows {
		gate, prev := gates.Row(r), cPrev.Row(r)
		dhr, dcr, tr := dh.Row(r), dc.Row(r), tanhC.Row(r)
		for j := range n {
			i, f, g, o, t := gate[j], gate[n+j], gate[2*n+j], gate[3*n+j], tr[j]
			d := dcr[j] + dhr[j]*o*(1-t*t)
			gate[j] = d * g * i * (1 - i)
			gate[n+j] = d * prev[j] * f * (1 - f)
			gate[2*n+j] = d * i * (1 - g*g)
			gate[3*n+j] = dhr[j] * t * o * (1 - o)
			dcr[j] = d * f
		}
	}
}
