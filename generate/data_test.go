package generate_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/tokenize"
)

// quickly trains a model of few steps on a text.
func quickly(t *testing.T, text string, change func(*generate.Settings)) *generate.Model {
	t.Helper()
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{writeText(t, text)}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 2
	change(&cfg.Settings)
	train1(t, cfg)
	return load(t, cfg.Out)
}

// A text begins after what stands between the texts that a model has learned from.
func TestWhereTextsBegin(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{strings.Repeat("one\ntwo\n\n", 50), "\n\n"}, {strings.Repeat("one\ntwo\n", 50), "\n"}, {strings.Repeat("one two ", 50), ""},
		{strings.Repeat("one\ntwo\n", 50_000) + "\n\nfar", "\n"}, // what is far into a text is not looked at
	} {
		m := quickly(t, c.text, func(*generate.Settings) {})
		if got := m.Info().Training.Start; got != c.want {
			t.Errorf("a text begins after %q, want %q", got, c.want)
		}
	}
}

// A short file at the front of a folder does not tell what the texts behind it begin after.
func TestWhereTextsOfAFolderBegin(t *testing.T) {
	title := writeText(t, "A title\n")
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{title, corpus(t)}, Out: filepath.Join(t.TempDir(), "run")}
	cfg.Settings.Steps = 2
	train1(t, cfg)
	if got := load(t, cfg.Out).Info().Training.Start; got != "\n\n" {
		t.Errorf("a text begins after %q, want an empty line", got)
	}
}

// Characters are learned from all of the text, words from what is trained on.
func TestWhatTokenizersLearnFrom(t *testing.T) {
	text := strings.Repeat("one two\n", 500) + "Ω\n"
	for kind, known := range map[tokenize.Kind]bool{tokenize.Char: true, tokenize.Word: false} {
		m := quickly(t, text, func(s *generate.Settings) { s.Tokenizer = kind })
		if _, ok := m.Tokenizer().ID("Ω"); ok != known {
			t.Errorf("%s: Ω, which stands in the part for validation, is known: %v, want %v", kind, ok, known)
		}
	}
}

// A split of the streams is told as any other; one that leaves nothing to validate on trains on everything.
func TestSplitOfStreams(t *testing.T) {
	text := strings.Repeat("one two ", 500) // of 4,000 characters, that is 4 streams of 124 windows of 8
	for split, want := range map[string][2]int{"streams:0.75": {2976, 1024}, "streams:1": {4000, 0}} {
		got := quickly(t, text, func(s *generate.Settings) { s.Split = split }).Info().Training
		if got.TrainTokens != want[0] || got.ValidTokens != want[1] {
			t.Errorf("%s: %d tokens to train on and %d to validate on, want %v", split, got.TrainTokens, got.ValidTokens, want)
		}
	}
}

// Windows that overlap are shortened with the text, too.
func TestShortTextWithOverlappingWindows(t *testing.T) {
	m := quickly(t, "A text of forty characters, or a few more.", func(s *generate.Settings) { s.BPTT, s.BPTTEvery = 64, 60 })
	if s := m.Info().Training.Settings; s.Batch != 1 || s.BPTT >= 42 || s.BPTTEvery > s.BPTT {
		t.Errorf("trained with %d streams of windows of %d every %d", s.Batch, s.BPTT, s.BPTTEvery)
	}
}

// The longest windows that there can be are shortened like others.
func TestShortTextWithEndlessWindows(t *testing.T) {
	m := quickly(t, "A text of forty characters, or a few more.", func(s *generate.Settings) { s.BPTT = math.MaxInt })
	if s := m.Info().Training.Settings; s.Batch != 1 || s.BPTT >= 42 {
		t.Errorf("trained with %d streams of windows of %d", s.Batch, s.BPTT)
	}
}

// What a model of characters does not know is left out of a prompt.
func TestUnknownCharactersAreLeftOut(t *testing.T) {
	m := trained(t)
	want := write(t, m, generate.Request{Prompt: "Sentence", Length: 30})
	if got := write(t, m, generate.Request{Prompt: "ΩSenteΩnceΩ", Length: 30}); got != want {
		t.Errorf("wrote %q after a prompt with unknown characters, %q without them", got, want)
	}
}
