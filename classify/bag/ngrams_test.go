package bag

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNGramCounts(t *testing.T) {
	for _, tt := range []struct {
		text  string
		grams NGrams
		want  int
	}{
		{"", NGrams{Words: 2}, 0},
		{"one", NGrams{Words: 3}, 1},
		{"one two three", NGrams{Words: 1}, 3},
		{"one two three", NGrams{Words: 2}, 5},
		{"one two three", NGrams{Words: 3}, 6},
		{"don't", NGrams{Words: 1}, 3},
		{"élan vital", NGrams{Words: 1}, 2},
		{"ab", NGrams{Chars: 1}, 2},
		{"ab", NGrams{Chars: 2}, 5}, // a b <a ab b>
		{"ab", NGrams{Chars: 4}, 8}, // and <ab ab> <ab>
		{" ab  ab ", NGrams{Chars: 4}, 16},
		{"ab c", NGrams{Words: 2, Chars: 1}, 6},
		{"", NGrams{Words: 2, Marks: true}, 3},    // ⟨ ⟩ ⟨⟩
		{"one", NGrams{Words: 2, Marks: true}, 5}, // ⟨ one ⟩ ⟨one one⟩
		{"Ab", NGrams{Chars: 1, Marks: true}, 3},
		{"ab", NGrams{Chars: 1, Marks: true}, 2},
		{" a  b ", NGrams{Chars: 2, Across: true}, 7}, // a, blank, b; <a, a and blank, blank and b, b>
		{"  ", NGrams{Chars: 2, Across: true}, 0},
		{"one two three", NGrams{Words: 1, Start: 2}, 3 + 3},      // one two one+two
		{" a\tbc d", NGrams{Chars: 2, Start: 2}, 2*3 + 5 + 3 + 5}, // <a a a> <b b bc c c>
		{"a", NGrams{Words: 1, Chars: 1, Start: 1, Marks: true}, 3 + 1 + 6 + 1},
	} {
		if got := tt.grams.AppendHashes(nil, tt.text); len(got) != tt.want {
			t.Errorf("%q %+v: %d parts, want %d", tt.text, tt.grams, len(got), tt.want)
		}
	}
}

// TestFNV holds words against FNV-1a's published sums for ASCII.
func TestFNV(t *testing.T) {
	got := NGrams{Words: 1}.AppendHashes(nil, "a FooBar")
	want := []uint64{0xaf63dc4c8601ec8c, 0x85944171f73967e8} // "a", "foobar"
	if !slices.Equal(got, want) {
		t.Errorf("hashes %x, want %x", got, want)
	}
}

func TestNGramsTellApart(t *testing.T) {
	g := NGrams{Words: 2, Chars: 3, Buckets: 1 << 30}
	ids := func(text string) []int32 { return g.AppendIDs(nil, text) }
	if slices.Equal(ids("not bad"), ids("bad not")) {
		t.Error("the order of words makes no difference")
	}
	if !slices.Equal(ids("Éa"), ids("éA")) {
		t.Error("case makes a difference")
	}
	g.Marks = true
	if a, b := ids("Éa"), ids("éa"); slices.Equal(a, b) || !slices.Equal(a[:5], b[:5]) {
		t.Errorf("with marks, %v for a word with a capital and %v without, want the same words, but other characters", a, b)
	}
	if a, b := ids("one two"), ids("x one two y"); slices.Contains(b, a[4]) {
		t.Errorf("a word has the same id, %d, at the start of a text and within: %v", a[4], b)
	}
	g.Start = 2
	if a, b := ids("one two three"), ids("one two four"); !slices.Equal(a[len(a)-18:], b[len(b)-18:]) {
		t.Errorf("what comes after the second word makes a difference to the beginning: %v and %v", a, b)
	}
	g.Marks, g.Start = false, 0
	// A word of one character is not that character, and the pair "x y" is not the word "xy".
	for _, texts := range [][2]string{{"a", "b"}, {"x y", "xy"}} {
		a, b := ids(texts[0]), ids(texts[1])
		if a[0] == b[0] {
			t.Errorf("%q and %q start with the same part", texts[0], texts[1])
		}
	}
	if one := ids("a"); one[0] == one[2] {
		t.Error("a word is the same part as its only character")
	}
}

// TestNGramsProperties hashes any text: ids are in range, appended behind what is there, and those of words do not
// depend on the white space between.
func TestNGramsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NGrams{
			Words: rapid.IntRange(0, 3).Draw(t, "words"), Chars: rapid.IntRange(0, 4).Draw(t, "chars"),
			Buckets: rapid.IntRange(1, 1000).Draw(t, "buckets"), Marks: rapid.Bool().Draw(t, "marks"),
			Across: rapid.Bool().Draw(t, "across"), Start: rapid.IntRange(0, 3).Draw(t, "start"),
		}
		text := rapid.String().Draw(t, "text")
		ids := g.AppendIDs([]int32{-7}, text)
		if ids[0] != -7 {
			t.Fatal("what was there is changed")
		}
		for _, id := range ids[1:] {
			if id < 0 || int(id) >= g.Buckets {
				t.Fatalf("id %d of %d", id, g.Buckets)
			}
		}
		spaced := "\t" + strings.Join(strings.Fields(text), " \n ")
		if !slices.Equal(ids[1:], g.AppendIDs(nil, spaced)) {
			t.Fatalf("%q and %q differ", text, spaced)
		}
	})
}

// FuzzNGrams hashes any bytes.
func FuzzNGrams(f *testing.F) {
	f.Add("It's a \xff test", 2, 3)
	f.Fuzz(func(t *testing.T, text string, words, chars int) {
		g := NGrams{Words: words % 5, Chars: chars % 6, Buckets: 7, Marks: len(text)%2 == 0, Across: len(text)%3 == 0, Start: len(text) % 5}
		for _, id := range g.AppendIDs(nil, text) {
			if id < 0 || id >= 7 {
				t.Fatalf("id %d", id)
			}
		}
	})
}

func BenchmarkNGrams(b *testing.B) {
	text := strings.Repeat("This film's plot is thin, but the actors are not bad at all. ", 20)
	g := NGrams{Words: 2, Buckets: 1 << 21}
	var ids []int32
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ids = g.AppendIDs(ids[:0], text)
	}
}

// TestIDsTakeTheirRoom holds the memory of a document's ids, which those of all documents have at the same time, to a
// fifth more than they need: what Go rounds up.
func TestIDsTakeTheirRoom(t *testing.T) {
	g := NGrams{Words: 2, Chars: 6, Start: 4, Buckets: 1 << 20, Marks: true, Across: true}
	for n := range 60 {
		ids := g.AppendIDs(nil, strings.Repeat("Words and ", n))
		if room := cap(ids); room > len(ids)+len(ids)/5+4 {
			t.Errorf("%d ids have room for %d", len(ids), room)
		}
	}
}
