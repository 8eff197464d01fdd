//go:build !purego

package kernel

// Every function here calls the active implementation of what its generic twin specifies. Shapes have been checked.

func lstmForward(h, c, tanhC, gates, cPrev Matrix) {
	switch {
	case active == generic || h.Rows == 0 || h.Cols == 0:
		lstmForwardGeneric(h, c, tanhC, gates, cPrev)
	case active == avx512:
		lstmForwardAVX512(&h.Data[0], &c.Data[0], &tanhC.Data[0], &gates.Data[0], &cPrev.Data[0], h.Rows, h.Cols,
			h.bytes(), c.bytes(), tanhC.bytes(), gates.bytes(), cPrev.bytes())
	case active == avx2:
		lstmForwardAVX2(&h.Data[0], &c.Data[0], &tanhC.Data[0], &gates.Data[0], &cPrev.Data[0], h.Rows, h.Cols,
			h.bytes(), c.bytes(), tanhC.bytes(), gates.bytes(), cPrev.bytes())
	}
}

func lstmBackward(gates, dc, dh, cPrev, tanhC Matrix) {
	switch {
	case active == generic || dh.Rows == 0 || dh.Cols == 0:
		lstmBackwardGeneric(gates, dc, dh, cPrev, tanhC)
	case active == avx512:
		lstmBackwardAVX512(&gates.Data[0], &dc.Data[0], &dh.Data[0], &cPrev.Data[0], &tanhC.Data[0], dh.Rows, dh.Cols,
			gates.bytes(), dc.bytes(), dh.bytes(), cPrev.bytes(), tanhC.bytes())
	case active == avx2:
		lstmBackwardAVX2(&gates.Data[0], &dc.Data[0], &dh.Data[0], &cPrev.Data[0], &tanhC.Data[0], dh.Rows, dh.Cols,
			gates.bytes(), dc.bytes(), dh.bytes(), cPrev.bytes(), tanhC.bytes())
	}
}

func gruForward(h, gates, hidden, hPrev Matrix) {
	switch {
	case active == generic || h.Rows == 0 || h.Cols == 0:
		gruForwardGeneric(h, gates, hidden, hPrev)
	case active == avx512:
		gruForwardAVX512(&h.Data[0], &gates.Data[0], &hidden.Data[0], &hPrev.Data[0], h.Rows, h.Cols,
			h.bytes(), gates.bytes(), hidden.bytes(), hPrev.bytes())
	case active == avx2:
		gruForwardAVX2(&h.Data[0], &gates.Data[0], &hidden.Data[0], &hPrev.Data[0], h.Rows, h.Cols,
			h.bytes(), gates.bytes(), hidden.bytes(), hPrev.bytes())
	}
}

func gruBackward(gates, hidden, dhPrev, dh, hPrev Matrix) {
	switch {
	case active == generic || dh.Rows == 0 || dh.Cols == 0:
		gruBackwardGeneric(gates, hidden, dhPrev, dh, hPrev)
	case active == avx512:
		gruBackwardAVX512(&gates.Data[0], &hidden.Data[0], &dhPrev.Data[0], &dh.Data[0], &hPrev.Data[0], dh.Rows, dh.Cols,
			gates.bytes(), hidden.bytes(), dhPrev.bytes(), dh.bytes(), hPrev.bytes())
	case active == avx2:
		gruBackwardAVX2(&gates.Data[0], &hidden.Data[0], &dhPrev.Data[0], &dh.Data[0], &hPrev.Data[0], dh.Rows, dh.Cols,
			gates.bytes(), hidden.bytes(), dhPrev.bytes(), dh.bytes(), hPrev.bytes())
	}
}

func tanhForward(h, gates Matrix) {
	switch {
	case active == generic || h.Rows == 0 || h.Cols == 0:
		tanhForwardGeneric(h, gates)
	case active == avx512:
		tanhForwardAVX512(&h.Data[0], &gates.Data[0], h.Rows, h.Cols,
			h.bytes(), gates.bytes())
	case active == avx2:
		tanhForwardAVX2(&h.Data[0], &gates.Data[0], h.Rows, h.Cols,
			h.bytes(), gates.bytes())
	}
}

func tanhBackward(gates, dh, h Matrix) {
	switch {
	case active == generic || h.Rows == 0 || h.Cols == 0:
		tanhBackwardGeneric(gates, dh, h)
	case active == avx512:
		tanhBackwardAVX512(&gates.Data[0], &dh.Data[0], &h.Data[0], h.Rows, h.Cols,
			gates.bytes(), dh.bytes(), h.bytes())
	case active == avx2:
		tanhBackwardAVX2(&gates.Data[0], &dh.Data[0], &h.Data[0], h.Rows, h.Cols,
			gates.bytes(), dh.bytes(), h.bytes())
	}
}
