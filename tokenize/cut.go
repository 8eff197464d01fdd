package tokenize

import "bytes"

// cutter is the first two steps of encoding, for a text in pieces: it cuts out
// the special tokens that the text spells, and normalises what stands between.
type cutter struct {
	norm    normaliser
	raw     []byte // the end of the text so far, perhaps the start of a special token
	part    []byte // not normalised yet: what follows may combine with it
	pending []byte // normalised, not taken yet
	pos     int64  // offset of pending in the text
}

// sink receives what a cutter cuts.
type sink interface {
	// gap takes text between special tokens and returns how many of its
	// bytes it used. The rest is offered again with more behind it; but if
	// last is set, nothing follows, and gap must use everything.
	gap(text []byte, last bool) (used int)
	special(id int32)
}

// write passes on what text settles, and keeps the rest for the next call.
func (c *cutter) write(text []byte, to sink) {
	if len(c.raw) > 0 {
		c.raw = append(c.raw, text...)
		text = c.raw
	}
	text = c.cut(text, to)
	settled := len(text) - specialTail(text)
	c.between(text[:settled], false, to)
	c.raw = append(c.raw[:0], text[settled:]...)
}

// flush passes on text as the end of the whole text.
func (c *cutter) flush(text []byte, to sink) {
	if len(c.raw) > 0 {
		c.raw = append(c.raw, text...)
		text = c.raw
	}
	c.between(c.cut(text, to), true, to)
	c.raw = c.raw[:0]
}

// cut passes on text up to its last special token and returns the rest.
func (c *cutter) cut(text []byte, to sink) []byte {
	for {
		at, id := findSpecial(text)
		if at < 0 {
			return text
		}
		c.between(text[:at], true, to)
		to.special(id)
		size := len(specials[id])
		c.pos += int64(size)
		text = text[at+size:]
	}
}

// between normalises text, which holds no special token, and passes it on.
func (c *cutter) between(text []byte, last bool, to sink) {
	if c.norm.active() {
		c.normalise(text, last)
		text = nil
	}
	if len(c.pending) > 0 {
		c.pending = append(c.pending, text...)
		text = c.pending
	}
	if len(text) == 0 {
		return
	}
	used := to.gap(text, last)
	c.pos += int64(used)
	c.pending = append(c.pending[:0], text[used:]...)
}

// normalise moves the part of the text that is settled to pending.
func (c *cutter) normalise(text []byte, last bool) {
	known := len(c.part)
	if known > 0 {
		c.part = append(c.part, text...)
		text = c.part
	}
	settled := len(text)
	if !last {
		settled = c.norm.settled(text, known)
	}
	if known > 0 && settled == 0 {
		return // part has it all
	}
	c.pending = c.norm.append(c.pending, text[:settled])
	c.part = append(c.part[:0], text[settled:]...)
}

// findSpecial finds the first special token that text spells out; at is -1
// if there is none. No special token begins another, so the first is also the
// longest at its place.
func findSpecial(text []byte) (at int, id int32) {
	for at = 0; ; at++ {
		next := bytes.IndexByte(text[at:], '<')
		if next < 0 {
			return -1, 0
		}
		at += next
		for id, token := range specials {
			if len(text)-at >= len(token) && string(text[at:at+len(token)]) == token {
				return at, int32(id)
			}
		}
	}
}

// specialTail is the length of the end of text that may be the start of a
// special token.
func specialTail(text []byte) int {
	at := bytes.LastIndexByte(text, '<')
	if at < 0 {
		return 0
	}
	tail := text[at:]
	for _, token := range specials {
		if len(tail) < len(token) && token[:len(tail)] == string(tail) {
			return len(tail)
		}
	}
	return 0
}
