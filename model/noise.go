package model

import "sort"

// The kinds of what is drawn at random beside dropout, which counts the layers it stands before from 0.
const (
	embeddingNoise = (iota + 1) << 16
	weightNoise
	zoneoutNoise
)

// noiseKey derives the key of one random choice from that of the window.
func noiseKey(key uint64, kind, place int) uint64 { return dropoutKey(key, kind+place) }

// maskRow returns the row of a dropout's mask that belongs to a row of the sequence: with variational dropout, all rows
// of a stream have the same.
func (p *pass) maskRow(row int) int {
	if !p.cfg.Variational {
		return row
	}
	return p.seq.streamOf(row)
}

// streamOf returns the stream to which a row belongs.
func (s sequence) streamOf(row int) int {
	if s.lengths == nil {
		return row % s.streams
	}
	after := sort.SearchInts(s.offsets, row+1)
	return row - s.offsets[after-1]
}
