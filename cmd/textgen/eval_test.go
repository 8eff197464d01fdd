package main

import (
	"strings"
	"testing"
	"time"

	"github.com/textgen-go/textgen/generate"
)

func TestPrintScore(t *testing.T) {
	var b strings.Builder
	printScore(&b, generate.Score{
		Bytes: 3000, Chars: 2000, Tokens: 1000, Unknown: 7,
		NatsPerToken: 1.5, Perplexity: 4.4817, BitsPerToken: 2.164, BitsPerChar: 1.082, BitsPerByte: 0.7213,
	}, 500*time.Millisecond)
	const want = `text                3,000 bytes, 2,000 characters, 1,000 tokens
unknown tokens      7
nats per token      1.5000
perplexity          4.482
bits per token      2.1640
bits per character  1.0820
bits per byte       0.7213
speed               2,000 tokens/s
`
	if b.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), want)
	}
}
