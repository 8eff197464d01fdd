package generate_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/generate"
)

// each yields texts, and then err if there is one.
func each(err error, texts ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
		if err != nil {
			yield("", err)
		}
	}
}

func scores(t *testing.T, m *generate.Model, threads int, texts ...string) []generate.Score {
	t.Helper()
	var out []generate.Score
	for score, err := range m.Scores(t.Context(), each(nil, texts...), threads) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, score)
	}
	return out
}

// Texts of all lengths around those of the windows have the scores that Evaluate gives them, in their order, with any number
// of threads; the surprises of their tokens add up to them.
func TestScores(t *testing.T) {
	m := trained(t)
	long := strings.Repeat("Sentence 12 is followed by the next. ", 5)
	var texts []string
	for _, n := range []int{0, 1, 2, 15, 16, 17, 33, 63, 64, 65, 80, 127, 128, 129, 145} {
		texts = append(texts, long[:n])
	}
	texts = append(texts, "Ünknown", "Sentence\nof two lines")
	got := scores(t, m, 1, texts...)
	if diff := cmp.Diff(got, scores(t, m, 3, texts...)); diff != "" {
		t.Errorf("three threads differ from one: %s", diff)
	}
	if len(got) != len(texts) {
		t.Fatalf("%d scores of %d texts", len(got), len(texts))
	}
	if got[0] != (generate.Score{}) {
		t.Errorf("the score of nothing is %+v", got[0])
	}
	for i, text := range texts[1:] {
		want, err := m.Evaluate(t.Context(), chunks(text), 1)
		if err != nil {
			t.Fatal(err)
		}
		score := got[i+1]
		if math.Abs(score.Nats-want.Nats) > 1e-4*want.Nats || score.Tokens != want.Tokens || score.Unknown != want.Unknown || score.Chars != want.Chars || score.Bytes != want.Bytes {
			t.Errorf("%q: score %+v, Evaluate has %+v", text, score, want)
		}
		surprises, err := m.Surprises(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		total, read := 0.0, ""
		for _, s := range surprises {
			total += s.Nats
			read += s.Text
		}
		if math.Abs(total-score.Nats) > 1e-9*total || read != text {
			t.Errorf("%q: surprises add up to %v and %q, want %v", text, total, read, score.Nats)
		}
	}
}

func TestScoresEnd(t *testing.T) {
	m := trained(t)
	broken := errors.New("broken pipe")
	n := 0
	for _, err := range m.Scores(t.Context(), each(broken, "one", "two"), 2) {
		if n++; (n == 3) != errors.Is(err, broken) || n < 3 && err != nil {
			t.Errorf("text %d: error %v", n, err)
		}
	}
	if n != 3 {
		t.Errorf("%d elements, want two scores and an error", n)
	}
	for range m.Scores(t.Context(), each(nil, "one", "two", "three"), 1) {
		break // and nothing hangs
	}
	if _, err := enormous(t, m).Surprises(t.Context(), "Sentence"); !errors.Is(err, generate.ErrNotFinite) {
		t.Errorf("with weights beyond computing: %v, want ErrNotFinite", err)
	}
}

// A cancellation ends the sequence while it waits for a text.
func TestScoresAreCancelled(t *testing.T) {
	m := trained(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wait := make(chan struct{})
	defer close(wait)
	waiting := func(yield func(string, error) bool) {
		yield("one", nil)
		<-wait
	}
	n := 0
	for _, err := range m.Scores(ctx, waiting, 1) {
		if n++; n == 1 {
			cancel()
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("element %d: error %v, want a cancellation", n, err)
		}
	}
	if n != 2 {
		t.Errorf("%d elements, want a score and an error", n)
	}
}

// What a cancellation cuts short does not look as if it had come to its own end.
func TestScoresTellTheirCancellation(t *testing.T) {
	m := trained(t)
	endless := func(yield func(string, error) bool) {
		for yield("one", nil) {
		}
	}
	for range 40 {
		ctx, cancel := context.WithCancel(t.Context())
		var failure error
		for _, err := range m.Scores(ctx, endless, 1) {
			failure = err
			cancel()
			time.Sleep(time.Millisecond) // all that works for the sequence ends
		}
		cancel()
		if !errors.Is(failure, context.Canceled) {
			t.Fatalf("the sequence ended with %v, want a cancellation", failure)
		}
	}
}
