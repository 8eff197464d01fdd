package stories

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func ExampleNew() {
	s := New(1).Next()
	fmt.Println(s.Topic, s.Ending)
	fmt.Println(strings.Count(s.English, "\n") == strings.Count(s.French, "\n"))
	// Output:
	// storm happy
	// true
}

func TestReproducible(t *testing.T) {
	a, b, c := New(7), New(7), New(8)
	for range 100 {
		x, y, z := a.Next(), b.Next(), c.Next()
		if x != y {
			t.Fatalf("one seed, two stories:\n%s\n%s", x.English, y.English)
		}
		if x.English == z.English {
			t.Fatalf("two seeds, one story:\n%s", x.English)
		}
	}
}

// TestEverySentence tells many stories and holds each against the rules of both languages' spelling.
func TestEverySentence(t *testing.T) {
	var (
		bad = map[string]*regexp.Regexp{
			"slot left open":    regexp.MustCompile(`[{}|+]`),
			"spaces":            regexp.MustCompile(`  | \n|\n |\n\n|^ | $|\n$`),
			"a before a vowel":  regexp.MustCompile(`(?i)\ba [aeiou]`),
			"an before another": regexp.MustCompile(`(?i)\ban [^aeiouh]`),
			"lower case":        regexp.MustCompile(`[a-z]\. [a-z]`),
		}
		badFrench = map[string]*regexp.Regexp{
			"slot left open": regexp.MustCompile(`[{}|+]`),
			"no elision":     regexp.MustCompile(`(?i)(^|[ «])(le|la|de|que|ne) [aeiouéèêœâ]`),
			"elision":        regexp.MustCompile(`['][^aeiouhyéèêàâôœAEIOUHÉ]`),
			"no contraction": regexp.MustCompile(`(^| )(de le|de les|à le|à les) `),
			"lower case":     regexp.MustCompile(`[a-zé]\. [a-zé]`),
		}
		topicEnding = map[string]int{}
		g           = New(3)
	)
	const n = 4000
	for range n {
		s := g.Next()
		topicEnding[s.Topic+" "+s.Ending]++
		for what, re := range bad {
			if m := re.FindString(s.English); m != "" {
				t.Fatalf("%s, %q:\n%s", what, m, s.English)
			}
		}
		for what, re := range badFrench {
			if m := re.FindString(s.French); m != "" {
				t.Fatalf("%s, %q:\n%s", what, m, s.French)
			}
		}
		if en, fr := sentences(s.English), sentences(s.French); en != fr {
			t.Fatalf("%d sentences, %d in French:\n%s\n%s", en, fr, s.English, s.French)
		}
	}
	for _, topic := range Topics() {
		for _, ending := range Endings() {
			if got := topicEnding[topic+" "+ending]; got < n/100 {
				t.Errorf("%d of %d stories about %s end %s", got, n, topic, ending)
			}
		}
	}
}

// sentences counts what ends in a full stop.
func sentences(s string) int { return strings.Count(s, ".") }

// TestWords checks what makes choices show: no two ways of a beat are alike but for their words, no list has a word
// twice. The ways of a beat keep the same words, so that what follows can name them.
func TestWords(t *testing.T) {
	slot := regexp.MustCompile(`\{([^}]*)\}`)
	kept := regexp.MustCompile(`\+[a-z.]+`)
	for beat, ways := range beats {
		var keeps []string
		for i, way := range ways {
			k := kept.FindAllString(way.en, -1)
			slices.Sort(k)
			if i == 0 {
				keeps = k
			} else if !slices.Equal(keeps, k) {
				t.Errorf("%s: ways keep %v and %v", beat, keeps, k)
			}
			for _, other := range ways[:i] {
				if slot.ReplaceAllString(way.en, "") == slot.ReplaceAllString(other.en, "") {
					t.Errorf("%s: two ways differ only in their words: %s", beat, way.en)
				}
			}
		}
	}
	for name, list := range lists {
		for i, w := range list {
			if slices.ContainsFunc(list[:i], func(v word) bool { return v.en == w.en || v.fr == w.fr }) {
				t.Errorf("list %s has %s (%s) twice", name, w.en, w.fr)
			}
		}
	}
	for _, he := range heNames {
		if slices.ContainsFunc(sheNames, func(she word) bool { return he.en == she.en }) {
			t.Errorf("%s is he and she", he.en)
		}
	}
}

