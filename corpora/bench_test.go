package corpora

import (
	"strings"
	"testing"
)

// BenchmarkChunks reads 32 MiB of text of one, two and three bytes a character.
func BenchmarkChunks(b *testing.B) {
	for _, bb := range []struct{ name, line string }{
		{"ascii", "The quick brown fox jumps over the lazy dog.\n"},
		{"french", "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens.\n"},
		{"chinese", "床前明月光，疑是地上霜。\n"},
	} {
		text := strings.Repeat(bb.line, 32<<20/len(bb.line))
		c, err := Open(b.Context(), []string{"-"}, strings.NewReader(text), Options{TempDir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range c.Chunks(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(bb.name+"/stats", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := c.Stats(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
