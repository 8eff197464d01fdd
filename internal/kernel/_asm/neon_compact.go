package main

// compactNEON writes products of one row by compact weights.
func compactNEON(n *neon) {
	gemvBF16NEON(n)
	gemvInt8NEON(n)
}

// gemvBF16NEON writes gemv1x32NEON for words of two bfloat16.
func gemvBF16NEON(n *neon) {
	n.function("gemvBF16NEON", "a *float32, b *uint32, c *float32, start *float32, k int, panel int",
		`gemvBF16NEON is gemv1x32NEON for panels of bfloat16: a word of b holds rows k, in its lower half, and k+1 of a column. If k
is odd, the last words' upper halves are not used.`)
	n.emit("MOVW $0xffff0000, R9")
	n.emit("VDUP R9, V6.S4")
	n.fourPanels()
	row := func(lower, upper int) { // lanes of V4; a negative one is left out
		for p := range panelsNEON {
			n.emit("VLD1.P 32(R%d), [V0.S4, V1.S4]", panelsNEON[p])
			for i := range 2 {
				n.emit("VSHL $16, V%d.S4, V2.S4", i)
				n.multiplyAdd(8+2*p+i, 2, 4, lower)
				if upper >= 0 {
					n.emit("VAND V6.B16, V%d.B16, V3.B16", i)
					n.multiplyAdd(8+2*p+i, 3, 4, upper)
				}
			}
		}
	}
	n.label("loop")
	n.emit("CMP $4, R4")
	n.emit("BLT rest")
	n.emit("VLD1.P 16(R0), [V4.S4]")
	row(0, 1)
	row(2, 3)
	n.emit("SUB $4, R4")
	n.emit("B loop")
	n.label("rest")
	n.emit("CMP $2, R4")
	n.emit("BLT last")
	n.emit("VLD1.P 8(R0), [V4.S2]")
	row(0, 1)
	n.emit("SUB $2, R4")
	n.label("last")
	n.emit("CBZ R4, done")
	n.emit("VLD1R (R0), [V4.S4]")
	row(0, -1)
	n.storePanels()
}

// gemvInt8NEON writes the product of one row by int8, of four parts of a panel with four registers of sums each.
func gemvInt8NEON(n *neon) {
	n.function("gemvInt8NEON", "a *int8, b *uint32, c *float32, start *float32, factors *float32, scales *float32, k int, panel int",
		`gemvInt8NEON computes a row of C from multiples and four parts of a panel, panel bytes apart: for p < 4 and j < 16,

	c[p*16+j] = start[p*16+j] + float32(Σ_k a[k]·b[p*panel+k*16+j])·(factors[0]·scales[p*16+j])

where k counts words of four int8 and a product of words is the sum of those of their bytes. A nil start is 0. It needs SDOT.`)
	at := [4]int{1, 8, 9, 10}
	for p := 1; p < len(at); p++ {
		n.emit("ADD R7, R%d, R%d", at[p-1], at[p])
	}
	const sums = 8
	for v := range 16 {
		n.emit("VEOR V%d.B16, V%d.B16, V%d.B16", sums+v, sums+v, sums+v)
	}
	word := func(lane int) {
		for p := range at {
			n.emit("VLD1.P 64(R%d), [V0.S4, V1.S4, V2.S4, V3.S4]", at[p])
			for i := range 4 {
				n.dot(sums+4*p+i, i, 4, lane)
			}
		}
	}
	n.byFours("R6", word)
	n.label("done")
	n.storeInt8(sums)
}

// storeInt8 scales 16 registers of integers, adds what R3 has, if it is not 0, and stores them.
func (n *neon) storeInt8(sums int) {
	n.emit("VLD1R (R4), [V5.S4]")
	for v := range 16 {
		n.emit("VLD1.P 16(R5), [V0.S4]")
		n.op("FMUL", 0, 5, 0)
		n.op("SCVTF", sums+v, sums+v)
		n.op("FMUL", sums+v, sums+v, 0)
	}
	n.emit("CBZ R3, store")
	for v := range 16 {
		n.emit("VLD1.P 16(R3), [V0.S4]")
		n.op("FADD", sums+v, 0, sums+v)
	}
	n.label("store")
	for v := 0; v < 16; v += 2 {
		n.emit("VST1.P [V%d.S4, V%d.S4], 32(R2)", sums+v, sums+v+1)
	}
	n.emit("RET")
}

// dot writes sum += the products of four bytes of x and of the word y[lane]: SDOT by element (0|1|0|01111|10|L|M|Rm|1110|H|0|Rn|Rd).
func (n *neon) dot(sum, x, y, lane int) {
	n.emit("WORD $%#08x // SDOT V%d.B4[%d], V%d.B16, V%d.S4", 0x4f80e000|element(y, lane)|x<<5|sum, y, lane, x, sum)
}

// element encodes a lane of a register in an instruction that multiplies by it.
func element(v, lane int) int { return lane&1<<21 | lane>>1<<11 | v<<16 }
