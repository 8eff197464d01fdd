package generate

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestStopper(t *testing.T) {
	for _, test := range []struct {
		name   string
		stops  []string
		pieces []string
		want   []string // what is certain after each piece
		held   string
		ended  bool
	}{
		{"no stop strings", nil, []string{"a", "bc"}, []string{"a", "bc"}, "", false},
		{"in one piece", []string{"END"}, []string{"theENDof"}, []string{"the"}, "", true},
		{"over pieces", []string{"END"}, []string{"xE", "N", "D"}, []string{"x", "", ""}, "", true},
		{"false start", []string{"END"}, []string{"xE", "N", "E", "A"}, []string{"x", "", "EN", "EA"}, "", false},
		{"the first of two ends it", []string{"lo", "he"}, []string{"say hello"}, []string{"say "}, "", true},
		{"held at the end", []string{"END"}, []string{"xEN"}, []string{"x"}, "EN", false},
		{"an empty stop string stops nothing", []string{""}, []string{"ab"}, []string{"ab"}, "", false},
	} {
		h, ended := stopper{stops: test.stops}, false
		for i, piece := range test.pieces {
			var certain string
			if certain, ended = h.add(piece); certain != test.want[i] {
				t.Errorf("%s: piece %d gave %q, want %q", test.name, i, certain, test.want[i])
			}
		}
		if ended != test.ended || !ended && h.held != test.held {
			t.Errorf("%s: ended %v with %q held, want %v with %q", test.name, ended, h.held, test.ended, test.held)
		}
	}
}

// However a text is cut into pieces, it ends where strings.Index finds the first stop string.
func TestStopperIgnoresHowTextIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abé")), 0, 30, -1).Draw(t, "text")
		stop := rapid.StringOfN(rapid.RuneFrom([]rune("abé")), 1, 4, -1).Draw(t, "stop")
		h, got, ended := stopper{stops: []string{stop}}, "", false
		for rest := text; rest != "" && !ended; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			var certain string
			certain, ended = h.add(rest[:n])
			got, rest = got+certain, rest[n:]
		}
		if !ended {
			got += h.held
		}
		want, _, found := strings.Cut(text, stop)
		if got != want || ended != found {
			t.Fatalf("%q ended %v, want %q ended %v", got, ended, want, found)
		}
	})
}