// TestOneDerivation counts, for sampled stories, the sequences of choices that tell their text. There must be one, or
// Nats would not be the information of the text.
func TestOneDerivation(t *testing.T) {
	g := New(11)
	stories := 20
	if testing.Short() {
		stories = 5
	}
	for range stories {
		s := g.Next()
		if n := derivations(s.English); n != 1 {
			t.Errorf("%d derivations of:\n%s", n, s.English)
		}
	}
}

// derivations counts the sequences of choices that tell the text, by depth-first search: it gives a sequence up as soon
// as what has been told is not how the text begins.
func derivations(text string) int {
	var (
		choices, arity []int
		count          int
		giveUp         = new(int)
	)
	attempt := func() (told bool) {
		defer func() {
			if r := recover(); r != nil && r != any(giveUp) {
				panic(r)
			}
		}()
		at := 0
		tl := &teller{}
		tl.choose = func(n int) int {
			if at >= len(choices)-1 && !strings.HasPrefix(text, tl.en.String()) {
				panic(giveUp)
			}
			if at == len(choices) {
				choices = append(choices, 0)
				arity = append(arity, n)
			}
			at++
			return choices[at-1]
		}
		return tl.story().English == text
	}
	for {
		if attempt() {
			count++
		}
		for len(choices) > 0 && choices[len(choices)-1] == arity[len(arity)-1]-1 {
			choices = choices[:len(choices)-1]
			arity = arity[:len(arity)-1]
		}
		if len(choices) == 0 {
			return count
		}
		choices[len(choices)-1]++
	}
}

// TestDerivationsSeesAmbiguity gives the search a grammar that says the same in two ways.
func TestDerivationsSeesAmbiguity(t *testing.T) {
	s := New(5).Next()
	way := beats["home"]
	defer func() { beats["home"] = way }()
	beats["home"] = append(slices.Clone(way), way...)
	if n := derivations(s.English); n != 2 {
		t.Errorf("%d derivations, want 2", n)
	}
}

// TestEntropy compares the mean of Nats with the entropy worked out from the word lists and templates alone.
func TestEntropy(t *testing.T) {
	const n = 8000
	var sum, squares float64
	g := New(13)
	for range n {
		x := g.Next().Nats
		sum += x
		squares += x * x
	}
	mean := sum / n
	deviation := math.Sqrt((squares/n - mean*mean) / n)
	want := entropy()
	if math.Abs(mean-want) > 5*deviation {
		t.Errorf("mean information %.4f ± %.4f nats, entropy %.4f", mean, deviation, want)
	}
}

// entropy sums the information of all choices, weighted by how often they are made, over each topic and ending.
func entropy() float64 {
	intro := math.Ln2
	kept := map[string]int{}
	for _, beat := range []string{"opening", "home", "friend"} {
		intro += beatEntropy(beat, kept)
	}
	intro += 3 * 0.2 * math.Ln2                                              // bold, timid and dreamy ones are kind or not
	intro += 0.5 * (beatEntropy("kind", kept) + beatEntropy("unkind", kept)) // kind: warm, half of bold, timid, dreamy
	intro += math.Log(5) + (0.1+0.2)*math.Ln2                                // topic; sorry or not: half of timid, selfish
	total := intro
	for _, topic := range topics {
		for ending, p := range map[string]float64{"happy": 0.4, "lonely": 0.1, "mended": 0.15, "sad": 0.15, "funny": 0.2} {
			total += p / 5 * plotEntropy(topic, ending, kept)
		}
	}
	return total
}

