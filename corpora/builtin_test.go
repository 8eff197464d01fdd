package corpora

import (
	"math"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/corpora/stories"
)

func TestBuiltin(t *testing.T) {
	c, e := Builtin(1, 100_000)
	text, err := collect(c.Chunks(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := collect(c.Chunks(t.Context())); again != text {
		t.Error("read twice, the text differs")
	}
	if n := len(text); n < 100_000 || n > 102_000 || int64(n) != e.Chars {
		t.Errorf("%d bytes, %d characters", n, e.Chars)
	}
	if n := strings.Count(text, "\n\n"); int64(n) != e.Stories || !strings.HasSuffix(text, "\n\n") {
		t.Errorf("%d blank lines, %d stories", n, e.Stories)
	}
	g, nats, want := stories.New(1), 0.0, ""
	for range e.Stories {
		s := g.Next()
		nats += s.Nats
		want += s.English + "\n\n"
	}
	if want != text || math.Abs(nats-e.Nats) > 1e-6 {
		t.Errorf("the text is not that of the stories, or %f nats are not %f", e.Nats, nats)
	}
	part, err := collect(c.Section(t.Context(), 1000, 90_000))
	if err != nil || part != text[1000:90_000] {
		t.Errorf("section of %d bytes, error %v", len(part), err)
	}
}

func TestBuiltinPrefixAndSize(t *testing.T) {
	short, one := Builtin(2, 0)
	long, _ := Builtin(2, 50_000)
	a, _ := collect(short.Chunks(t.Context()))
	b, _ := collect(long.Chunks(t.Context()))
	if one.Stories != 1 || !strings.HasPrefix(b, a) || a == "" {
		t.Errorf("%d stories of %d bytes, not how the longer text begins", one.Stories, len(a))
	}
}
