package bag

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTextsOfNGrams(t *testing.T) {
	got := NGrams{Words: 2, Chars: 2, Buckets: 9}.Texts("Go up!")
	want := []string{"go", "up", "!", "go up", "up !", " g", "g", "go", "o", "o ", " u", "u", "up", "p", "p!", "!", "! "}
	if !slices.Equal(got, want) {
		t.Errorf("texts %q, want %q", got, want)
	}
	got = NGrams{Chars: 2, Buckets: 9, Across: true}.Texts("a b")
	want = []string{" a", "a", "a ", " ", " b", "b", "b "}
	if !slices.Equal(got, want) {
		t.Errorf("texts across words %q, want %q", got, want)
	}
	got = NGrams{Words: 2, Chars: 2, Buckets: 9, Marks: true}.Texts("Go")
	want = []string{"⟨", "go", "⟩", "⟨ go", "go ⟩", " ⇧", "⇧", "⇧g", "g", "go", "o", "o "}
	if !slices.Equal(got, want) {
		t.Errorf("texts with marks %q, want %q", got, want)
	}
	got = NGrams{Words: 1, Chars: 1, Start: 1, Buckets: 9}.Texts("go to")
	want = []string{"go", "to", "g", "o", "t", "o", "↦go", "↦g", "↦o"}
	if !slices.Equal(got, want) {
		t.Errorf("texts with a beginning %q, want %q", got, want)
	}
}

// There is a text for each hash.
func TestTextsAreAsManyAsHashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NGrams{
			Words: rapid.IntRange(0, 3).Draw(t, "words"), Chars: rapid.IntRange(0, 4).Draw(t, "chars"), Buckets: 9, Marks: rapid.Bool().Draw(t, "marks"), Across: rapid.Bool().Draw(t, "across"),
			Start: rapid.IntRange(0, 3).Draw(t, "start"),
		}
		text := rapid.String().Draw(t, "text")
		if a, b := len(g.Texts(text)), len(g.AppendHashes(nil, text)); a != b {
			t.Fatalf("%d texts for %d hashes of %q", a, b, text)
		}
	})
}
