package main

import (
	"io"
	"math"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/train"
)

// The loss of a run that diverged is shown as the lines of a log show it, not as the number that stands for it in records.
func TestBarOfDivergedRun(t *testing.T) {
	b := &bar{out: io.Discard}
	b.started(intro{unit: "tokens"})
	b.planned(9)
	b.step(train.Record{Step: 2, Seconds: 1, Loss: math.MaxFloat32})
	b.close()
	if got := loaded(&b.text); !strings.HasPrefix(got, "loss NaN  ") {
		t.Errorf("the bar says %q, want a loss of NaN", got)
	}
}