// plotEntropy is the information of the plot's sentences, given the topic, the ending and what was kept before.
func plotEntropy(topic, ending string, before map[string]int) float64 {
	kept := map[string]int{}
	for list, n := range before {
		kept[list] = n
	}
	last := map[string][]string{
		"happy": {"thanks", topic + ".fix"}, "mended": {"sorry", topic + ".fix"}, "lonely": {"alone", topic + ".fix"},
		"sad": {"nobody", topic + ".fail"}, "funny": {topic + ".funny"},
	}[ending]
	beats := append([]string{topic + ".problem", topic + ".trouble", topic + ".talk"}, append(last, ending)...)
	if topic == "quarrel" {
		beats[1], beats[2] = beats[2], beats[1]
	}
	sum := 0.0
	for _, beat := range beats {
		sum += beatEntropy(beat, kept)
	}
	return sum
}

// beatEntropy is the mean information of the ways of a beat. It enters into kept what they keep.
func beatEntropy(beat string, kept map[string]int) float64 {
	var (
		slots = regexp.MustCompile(`\{\^?(?:a )?(\+?)([a-z.]+)([0-9]?)\}`)
		sum   float64
		after map[string]int
	)
	for _, way := range beats[beat] {
		drawn := map[string]int{} // words of each list taken
		named := map[string]bool{}
		after = map[string]int{}
		for list, n := range kept {
			drawn[list], named[list], after[list] = n, true, n
		}
		for _, m := range slots.FindAllStringSubmatch(way.en, -1) {
			list, name := m[2], m[2]+m[3]
			size := sizeOf(list)
			if named[name] || size == 0 {
				continue
			}
			sum += math.Log(float64(size - drawn[list]))
			drawn[list]++
			named[name] = true
			if m[1] == "+" {
				after[list] = 1
			}
		}
	}
	for list, n := range after {
		kept[list] = n
	}
	return math.Log(float64(len(beats[beat]))) + sum/float64(len(beats[beat]))
}

// sizeOf returns the number of words that a slot can have; 0 for a slot that is no draw, such as hero.he.
func sizeOf(list string) int {
	switch list {
	case "hero", "friend":
		return len(heNames)
	case "hero.species", "friend.species":
		return len(heSpecies)
	case "trait":
		return len(allTraits)
	case "helper":
		return 0
	}
	return len(lists[list])
}

// TestSexesAlike checks what TestEntropy takes for granted.
func TestSexesAlike(t *testing.T) {
	if len(heNames) != len(sheNames) || len(heSpecies) != len(sheSpecies) {
		t.Errorf("%d and %d names, %d and %d species", len(heNames), len(sheNames), len(heSpecies), len(sheSpecies))
	}
}

func TestElision(t *testing.T) {
	for _, tt := range []struct {
		determiner string
		noun       word
		want       string
	}{
		{"le", m("", "escargot"), "l'escargot"}, {"le", m("", "hérisson"), "le hérisson"}, {"le", f("", "oie"), "l'oie"},
		{"un", f("", "oie"), "une oie"}, {"de", m("", "Oscar"), "d'Oscar"}, {"de", m("", "Pip"), "de Pip"},
		{"au", m("", "maire"), "au maire"}, {"au", f("", "abeille"), "à l'abeille"}, {"au", f("", "mouette"), "à la mouette"},
		{"mon", f("", "aiguille"), "mon aiguille"}, {"son", f("", "tante"), "sa tante"}, {"mon", m("", "seau"), "mon seau"},
		{"les", fs("", "billes"), "les billes"},
	} {
		if got := determine(tt.determiner, tt.noun); got != tt.want {
			t.Errorf("%s + %s = %s, want %s", tt.determiner, tt.noun.fr, got, tt.want)
		}
	}
	if got := agree(adj("", "gris", "grise"), masculinePlural) + agree(adj("", "rond", "ronde"), femininePlural); got != "grisrondes" {
		t.Errorf("plurals %s", got)
	}
}

// BenchmarkNext reports what the text is like besides how fast it comes.
func BenchmarkNext(b *testing.B) {
	var nats float64
	var chars, n int
	g := Generator{rand.New(rand.NewPCG(1, 2))}
	for b.Loop() {
		s := g.Next()
		nats += s.Nats
		chars += utf8.RuneCountInString(s.English) + 2
		n++
	}
	b.ReportMetric(nats/float64(chars), "nats/char")
	b.ReportMetric(float64(chars)/float64(n), "chars/story")
}
