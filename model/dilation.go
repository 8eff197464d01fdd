package model

// Dilated layers (Chang et al. 2017, section 2.1): the recurrent connection of layer l comes from Dilation^l steps ago,
// not from the step before. A gradient then reaches far back in few products, and a layer with distance d is d networks
// that take turns: over T steps of B streams it computes what one without dilation computes over T/d steps of d·B
// streams. Rows stand in the same places, so that a layer needs no more than another view of the sequence.

// dilation returns the distance over which a layer's recurrent connection goes.
func (c RecurrentConfig) dilation(layer int) int {
	distance := 1
	for range layer {
		distance *= max(1, c.Dilation)
	}
	return distance
}

// dilated returns the sequence as a layer with a dilation sees it. The streams must be equally long.
func (s sequence) dilated(distance int) sequence {
	if distance == 1 {
		return s
	}
	d := sequence{offsets: []int{0}, streams: distance * s.streams}
	for row := 0; row < s.rows(); {
		row = min(row+d.streams, s.rows())
		d.offsets = append(d.offsets, row)
	}
	return d
}
