package generate_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/tokenize"
)

func search(t *testing.T, m *generate.Model, req generate.BeamRequest) []generate.Likely {
	t.Helper()
	found, err := m.Beam(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if width := cmp.Or(req.Width, 5); len(found) < 1 || len(found) > width {
		t.Errorf("%d texts of a beam of %d", len(found), width)
	}
	for _, l := range found {
		// What the search says of a text is what the model says of it after the prompt.
		surprises, err := m.Surprises(t.Context(), req.Prompt+l.Text)
		if err != nil {
			t.Fatal(err)
		}
		nats := 0.0
		for _, s := range surprises[len(req.Prompt):] {
			nats += s.Nats
		}
		if !l.Finished && math.Abs(nats-l.Nats) > 1e-4*nats {
			t.Errorf("%q has %v nats, want %v", l.Text, l.Nats, nats)
		}
	}
	return found
}

// A beam as wide as the number of texts finds the most likely of all.
func TestBeamFindsTheMostLikely(t *testing.T) {
	m := trained(t)
	const prompt = "Sentence 1"
	best, least := "", math.Inf(1)
	firsts, err := m.Next(t.Context(), prompt, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range firsts {
		seconds, err := m.Next(t.Context(), prompt+first.Text, 1)
		if err != nil {
			t.Fatal(err)
		}
		if nats := -math.Log(first.Probability) - math.Log(seconds[0].Probability); nats < least {
			best, least = first.Text+seconds[0].Text, nats
		}
	}
	found := search(t, m, generate.BeamRequest{Prompt: prompt, Length: 2, Width: len(firsts) * len(firsts)})
	if len(found) != len(firsts)*len(firsts) {
		t.Errorf("%d texts of two of %d characters", len(found), len(firsts))
	}
	if found[0].Text != best || math.Abs(found[0].Nats-least) > 1e-4 || found[0].Tokens != 2 {
		t.Errorf("the most likely is %+v, want %q with %v nats", found[0], best, least)
	}
	for i, l := range found[1:] {
		if l.Nats < found[i].Nats {
			t.Errorf("number %d, %+v, is more likely than %+v before it", i+1, l, found[i])
		}
	}
}

func TestBeamOfWidth1IsGreedy(t *testing.T) {
	m := trained(t)
	want := write(t, m, generate.Request{Prompt: "Sentence", Length: 30})
	found := search(t, m, generate.BeamRequest{Prompt: "Sentence", Length: 30, Width: 1})
	if len(found) != 1 || found[0].Text != want || found[0].Tokens != 30 || found[0].Finished {
		t.Errorf("found %+v, want %q", found, want)
	}
}

// Where a quotation began long before the prompt's end, a quotation mark closes it.
func TestBeamClosesQuotations(t *testing.T) {
	const prompt = `"one two three four five six seven eight nine ten`
	m := quickly(t, strings.Repeat(prompt+`" she said`+"\n", 200), func(s *generate.Settings) { s.Tokenizer, s.Steps = tokenize.Word, 300 })
	want := write(t, m, generate.Request{Prompt: prompt, Length: 3})
	found, err := m.Beam(t.Context(), generate.BeamRequest{Prompt: prompt, Length: 3, Width: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want != `" she said` || found[0].Text != want {
		t.Errorf("found %q, and %q at temperature 0, want %q", found[0].Text, want, `" she said`)
	}
}

// A word after a prompt that ends in a blank needs no other, drawn or searched for.
func TestOneBlankAfterPrompt(t *testing.T) {
	m := quickly(t, strings.Repeat("one two three four\n", 200), func(s *generate.Settings) { s.Tokenizer, s.Steps = tokenize.Word, 100 })
	for prompt, want := range map[string]string{"one": " two three", "one ": "two three", "one two three four ": "\none", "one two three four\n": "one two"} {
		if got := write(t, m, generate.Request{Prompt: prompt, Length: 2}); got != want {
			t.Errorf("after %q: %q, want %q", prompt, got, want)
		}
		found, err := m.Beam(t.Context(), generate.BeamRequest{Prompt: prompt, Length: 2, Width: 1})
		if err != nil || found[0].Text != want {
			t.Errorf("after %q: found %+v, %v, want %q", prompt, found, err, want)
		}
	}
}

func TestBeamStops(t *testing.T) {
	m := trained(t)
	open := search(t, m, generate.BeamRequest{Prompt: "Sentence", Length: 20, Width: 3})
	stop := open[0].Text[5:7]
	for _, l := range search(t, m, generate.BeamRequest{Prompt: "Sentence", Length: 20, Width: 3, Stop: []string{stop}}) {
		if strings.Contains(l.Text, stop) || !l.Finished && l.Tokens != 20 {
			t.Errorf("with the stop text %q: %+v", stop, l)
		}
	}
}

// What a search returns is whole: it ends with a stop text or is as long as asked. The most likely a token comes first.
func TestBeamReturnsWholeTexts(t *testing.T) {
	m := trained(t)
	for _, length := range []int{2, 40} {
		for _, stop := range []string{"e", ".", "t", " "} {
			least := 0.0
			for _, l := range search(t, m, generate.BeamRequest{Prompt: "Sentence", Length: length, Width: 4, Stop: []string{stop}}) {
				if !l.Finished && l.Tokens != length {
					t.Errorf("stop %q: %+v is neither finished nor %d tokens long", stop, l, length)
				}
				nats := l.Nats / float64(max(1, l.Tokens)) // the stop text may be all that follows
				if nats < least {
					t.Errorf("stop %q: %+v stands behind a text with more nats a token, %v", stop, l, least)
				}
				least = nats
			}
		}
	}
}

// Only the texts that are followed have tokens of their own, not those of all next tokens that they were chosen from.
func TestBeamKeepsWhatItFollows(t *testing.T) {
	m := trained(t)
	const width, length = 64, 500
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := m.Beam(t.Context(), generate.BeamRequest{Prompt: "Sentence", Length: length, Width: width}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	const most = 3 * 4 * width * length * length / 2 // what the tokens of the followed texts take, and room to grow
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("a search allocates %d bytes, want %d at most", n, most)
	}
}

func TestBeamErrors(t *testing.T) {
	m := trained(t)
	for _, req := range []generate.BeamRequest{{Width: -1}, {Width: 1 << 20}, {Length: -1}} {
		if found, err := m.Beam(t.Context(), req); err == nil {
			t.Errorf("%+v: found %+v, want an error", req, found)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Beam(ctx, generate.BeamRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := enormous(t, m).Beam(t.Context(), generate.BeamRequest{}); !errors.Is(err, generate.ErrNotFinite) {
		t.Errorf("with weights beyond computing: %v, want ErrNotFinite", err)
	}
}
