package classify_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/model"
)

// trained returns a small model.
func trained(t *testing.T) *classify.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	run(t, classify.TrainConfig{Override: small, Paths: []string{documents(t, 150)}, Out: dir, NoBaselines: true})
	m, err := classify.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestStreamKeepsTheOrder(t *testing.T) {
	m := trained(t)
	var texts []string
	for i := range 1000 {
		texts = append(texts, fmt.Sprintf("%s falls %d", []string{"rain", "snow", "sun"}[i%3], i))
	}
	want, err := m.Predict(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for got, err := range m.PredictStream(t.Context(), sequence(texts, nil)) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i].Probabilities, got.Probabilities); diff != "" {
			t.Fatalf("text %d: %s", i, diff)
		}
		i++
	}
	if i != len(texts) {
		t.Errorf("%d predictions for %d texts", i, len(texts))
	}
}

// Long texts are read no further ahead than is worked on: 64 of them, each of 50 MB, were 3 GB.
func TestStreamReadsFewLongTextsAhead(t *testing.T) {
	m := trained(t)
	long := strings.Repeat("a", 1<<20)
	var pulled atomic.Int64
	texts := func(yield func(string, error) bool) {
		for range 1000 {
			pulled.Add(1)
			if !yield(long, nil) {
				return
			}
		}
	}
	for _, err := range m.PredictStream(t.Context(), texts) {
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // for the source to come as far as it may
		break
	}
	if n, most := int(pulled.Load()), runtime.GOMAXPROCS(0)+8; n > most {
		t.Errorf("%d texts read ahead, want at most %d", n, most)
	}
}

// TestPredictAloneAndAtOnce: single texts get what they get in a batch, one after another, when two cores read each, and
// from many goroutines, in every precision.
func TestPredictAloneAndAtOnce(t *testing.T) {
	m := trained(t)
	for _, p := range []model.Precision{model.Float32, model.Mixed, model.Split, model.Float32} {
		m.SetPrecision(p)
		t.Run(p.String(), func(t *testing.T) { predictAloneAndAtOnce(t, m) })
	}
}

// Mixed precision moves probabilities a little, and they come back.
func TestPrecisionsOfPrediction(t *testing.T) {
	m := trained(t)
	var got []float64
	for _, p := range []model.Precision{model.Float32, model.Mixed, model.Float32} {
		m.SetPrecision(p)
		predictions, err := m.Predict(t.Context(), []string{"rain falls on the hills"})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, float64(predictions[0].Probabilities[0]))
	}
	if got[0] == got[1] || math.Abs(got[0]-got[1]) > 0.02 || got[2] != got[0] {
		t.Errorf("probabilities in fp32, bf16 and fp32 again: %v", got)
	}
}

func predictAloneAndAtOnce(t *testing.T, m *classify.Model) {
	texts := []string{"snow falls", "rain falls on the hills", "the sun shines", "today rain"}
	want, err := m.Predict(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	check := func(i int) {
		got, err := m.Predict(t.Context(), texts[i:i+1])
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(want[i].Probabilities, got[0].Probabilities); diff != "" {
			t.Errorf("text %d: %s", i, diff)
		}
	}
	var all sync.WaitGroup
	for i := range 200 {
		check(i % len(texts))
		all.Go(func() { check(i % len(texts)) })
	}
	all.Wait()
}

// sequence yields texts and then an error unless that is nil.
func sequence(texts []string, err error) iter.Seq2[string, error] {
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

func TestStreamPassesAnErrorOnBehindWhatCameBefore(t *testing.T) {
	m, broken, n := trained(t), errors.New("broken"), 0
	for _, err := range m.PredictStream(t.Context(), sequence([]string{"rain", "snow"}, broken)) {
		if err != nil {
			if n != 2 || err != broken {
				t.Errorf("%v behind %d predictions, want %v behind 2", err, n, broken)
			}
			return
		}
		n++
	}
	t.Error("the error was lost")
}

// A source that waits for more holds nothing back, and does not keep a cancelled stream alive.
func TestStreamOfASourceThatWaits(t *testing.T) {
	m := trained(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	release := make(chan struct{})
	defer close(release)
	waiting := func(yield func(string, error) bool) {
		if yield("rain falls", nil) {
			<-release
		}
	}
	n := 0
	for _, err := range m.PredictStream(ctx, waiting) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want context.Canceled", err)
			}
			break
		}
		n++
		time.AfterFunc(time.Millisecond, cancel)
	}
	if n != 1 {
		t.Errorf("%d predictions, want 1", n)
	}
}

func TestStreamEndsWhenNoMoreIsWanted(t *testing.T) {
	endless := func(yield func(string, error) bool) {
		for yield("rain", nil) {
		}
	}
	n := 0
	for range trained(t).PredictStream(t.Context(), endless) {
		if n++; n == 100 {
			break
		}
	}
	if n != 100 {
		t.Errorf("%d predictions, want 100", n)
	}
}

// What the end of ctx cuts short does not look as if it had come to its own end.
func TestStreamTellsTheEndOfItsContext(t *testing.T) {
	m := trained(t)
	endless := func(yield func(string, error) bool) {
		for yield("rain", nil) {
		}
	}
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		var failure error
		for _, err := range m.PredictStream(ctx, endless) {
			failure = err
			cancel()
			time.Sleep(time.Millisecond) // all that works for the stream ends
		}
		cancel()
		if !errors.Is(failure, context.Canceled) {
			t.Fatalf("the stream ended with %v, want context.Canceled", failure)
		}
	}
}
