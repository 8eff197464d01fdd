package stories

import "slices"

// A kind of character, by its trait.
type kind int

const (
	bold kind = iota
	timid
	selfish
	warm
	dreamy
)

// Topics returns what stories are about, in a fixed order.
func Topics() []string { return slices.Clone(topics[:]) }

// Endings returns how stories end, in a fixed order.
//
//	happy   the hero was kind before, and the friend helps
//	lonely  the hero was unkind but bold, and manages alone
//	mended  the hero was unkind, says sorry, and the friend helps
//	sad     the hero was unkind, and nobody helps
//	funny   the hero is a dreamer, for whom things happen otherwise
func Endings() []string { return slices.Clone(endings[:]) }

var (
	topics  = [...]string{"lost", "storm", "contest", "gift", "quarrel"}
	endings = [...]string{"happy", "lonely", "mended", "sad", "funny"}
)

// tell tells the story that the choices make: choose returns one of n equally likely ones.
func tell(choose func(n int) int) Story {
	t := &teller{choose: choose}
	return t.story()
}

// story tells of the hero and the friend, of what the hero did to the friend, of the trouble, and of its end.
func (t *teller) story() Story {
	t.heroHe = t.pick(2) == 0
	t.tell("", "opening")
	t.tell(" ", "home")
	t.tell(" ", "friend")

	kind := t.kind()
	good := kind == warm || kind != selfish && t.pick(2) == 0
	if good {
		t.tell(" ", "kind")
	} else {
		t.tell(" ", "unkind")
	}

	topic := topics[t.pick(len(topics))]
	t.tell("\n", topic+".problem")
	if topic == "quarrel" {
		t.tell(" ", "quarrel.talk")
		t.tell(" ", "quarrel.trouble")
	} else {
		t.tell(" ", topic+".trouble")
		t.tell(" ", topic+".talk")
	}

	ending := t.ending(kind, good)
	t.resolve(topic, ending)
	return Story{English: t.en.String(), French: t.fr.String(), Topic: topic, Ending: ending, Nats: t.nats}
}

// kind returns the hero's kind.
func (t *teller) kind() kind {
	trait := t.known("trait")
	for k, words := range traits {
		if slices.Contains(words, trait) {
			return kind(k)
		}
	}
	panic("stories: trait " + trait.en + " belongs to no kind")
}

// ending follows from the hero's kind and deed, but for one thing: whether a hero who is not bold says sorry.
func (t *teller) ending(k kind, good bool) string {
	switch {
	case k == dreamy:
		return "funny"
	case good:
		return "happy"
	case k == bold:
		return "lonely"
	case t.pick(2) == 0:
		return "mended"
	}
	return "sad"
}

// resolve tells the last paragraph: who helps, with what success, and how all feel about it.
func (t *teller) resolve(topic, ending string) {
	switch ending {
	case "happy":
		t.help("thanks", "friend", topic)
	case "mended":
		t.help("sorry", "friend", topic)
	case "lonely":
		t.help("alone", "hero", topic)
	case "sad":
		t.tell("\n", "nobody")
		t.tell(" ", topic+".fail")
	case "funny":
		t.tell("\n", topic+".funny")
	}
	t.tell(" ", ending)
}

// help tells why the helper comes and what the helper does.
func (t *teller) help(reason, helper, topic string) {
	t.tell("\n", reason)
	t.kept = append(t.kept, binding{"helper", t.known(helper)})
	t.tell(" ", topic+".fix")
}
