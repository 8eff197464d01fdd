package corpora

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// splitUnit is the unit of a split's parts: a millionth of the text.
const splitUnit = 1_000_000

// A Split parts text into training, validation and test text. The parts are exact decimal fractions in millionths and
// add up to one, so that the cuts depend on no rounding. The zero value is no split: use [ParseSplit].
type Split struct {
	Train, Valid, Test int64 // in millionths

	// Streams takes the validation text from the end of each of the batch's streams rather than from the end of
	// the corpus. There is no test text then.
	Streams bool
}

// ParseSplit reads one of
//
//	"0.9,0.1"       the first nine tenths train, the rest validates (nanoGPT's split)
//	"0.8,0.1,0.1"   training, validation and test text, in this order
//	"1,0"           everything trains
//	"streams:0.95"  the first 95 % of each of the batch's streams trains, its end validates (char-rnn's kind of split)
//
// The fractions have at most six decimals and add up to one: all of the text is used.
func ParseSplit(s string) (Split, error) {
	if rest, ok := strings.CutPrefix(s, "streams:"); ok {
		train, err := parseFraction(rest)
		if err != nil || train == 0 {
			return Split{}, fmt.Errorf("corpora: split %q: want streams: and a fraction above 0 and up to 1, such as streams:0.95", s)
		}
		return Split{Train: train, Valid: splitUnit - train, Streams: true}, nil
	}
	fields := strings.Split(s, ",")
	if len(fields) != 2 && len(fields) != 3 {
		return Split{}, fmt.Errorf("corpora: split %q: want two or three fractions such as 0.9,0.1 or 0.8,0.1,0.1, or streams:0.95", s)
	}
	var parts [3]int64
	for i, f := range fields {
		var err error
		if parts[i], err = parseFraction(f); err != nil {
			return Split{}, fmt.Errorf("corpora: split %q: %q is no fraction between 0 and 1 with at most six decimals", s, f)
		}
	}
	if sum := parts[0] + parts[1] + parts[2]; sum != splitUnit {
		return Split{}, fmt.Errorf("corpora: split %q: the parts add up to %s, not 1", s, formatFraction(sum))
	}
	if parts[0] == 0 {
		return Split{}, fmt.Errorf("corpora: split %q leaves nothing to train on", s)
	}
	return Split{Train: parts[0], Valid: parts[1], Test: parts[2]}, nil
}

// parseFraction reads a decimal between 0 and 1 as millionths.
func parseFraction(s string) (int64, error) {
	whole, decimals, _ := strings.Cut(strings.TrimSpace(s), ".")
	digits := whole + decimals + strings.Repeat("0", max(0, 6-len(decimals)))
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || len(decimals) > 6 || whole+decimals == "" || n > splitUnit {
		return 0, strconv.ErrSyntax
	}
	return int64(n), nil
}

// formatFraction writes millionths as a decimal.
func formatFraction(n int64) string {
	s := fmt.Sprintf("%d.%06d", n/splitUnit, n%splitUnit)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// String returns the split as ParseSplit reads it.
func (s Split) String() string {
	if s.Streams {
		return "streams:" + formatFraction(s.Train)
	}
	text := formatFraction(s.Train) + "," + formatFraction(s.Valid)
	if s.Test > 0 {
		text += "," + formatFraction(s.Test)
	}
	return text
}

// A Range is the half-open range [From, To) of characters or tokens.
type Range struct{ From, To int64 }

// Len returns the number of characters or tokens.
func (r Range) Len() int64 { return r.To - r.From }

// Contiguous cuts n characters or tokens into the three parts, each cut rounded down: training text is the first
// ⌊0.9·n⌋ for a split of "0.9,0.1". Read them with [Corpus.Section]. Together they are all of [0, n).
func (s Split) Contiguous(n int64) (train, valid, test Range) {
	a := portion(n, s.Train)
	b := portion(n, s.Train+s.Valid)
	return Range{0, a}, Range{a, b}, Range{b, n}
}

// portion returns ⌊n·millionths/10⁶⌋.
func portion(n, millionths int64) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(millionths))
	q, _ := bits.Div64(hi, lo, splitUnit)
	return int64(q)
}

// A StreamCut lays n tokens out as parallel streams of equal length, one for each row of a batch. Stream b is
// tokens b·Length to (b+1)·Length-1; its first Train tokens are for training and its last Valid for validation.
type StreamCut struct {
	Streams              int64
	Length, Train, Valid int64 // in tokens of each stream; Length = Train + Valid
	Unused               int64 // tokens after the last stream, fewer than there are streams
}

// CutStreams lays n tokens out as the given number of streams and cuts each at ⌊fraction·length⌋.
func (s Split) CutStreams(n int64, streams int) (StreamCut, error) {
	if streams < 1 || n < int64(streams) {
		return StreamCut{}, fmt.Errorf("corpora: %d tokens do not make %d streams: use a smaller batch or more text", n, streams)
	}
	length := n / int64(streams)
	train := portion(length, s.Train)
	return StreamCut{
		Streams: int64(streams),
		Length:  length,
		Train:   train,
		Valid:   length - train,
		Unused:  n % int64(streams),
	}, nil
}

// TrainRange returns the tokens of stream b that are for training.
func (c StreamCut) TrainRange(b int) Range {
	from := int64(b) * c.Length
	return Range{from, from + c.Train}
}

// ValidRange returns the tokens of stream b that are for validation.
func (c StreamCut) ValidRange(b int) Range {
	from := int64(b)*c.Length + c.Train
	return Range{from, from + c.Valid}
}
