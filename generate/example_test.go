package generate_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
)

// Train a model of words on a text, load it, write with it, and ask it for the next word.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "generate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := filepath.Join(dir, "count.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("one two three four five\n", 200)), 0o600); err != nil {
		log.Fatal(err)
	}
	settings, err := generate.Preset("tiny")
	if err != nil {
		log.Fatal(err)
	}
	settings.Tokenizer, settings.Hidden, settings.Batch, settings.LR = tokenize.Word, 16, 4, 0.02
	settings.Time, settings.Steps = 0, 150 // a run has one length
	run := filepath.Join(dir, "run")
	if _, err := generate.Train(ctx, generate.TrainConfig{Settings: settings, Paths: []string{text}, Out: run}); err != nil {
		log.Fatal(err)
	}

	m, err := generate.Load(run)
	if err != nil {
		log.Fatal(err)
	}
	for piece, err := range m.Generate(ctx, generate.Request{Prompt: "one two", Length: 3}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(piece)
	}
	fmt.Println()
	next, err := m.Next(ctx, "three four", 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(next[0].Text)
	// Output:
	// three four five
	// five
}

// Find the strangest of some lines.
func ExampleModel_Scores() {
	m, err := generate.Load("my-model")
	if err != nil {
		log.Fatal(err)
	}
	lines := []string{"a line", "another line"}
	worst, strangest := 0.0, ""
	next, stop := iter.Pull2(m.Scores(context.Background(), texts(lines), 0))
	defer stop()
	for _, line := range lines {
		score, err, _ := next()
		if err != nil {
			log.Fatal(err)
		}
		if score.BitsPerChar > worst {
			worst, strangest = score.BitsPerChar, line
		}
	}
	fmt.Println(strangest)
}

// texts yields lines without errors.
func texts(lines []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// A text in memory is trained on by way of "-", and a model need not lie on a disk.
func ExampleFromFile() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "generate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	settings, err := generate.Preset("tiny")
	if err != nil {
		log.Fatal(err)
	}
	settings.Hidden, settings.Batch, settings.LR = 16, 4, 0.02
	settings.Time, settings.Steps = 0, 100
	text := strings.NewReader(strings.Repeat("abcd", 1000))
	run := filepath.Join(dir, "run")
	if _, err := generate.Train(ctx, generate.TrainConfig{Settings: settings, Paths: []string{"-"}, Stdin: text, Out: run}); err != nil {
		log.Fatal(err)
	}

	bytesOfModel, err := os.Open(filepath.Join(run, checkpoint.ModelName)) // or an embedded file, or a response
	if err != nil {
		log.Fatal(err)
	}
	defer bytesOfModel.Close()
	file, err := checkpoint.Decode(bytesOfModel, checkpoint.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := generate.FromFile(file)
	if err != nil {
		log.Fatal(err)
	}
	next, err := m.Next(ctx, "abcdab", 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(next[0].Text)
	// Output: c
}
