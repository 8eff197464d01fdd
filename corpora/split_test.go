package corpora

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseSplit(t *testing.T) {
	for _, tt := range []struct {
		in, out string
		want    Split
	}{
		{"0.9,0.1", "0.9,0.1", Split{Train: 900_000, Valid: 100_000}},
		{" .8, 0.1 ,0.100000", "0.8,0.1,0.1", Split{Train: 800_000, Valid: 100_000, Test: 100_000}},
		{"1,0", "1,0", Split{Train: 1_000_000}},
		{"0.333333,0.666667", "0.333333,0.666667", Split{Train: 333_333, Valid: 666_667}},
		{"streams:0.95", "streams:0.95", Split{Train: 950_000, Valid: 50_000, Streams: true}},
	} {
		got, err := ParseSplit(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParseSplit(%q) = %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
		if got.String() != tt.out {
			t.Errorf("%q is written %q, want %q", tt.in, got.String(), tt.out)
		}
	}
	for _, in := range []string{"", "0.9", "0.9,0.2", "0,1", "-0.1,1.1", "0.9,0.1,0,0", "1e-1,0.9", "0.9;0.1", "0.1234567,0.8765433",
		"streams:", "streams:0", "streams:1.5", "streams:0.9,0.1", ".,1", "NaN,1"} {
		if got, err := ParseSplit(in); err == nil {
			t.Errorf("ParseSplit(%q) = %+v, want an error", in, got)
		}
	}
}

// TestContiguous compares with nanoGPT's split of tinyshakespeare, and with its int(n*0.9) for many lengths.
func TestContiguous(t *testing.T) {
	s, err := ParseSplit("0.9,0.1")
	if err != nil {
		t.Fatal(err)
	}
	train, valid, test := s.Contiguous(1_115_394)
	if train != (Range{0, 1_003_854}) || valid != (Range{1_003_854, 1_115_394}) || test.Len() != 0 {
		t.Errorf("tinyshakespeare: %v %v %v", train, valid, test)
	}
	for n := int64(0); n < 2_000_000; n += 7 {
		if train, _, _ := s.Contiguous(n); train.To != int64(float64(n)*0.9) {
			t.Fatalf("%d: %d, nanoGPT has %d", n, train.To, int64(float64(n)*0.9))
		}
	}
}

// TestSplitUsesAll checks that the parts are neighbours and together the whole, for any split and length.
func TestSplitUsesAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(1, splitUnit).Draw(t, "train")
		b := rapid.Int64Range(0, splitUnit-a).Draw(t, "valid")
		s := Split{Train: a, Valid: b, Test: splitUnit - a - b}
		n := rapid.Int64Min(0).Draw(t, "n")
		train, valid, test := s.Contiguous(n)
		if train.From != 0 || train.To != valid.From || valid.To != test.From || test.To != n || train.Len() < 0 || valid.Len() < 0 || test.Len() < 0 {
			t.Fatalf("%v of %d: %v %v %v", s, n, train, valid, test)
		}
		if back, err := ParseSplit(s.String()); err != nil || back != s {
			t.Fatalf("%v reads back as %v, %v", s, back, err)
		}
		streams := rapid.IntRange(1, 1000).Draw(t, "streams")
		c, err := s.CutStreams(n, streams)
		if err != nil {
			if n >= int64(streams) {
				t.Fatal(err)
			}
			return
		}
		if last := c.ValidRange(streams - 1); last.To+c.Unused != n || c.Unused >= int64(streams) || c.TrainRange(0).To != c.ValidRange(0).From {
			t.Fatalf("%d tokens: %+v", n, c)
		}
	})
}

func TestCutStreams(t *testing.T) {
	s, err := ParseSplit("streams:0.95")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.CutStreams(1003, 10)
	if want := (StreamCut{Streams: 10, Length: 100, Train: 95, Valid: 5, Unused: 3}); err != nil || c != want {
		t.Errorf("%+v, %v, want %+v", c, err, want)
	}
	if got := c.ValidRange(9); got != (Range{995, 1000}) {
		t.Errorf("last validation range %v", got)
	}
	if _, err := s.CutStreams(9, 10); err == nil {
		t.Error("9 tokens make 10 streams")
	}
}
