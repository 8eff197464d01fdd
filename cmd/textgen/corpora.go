package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/tokenize"
	"github.com/urfave/cli/v2"
)

func corporaCommand() *cli.Command {
	return &cli.Command{
		Name: "corpora", Usage: "look at texts", Subcommands: []*cli.Command{statsCommand()},
	}
}

const statsDescription = `Counts a text, and says what a tokenizer would make of it. FILE is a file, a folder, a glob or - for standard
input; .gz and .zst are read transparently.

   textgen corpora stats input.txt
   textgen corpora stats --tokenizer all books/
   textgen corpora stats --tokenizer bpe --vocab-size 4000 --json books/ | jq .tokenizers
   textgen corpora stats --encoding latin-1 old.txt`

func statsCommand() *cli.Command {
	return &cli.Command{
		Name: "stats", Usage: "count a text, and what a tokenizer makes of it", ArgsUsage: "FILE…", Description: statsDescription,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "tokenizer", Category: categoryTokenizer, Usage: "char, word, space, bpe, all or none", Value: "char", EnvVars: variable("tokenizer")},
			&cli.IntFlag{Name: "vocab-size", Category: categoryTokenizer, Usage: "at most `N` tokens; 0: no limit for char and space, 10,000 for word, 2,000 for bpe", EnvVars: variable("vocab-size")},
			&cli.IntFlag{Name: "min-freq", Category: categoryTokenizer, Usage: "leave out characters and words that occur less than `N` times, and for bpe do not join pairs that do; 0: 1, for bpe 2", EnvVars: variable("min-freq")},
			&cli.BoolFlag{Name: "lowercase", Category: categoryTokenizer, Usage: "read everything in lower case", EnvVars: variable("lowercase")},
			&cli.BoolFlag{Name: "nfc", Category: categoryTokenizer, Usage: "compose characters first (Unicode NFC)", EnvVars: variable("nfc")},
			jsonFlag("print JSON: files, chars, words, lines, encodings, tokenizers and more"), configFlag(),
		}, textFlags()...),
		Action: runStats,
	}
}

// textStats is the result of corpora stats --json.
type textStats struct {
	Names   []string `json:"names"`
	Skipped []string `json:"skipped,omitempty"` // files in folders that are not read
	corpora.Stats
	SHA256     string           `json:"sha256"`
	Tokenizers []tokenizerStats `json:"tokenizers"`
}

// tokenizerStats is what a tokenizer that learns from a text makes of it.
type tokenizerStats struct {
	Kind          tokenize.Kind `json:"kind"`
	VocabSize     int           `json:"vocab_size"`
	Tokens        int           `json:"tokens"`
	Unknown       int           `json:"unknown"`
	CharsPerToken float64       `json:"chars_per_token"`
}

func runStats(ctx *cli.Context) error {
	if !ctx.Args().Present() {
		return errors.New("no text: name files, or - for standard input")
	}
	kinds, err := tokenizerKinds(ctx.String("tokenizer"))
	if err != nil {
		return err
	}
	text, err := corpora.Open(ctx.Context, ctx.Args().Slice(), ctx.App.Reader, textOptions(ctx))
	if err != nil {
		return err
	}
	defer text.Close()
	s := textStats{Names: text.Files(), Skipped: text.Skipped(), Tokenizers: []tokenizerStats{}}
	if s.Stats, err = text.Stats(ctx.Context); err != nil {
		return err
	}
	s.SHA256 = fmt.Sprintf("%x", s.Stats.SHA256)
	for _, kind := range kinds {
		t, err := tryTokenizer(ctx, kind, text, s.Chars)
		if err != nil {
			return err
		}
		s.Tokenizers = append(s.Tokenizers, t)
	}
	if ctx.Bool("json") {
		return printJSON(ctx.App.Writer, s)
	}
	printStats(ctx.App.Writer, s)
	return nil
}

func tokenizerKinds(name string) ([]tokenize.Kind, error) {
	switch name {
	case "all":
		return []tokenize.Kind{tokenize.Char, tokenize.Word, tokenize.Space, tokenize.BPE}, nil
	case "none":
		return nil, nil
	case "char", "word", "space", "bpe":
		return []tokenize.Kind{tokenize.Kind(name)}, nil
	}
	return nil, fmt.Errorf("--tokenizer %s is unknown%s", name, suggest(name, []string{"char", "word", "space", "bpe", "all", "none"}, "; use char, word, space, bpe, all or none"))
}

// tryTokenizer learns a tokenizer from the text and encodes the text with it.
func tryTokenizer(ctx *cli.Context, kind tokenize.Kind, text *corpora.Corpus, chars int64) (tokenizerStats, error) {
	cfg := tokenize.TrainConfig{
		Kind: kind, VocabSize: ctx.Int("vocab-size"), MinFrequency: ctx.Int("min-freq"), Lowercase: ctx.Bool("lowercase"), NFC: ctx.Bool("nfc"),
	}
	t, err := tokenize.Train(cfg, text.Chunks(ctx.Context))
	if err != nil {
		return tokenizerStats{}, err
	}
	ids, unknown, err := tokenize.Tokens(t, text.Chunks(ctx.Context))
	if err != nil {
		return tokenizerStats{}, err
	}
	s := tokenizerStats{Kind: kind, VocabSize: t.Size(), Tokens: ids.Len(), Unknown: unknown.Count}
	if s.Tokens > 0 {
		s.CharsPerToken = float64(chars) / float64(s.Tokens)
	}
	return s, nil
}

func printStats(w io.Writer, s textStats) {
	rows(w, "",
		"files", grouped(s.Files),
		"encoding", strings.Join(s.Encodings, ", "),
		"bytes", fmt.Sprintf("%s read = %s used + %s dropped", grouped(s.BytesRead), grouped(s.BytesUsed), grouped(s.BytesDropped)),
		"characters", fmt.Sprintf("%s, %s different", grouped(s.Chars), grouped(s.DistinctChars)),
		"words", grouped(s.Words),
		"lines", grouped(s.Lines))
	for _, t := range s.Tokenizers {
		share := 100 * float64(t.Unknown) / float64(max(1, t.Tokens))
		fmt.Fprintf(w, "\ntokenizer %s: vocabulary of %s, text of %s, %.2f characters a token, %s unknown (%.2f %%)\n",
			t.Kind, grouped(t.VocabSize), plural(t.Tokens, "token"), t.CharsPerToken, grouped(t.Unknown), share)
	}
	if n := len(s.Skipped); n > 0 {
		fmt.Fprintf(w, "\n%s in the folders not read: their names do not end in .txt, .text or .md\n", plural(n, "file"))
	}
}
