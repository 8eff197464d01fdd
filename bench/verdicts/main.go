// Command verdicts trains small networks of which it is known how they fare, and prints what the guard says of each,
// beside what it should say. It ends with exit code 1 if a verdict is wrong.
//
//	go run ./bench/verdicts           on built-in stories, by characters: about two minutes on two cores
//	go run ./bench/verdicts FILE…     on other texts, of at least 200,000 characters
//
// Every run has a seed of its own. A run is judged by all its verdicts: the first must be the expected one, and none may be
// of a kind that its line does not list.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
)

func main() {
	right, err := run(context.Background(), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "verdicts:", err)
	}
	if err != nil || !right {
		os.Exit(1)
	}
}

// trial is a training with what must be said of it. One that is to be mismatched validates on the text in capital letters.
type trial struct {
	name  string
	steps int
	want  []train.Kind // the first verdict must be the first of these, others may be any of them; none: no verdict
	set   func(*generate.Settings)
}

func trials() []trial {
	type s = generate.Settings
	vanishing, exploding := []train.Kind{train.Vanishing}, []train.Kind{train.Exploding}
	tanh := func(scale float64, layers, hidden int) func(*s) {
		return func(s *s) { s.Cell, s.RecurrentScale, s.Layers, s.Hidden = model.RNN, scale, layers, hidden }
	}
	gated := func(cell model.Cell, layers, hidden int) func(*s) {
		return func(s *s) { s.Cell, s.Layers, s.Hidden = cell, layers, hidden }
	}
	return []trial{
		{"tanh network, recurrent weights × 0.5", 200, vanishing, tanh(0.5, 1, 64)},
		{"tanh network of 2 layers, recurrent weights × 0.5", 200, vanishing, tanh(0.5, 2, 48)},
		{"tanh network, recurrent weights × 1.8", 200, exploding, tanh(1.8, 1, 128)},
		{"tanh network of 2 layers, recurrent weights × 1.8", 200, exploding, tanh(1.8, 2, 48)},
		{"rectifiers from the identity, learning rate 0.05, no clipping", 200, []train.Kind{train.Exploding, train.NonFinite, train.Saturated}, func(s *s) {
			s.Cell, s.Init, s.Layers, s.Hidden, s.LR, s.Clip = model.ReLURNN, model.Identity, 1, 64, 0.05, 0
		}},
		{"LSTM, learning rate 1,000,000", 200, []train.Kind{train.Exploding, train.NonFinite, train.Saturated}, func(s *s) {
			s.Layers, s.Hidden, s.LR = 1, 48, 1e6
		}},
		{"LSTM, learning rate 0.000000001", 400, []train.Kind{train.Stalled}, func(s *s) { s.Layers, s.Hidden, s.LR = 1, 48, 1e-9 }},
		{"LSTM of 160 units on 12,000 characters", 500, []train.Kind{train.Overfitting}, func(s *s) {
			s.Layers, s.Hidden, s.Batch, s.Schedule, s.Split = 1, 160, 8, "constant", "0.012,0.05,0.938"
		}},
		{"LSTM, validated on capital letters", 400, []train.Kind{train.Mismatched, train.Overfitting}, gated(model.LSTM, 1, 96)},
		{"LSTM", 400, nil, gated(model.LSTM, 1, 96)},
		{"LSTM of 2 layers", 400, nil, gated(model.LSTM, 2, 64)},
		{"GRU", 400, nil, gated(model.GRU, 1, 96)},
		{"GRU of 2 layers", 400, nil, gated(model.GRU, 2, 64)},
	}
}

// run makes all runs and prints the table. Right is false if a verdict is wrong.
func run(ctx context.Context, paths []string) (right bool, err error) {
	dir, err := os.MkdirTemp("", "verdicts")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if len(paths) == 0 {
		if paths, err = stories(ctx, dir); err != nil {
			return false, err
		}
	}
	right = true
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "network\tseed\tsteps\texpected\tsaid\t")
	for i, t := range trials() {
		said, err := t.verdicts(ctx, filepath.Join(dir, fmt.Sprint(i)), paths, uint64(i+1))
		if err != nil {
			return false, fmt.Errorf("%s: %w", t.name, err)
		}
		mark := ""
		if !t.right(said) {
			mark, right = "WRONG", false
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%s\n", t.name, i+1, t.steps, expected(t.want), told(said), mark)
	}
	return right, table.Flush()
}

// stories writes a megabyte of the built-in stories.
func stories(ctx context.Context, dir string) ([]string, error) {
	text, _ := corpora.Builtin(1, 1<<20)
	var all []byte
	for chunk, err := range text.Chunks(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, chunk...)
	}
	path := filepath.Join(dir, "stories.txt")
	return []string{path}, os.WriteFile(path, all, 0o666)
}

// verdicts trains and returns what the guard says. A run that diverges was given up by it, which is no error here.
func (t trial) verdicts(ctx context.Context, out string, paths []string, seed uint64) ([]train.Verdict, error) {
	s, err := generate.Preset("tiny")
	if err != nil {
		return nil, err
	}
	s.Steps, s.Time, s.Batch, s.Seed = t.steps, 0, 16, seed
	t.set(&s)
	cfg := generate.TrainConfig{Settings: s, Paths: paths, Out: out}
	if slices.Contains(t.want, train.Mismatched) {
		cfg.ValidPaths = []string{out + ".txt"}
		if err := capitals(paths[0], cfg.ValidPaths[0]); err != nil {
			return nil, err
		}
	}
	result, err := generate.Train(ctx, cfg)
	if err != nil && !errors.Is(err, train.ErrDiverged) {
		return nil, err
	}
	return result.Verdicts, nil
}

// capitals writes a text in capital letters.
func capitals(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, bytes.ToUpper(text), 0o666)
}

// right compares what was said with what should be.
func (t trial) right(said []train.Verdict) bool {
	if len(t.want) == 0 || len(said) == 0 {
		return len(t.want) == len(said)
	}
	return said[0].Kind == t.want[0] && !slices.ContainsFunc(said, func(v train.Verdict) bool { return !slices.Contains(t.want, v.Kind) })
}

func expected(want []train.Kind) string {
	if len(want) == 0 {
		return "nothing"
	}
	return string(want[0])
}

func told(said []train.Verdict) string {
	if len(said) == 0 {
		return "nothing"
	}
	var words []string
	for _, v := range said {
		words = append(words, fmt.Sprintf("%s at %d", v.Kind, v.Step))
	}
	return strings.Join(words, ", ")
}
