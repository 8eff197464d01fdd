package stories

import (
	"fmt"
	"strings"
)

// french fills a slot of a French sentence with words that the English one has drawn:
//
//	{kite}             the word
//	{un kite}          the word after its article; likewise le, les, mon, son, de, au
//	{red.kite}         the adjective, agreeing with the noun
//	{kite:perdu|perdue} the first for a masculine noun, the second for a feminine one
//	{hero.il}          il or elle
//	{key.stay}, {key.again} as in English
func (t *teller) french(slot string) string {
	if name, forms, ok := strings.Cut(slot, ":"); ok {
		masc, fem, _ := strings.Cut(forms, "|")
		return byGender(t.known(name).gender, masc, fem)
	}
	if determiner, name, ok := strings.Cut(slot, " "); ok {
		w := t.known(name)
		return determine(determiner, w)
	}
	w, form, ok := t.form(slot)
	if !ok {
		return t.known(slot).fr
	}
	switch form {
	case "il":
		return byGender(w.gender, "il", "elle")
	case "stay":
		return w.stay.fr
	case "again":
		return w.again.fr
	}
	return agree(w, t.known(form).gender)
}

// known returns the word of a slot that the English sentence has filled.
func (t *teller) known(slot string) word {
	w, ok := t.find(slot)
	if !ok {
		panic(fmt.Sprintf("stories: slot %q is not in the English sentence", slot))
	}
	return w
}

// byGender returns the form for the gender.
func byGender(g gender, masc, fem string) string {
	if g == feminine || g == femininePlural {
		return fem
	}
	return masc
}

// agree returns the adjective in the gender and number of a noun.
func agree(w word, g gender) string {
	form := byGender(g, w.fr, w.fem)
	if g != masculinePlural && g != femininePlural || strings.HasSuffix(form, "s") || strings.HasSuffix(form, "x") {
		return form
	}
	return form + "s"
}

// determine puts a determiner before a noun, elided and contracted as it must be.
func determine(determiner string, w word) string {
	vowel := elides(w.fr)
	masc := w.gender == masculine
	switch determiner {
	case "un":
		return byGender(w.gender, "un ", "une ") + w.fr
	case "les":
		return "les " + w.fr
	case "de":
		if vowel {
			return "d'" + w.fr
		}
		return "de " + w.fr
	case "le":
		if vowel {
			return "l'" + w.fr
		}
		return byGender(w.gender, "le ", "la ") + w.fr
	case "au":
		switch {
		case vowel:
			return "à l'" + w.fr
		case masc:
			return "au " + w.fr
		}
		return "à la " + w.fr
	case "mon", "son":
		if masc || vowel {
			return determiner + " " + w.fr
		}
		return determiner[:1] + "a " + w.fr
	}
	panic(fmt.Sprintf("stories: no determiner %q", determiner))
}

// elides reports whether le and de lose their vowel before the word.
func elides(fr string) bool {
	for _, aspirated := range [...]string{"hérisson", "hibou", "héron", "haricots", "Hugo", "Hattie"} {
		if strings.HasPrefix(fr, aspirated) {
			return false
		}
	}
	for _, first := range fr {
		return strings.ContainsRune("aeiouhéèêâîôûœAEIOUHÉ", first)
	}
	return false
}
