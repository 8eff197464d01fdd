package stories

import (
	"fmt"
	"math"
	"strings"
)

// A teller tells one story. All that is left to chance goes through pick.
type teller struct {
	choose func(n int) int // one of n, all equally likely
	nats   float64         // −ln of the probability of all choices so far

	en, fr strings.Builder
	kept   []binding // words for the story
	drawn  []binding // words for the sentence

	heroHe bool // the hero is a he and the friend a she, or the other way round
}

// A binding gives a slot its word.
type binding struct {
	slot string
	word word
}

// pick chooses one of n and counts what that tells: ln n nats. A choice of one tells nothing.
func (t *teller) pick(n int) int {
	if n == 1 {
		return 0
	}
	t.nats += math.Log(float64(n))
	return t.choose(n)
}

// tell says the beat in one of its ways, after the separator.
func (t *teller) tell(separator, beat string) {
	t.drawn = t.drawn[:0]
	t.en.WriteString(separator)
	t.fr.WriteString(separator)
	ways := beats[beat]
	way := ways[t.pick(len(ways))]
	render(&t.en, way.en, t.english)
	render(&t.fr, way.fr, t.french)
}

// render writes the template, and for each {slot} what fill returns.
func render(out *strings.Builder, template string, fill func(slot string) string) {
	for {
		text, rest, found := strings.Cut(template, "{")
		out.WriteString(text)
		if !found {
			return
		}
		slot, after, _ := strings.Cut(rest, "}")
		if slot, ok := strings.CutPrefix(slot, "^"); ok {
			out.WriteString(capitalise(fill(slot)))
		} else {
			out.WriteString(fill(slot))
		}
		template = after
	}
}

// capitalise returns s with its first letter in upper case.
func capitalise(s string) string {
	for _, r := range s {
		first := string(r)
		return strings.ToUpper(first) + s[len(first):]
	}
	return s
}

// word returns what the slot stands for and draws it first if it is still open. A slot that begins with + keeps its
// word.
func (t *teller) word(slot string) word {
	name, keep := strings.CutPrefix(slot, "+")
	if w, ok := t.find(name); ok {
		return w
	}
	w := t.draw(name)
	if keep {
		t.kept = append(t.kept, binding{name, w})
	} else {
		t.drawn = append(t.drawn, binding{name, w})
	}
	return w
}

// find returns the word that the slot has.
func (t *teller) find(slot string) (word, bool) {
	for _, bindings := range [...][]binding{t.drawn, t.kept} {
		for _, b := range bindings {
			if b.slot == slot {
				return b.word, true
			}
		}
	}
	return word{}, false
}

// draw picks a word for the slot from its list, one that stands for no other slot.
func (t *teller) draw(slot string) word {
	list := t.list(slot)
	free := 0
	for i := range list {
		if !t.used(&list[i]) {
			free++
		}
	}
	if free == 0 {
		panic(fmt.Sprintf("stories: no word for slot %q", slot))
	}
	chosen := t.pick(free)
	for i := range list {
		if t.used(&list[i]) {
			continue
		}
		if chosen == 0 {
			return list[i]
		}
		chosen--
	}
	panic("stories: a choice beyond the last word")
}

// used reports whether the word stands for a slot.
func (t *teller) used(w *word) bool {
	for _, bindings := range [...][]binding{t.drawn, t.kept} {
		for i := range bindings {
			if bindings[i].word.pair == w.pair {
				return true
			}
		}
	}
	return false
}

// list returns the words that the slot may have.
func (t *teller) list(slot string) []word {
	switch slot {
	case "hero", "friend":
		if t.isHe(slot) {
			return heNames
		}
		return sheNames
	case "hero.species", "friend.species":
		if t.isHe(strings.TrimSuffix(slot, ".species")) {
			return heSpecies
		}
		return sheSpecies
	case "trait":
		return allTraits
	}
	return lists[strings.TrimRight(slot, "0123456789")]
}

// isHe tells he from she for the hero or the friend.
func (t *teller) isHe(character string) bool { return t.heroHe == (character == "hero") }

// english fills a slot of an English sentence:
//
//	{kite}     the word
//	{a kite}   the word after a or an
//	{hero.he}  he or she; likewise .his and .him
//	{key.stay} what is wrong without the key; {key.again} what is right with it
func (t *teller) english(slot string) string {
	if s, ok := strings.CutPrefix(slot, "a "); ok {
		return article(t.word(s).en)
	}
	if w, form, ok := t.form(slot); ok {
		switch form {
		case "he", "his", "him":
			return pronoun(form, w.gender)
		case "stay":
			return w.stay.en
		case "again":
			return w.again.en
		}
	}
	return t.word(slot).en
}

// form returns the word and the form of a slot such as hero.he.
func (t *teller) form(slot string) (w word, form string, ok bool) {
	name, form, found := strings.Cut(slot, ".")
	if !found || form == "species" {
		return word{}, "", false
	}
	w, ok = t.find(name)
	return w, form, ok
}

// article puts a or an before an English word.
func article(en string) string {
	if strings.ContainsRune("aeiou", rune(en[0])) {
		return "an " + en
	}
	return "a " + en
}

// pronoun returns the pronoun of a he or a she.
func pronoun(he string, g gender) string {
	if g == masculine {
		return he
	}
	return map[string]string{"he": "she", "his": "her", "him": "her"}[he]
}
