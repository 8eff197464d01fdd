package kernel

// GRUForward computes one time step of a GRU cell (Cho et al. 2014, in the form of PyTorch and cuDNN) for a number of
// rows. Gates (rows×3H) holds W_i·x + b_i and hidden (rows×3H) W_h·hPrev + b_h, both in the order r, z, n; gates is
// replaced by the activations, hidden stays; h and hPrev are rows×H:
//
//	r, z = σ(gates + hidden), n = tanh(gates + r⊙hidden)
//	h = (1−z)⊙n + z⊙hPrev
//
// Extremes, NaN and errors of r and z are as in i and f of [LSTMForward]; n errs by at most 4 ulp.
func GRUForward(h, gates, hidden, hPrev Matrix) {
	checkShapes(h.Rows, h.Cols, h, hPrev)
	checkShapes(h.Rows, 3*h.Cols, gates, hidden)
	gruForward(h, gates, hidden, hPrev)
}

// GRUBackward computes the gradients of [GRUForward]. Gates (the activations) is replaced by the gradients of W_i·x +
// b_i, hidden by those of W_h·hPrev + b_h; dh is the gradient of h; to dhPrev is added the part of the gradient of hPrev
// that does not pass through hidden:
//
//	dn = dh⊙(1−z)⊙(1−n²), dz = dh⊙(hPrev−n)⊙z(1−z), dr = dn⊙hidden_n⊙r(1−r)
//	dgates = (dr, dz, dn), dhidden = (dr, dz, dn⊙r), dhPrev += dh⊙z
func GRUBackward(gates, hidden, dhPrev, dh, hPrev Matrix) {
	checkShapes(dh.Rows, dh.Cols, dhPrev, dh, hPrev)
	checkShapes(dh.Rows, 3*dh.Cols, gates, hidden)
	gruBackward(gates, hidden, dhPrev, dh, hPrev)
}

func gruForwardGeneric(h, gates, hidden, hPrev Matrix) {
	n := h.Cols
	for row := range h.Rows {
		gate, hid, prev, out := gates.Row(row), hidden.Row(row), hPrev.Row(row), h.Row(row)
		addGeneric(gate[:2*n], hid)
		sigmoidAll(gate[:2*n])
		for j := range n {
			gate[2*n+j] += gate[j] * hid[2*n+j]
		}
		tanhAll(gate[2*n:])
		for j := range n {
			z := gate[n+j]
			out[j] = (1-z)*gate[2*n+j] + z*prev[j]
		}
	}
}

func gruBackwardGeneric(gates, hidden, dhPrev, dh, hPrev Matrix) {
	n := dh.Cols
	for row := range dh.Rows {
		gate, hid, prev := gates.Row(row), hidden.Row(row), hPrev.Row(row)
		d, out := dh.Row(row), dhPrev.Row(row)
		for j := range n {
			r, z, c := gate[j], gate[n+j], gate[2*n+j]
			dn := d[j] * (1 - z) * (1 - c*c)
			dz := d[j] * (prev[j] - c) * z * (1 - z)
			dr := dn * hid[2*n+j] * r * (1 - r)
			gate[j], gate[n+j], gate[2*n+j] = dr, dz, dn
			hid[j], hid[n+j], hid[2*n+j] = dr, dz, dn*r
			out[j] += d[j] * z
		}
	}
}
