package bench

import (
	"context"
	"errors"
	"testing"
	"time"
)

// quick measures as little as possible: these tests check that every shape runs, not how fast.
var quick = Config{Threads: 2, Time: time.Nanosecond, Repeats: 1}

// small shrinks a shape so that it runs at once.
func small(s Shape) Shape {
	s.Vocab, s.Embedding, s.Hidden, s.Batch, s.Steps = min(s.Vocab, 70), 8, 8, 4, 5
	return s
}

func TestEveryShapeRuns(t *testing.T) {
	for _, s := range Shapes {
		if r, err := Train(t.Context(), small(s), quick); err != nil || r.PerSecond <= 0 {
			t.Errorf("%s: training: %v, %v", s.Name, r, err)
		}
		if s.Labels > 0 {
			if r, err := Classify(t.Context(), small(s), 3, quick); err != nil || r.PerSecond <= 0 {
				t.Errorf("%s: classifying: %v, %v", s.Name, r, err)
			}
			continue
		}
		if r, err := Sample(t.Context(), small(s), 2, quick); err != nil || r.PerSecond <= 0 {
			t.Errorf("%s: sampling: %v, %v", s.Name, r, err)
		}
	}
}

func TestMeasuringEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	_, err := Config{Time: time.Hour}.measure(ctx, 1, func() {
		if steps++; steps == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || steps != 3 {
		t.Errorf("cancelled in step 3: %d steps, error %v", steps, err)
	}
}

// Shape b, by hand: layer 0 has 2048×512 recurrent weights, layer 1 2048×512 twice, the head 65×512; of its 2,500 tokens
// 65 are different, which meet the 2048×512 input weights of layer 0.
func TestFLOPs(t *testing.T) {
	s, err := ShapeNamed("b")
	if err != nil {
		t.Fatal(err)
	}
	if want := 6.0 * (2500*(3*2048*512+65*512) + 65*2048*512); s.FLOPs() != want {
		t.Errorf("FLOPs = %v, want %v", s.FLOPs(), want)
	}
	if _, err := ShapeNamed("nonsense"); err == nil {
		t.Error("a shape that does not exist was found")
	}
}

func TestMedian(t *testing.T) {
	if got := median([]float64{5, 1, 3}); got != 3 {
		t.Errorf("median of three is %v, want 3", got)
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median of four is %v, want 2.5", got)
	}
}
