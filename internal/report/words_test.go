package report

import (
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		files int
		want  string
	}{{0, ""}, {2, "f f"}, {8, "f f f f f f f f"}, {9, "f f f f f f f f and 1 more"}, {25_000, "f f f f f f f f and 24,992 more"}} {
		if got := Names(slices.Repeat([]string{"f"}, tt.files)); got != tt.want {
			t.Errorf("%d files are %q, want %q", tt.files, got, tt.want)
		}
	}
}
