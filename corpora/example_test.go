package corpora_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/textgen-go/textgen/corpora"
)

// Read a text, split it as nanoGPT does, and read its validation part.
func Example() {
	ctx := context.Background()
	c, err := corpora.Open(ctx, []string{"-"}, strings.NewReader("Dix œufs, neuf bœufs.\n"), corpora.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	stats, err := c.Stats(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stats.TextBytes, "bytes,", stats.Chars, "characters,", stats.Words, "words")

	split, err := corpora.ParseSplit("0.75,0.25")
	if err != nil {
		log.Fatal(err)
	}
	_, valid, _ := split.Contiguous(stats.Chars)
	for text, err := range c.Section(ctx, valid.From, valid.To) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%q\n", text)
	}
	// Output:
	// 24 bytes, 22 characters, 4 words
	// "œufs.\n"
}

// The built-in corpus needs no file, and its entropy is known.
func ExampleBuiltin() {
	_, entropy := corpora.Builtin(1, 1<<20)
	fmt.Printf("%d stories, %.1f nats per character\n", entropy.Stories, entropy.PerChar())
	// Output:
	// 1624 stories, 0.2 nats per character
}
