package tokenize

import "iter"

// native is a tokenizer of this package's own.
type native interface {
	Tokenizer
	normaliser() normaliser

	// encode appends the ids of text, which is normalised and holds no
	// special tokens, and returns how many bytes of text it used. Unless
	// last is set, text goes on, and encode leaves the end that what follows
	// may change. Offsets of unknown pieces count from the start of text.
	encode(dst []int32, text []byte, last bool, unknown *unknowns) (ids []int32, used int)
}

// Encoder turns a text that arrives in pieces into ids: the same ids as those
// of the whole text, wherever it was cut. Of a tokenizer that is not this
// package's own it keeps the whole text until Flush.
//
// An Encoder serves one text at a time, in one goroutine.
type Encoder struct {
	t       Tokenizer
	own     native // t, if it is one of ours
	cut     cutter
	foreign []byte // the text so far, if t is not ours
	ids     []int32
	unknown unknowns
}

// NewEncoder returns an Encoder at the start of a text.
func NewEncoder(t Tokenizer) *Encoder {
	e := &Encoder{t: t}
	if own, ok := t.(native); ok {
		e.own = own
		e.cut.norm = own.normaliser()
	}
	return e
}

// Append appends the ids that the text so far settles to dst. Up to a word may
// be held back until the next call. It does not keep chunk.
func (e *Encoder) Append(dst []int32, chunk []byte) []int32 {
	if e.own == nil {
		e.foreign = append(e.foreign, chunk...)
		return dst
	}
	e.ids = dst
	e.cut.write(chunk, e)
	return e.take()
}

// Flush ends the text: it appends the ids of what was held back. The Encoder
// is then at the start of a new text; Unknown goes on counting.
func (e *Encoder) Flush(dst []int32) []int32 { return e.finish(dst, nil) }

// finish encodes text as the end of the whole text, without copying it.
func (e *Encoder) finish(dst []int32, text []byte) []int32 {
	if e.own == nil {
		return e.finishForeign(dst, text)
	}
	e.ids = dst
	e.cut.flush(text, e)
	return e.take()
}

func (e *Encoder) finishForeign(dst []int32, text []byte) []int32 {
	dst, unknown := e.t.AppendIDs(dst, append(e.foreign, text...))
	if e.unknown.Count == 0 {
		e.unknown.Unknowns = unknown
	} else {
		e.unknown.Count += unknown.Count
	}
	e.foreign = e.foreign[:0]
	return dst
}

// Unknown tells what became Unknown so far.
func (e *Encoder) Unknown() Unknowns { return e.unknown.Unknowns }

// take returns the ids and forgets them: they are the caller's.
func (e *Encoder) take() []int32 {
	ids := e.ids
	e.ids = nil
	return ids
}

// gap implements sink.
func (e *Encoder) gap(text []byte, last bool) (used int) {
	before := e.unknown.Count
	e.ids, used = e.own.encode(e.ids, text, last, &e.unknown)
	if before == 0 && e.unknown.Count > 0 {
		e.unknown.Offset += e.cut.pos
	}
	return used
}

// special implements sink.
func (e *Encoder) special(id int32) {
	e.ids = append(e.ids, id)
	if id == Unknown {
		e.unknown.remember([]byte(specials[id]))
	}
}

// appendIDs is AppendIDs of every native tokenizer.
func appendIDs(t native, dst []int32, text []byte) ([]int32, Unknowns) {
	e := Encoder{t: t, own: t, cut: cutter{norm: t.normaliser()}}
	dst = e.finish(dst, text)
	return dst, e.unknown.Unknowns
}

// UnknownTexts returns what stands in a text where AppendIDs gives Unknown, one for each, normalised and cut to 64 bytes;
// nothing for a tokenizer that is not this package's own.
func UnknownTexts(t Tokenizer, text []byte) []string {
	own, ok := t.(native)
	if !ok {
		return nil
	}
	e := Encoder{t: t, own: own, cut: cutter{norm: own.normaliser()}, unknown: unknowns{keep: true}}
	e.finish(nil, text)
	return e.unknown.texts
}

// Tokens encodes a whole stream. It returns the first error of chunks as it is.
func Tokens(t Tokenizer, chunks iter.Seq2[[]byte, error]) (*IDs, Unknowns, error) {
	ids := NewIDs(t.Size())
	e := NewEncoder(t)
	var buf []int32
	for chunk, err := range chunks {
		if err != nil {
			return nil, e.Unknown(), err
		}
		for len(chunk) > 0 {
			// Ids take four bytes before they are packed: encode large
			// chunks in parts.
			part := chunk[:min(len(chunk), maxPart)]
			chunk = chunk[len(part):]
			buf = e.Append(buf[:0], part)
			ids.Append(buf...)
		}
	}
	ids.Append(e.Flush(buf[:0])...)
	return ids, e.Unknown(), nil
}

// maxPart is how many bytes Tokens encodes at once.
const maxPart = 1 << 18
