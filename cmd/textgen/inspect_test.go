package main

import (
	"strings"
	"testing"

	"github.com/textgen-go/textgen/classify"
	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
)

func TestPrintInfo(t *testing.T) {
	info := generate.Info{
		Path: "shake/model.safetensors.zst", FileSize: 2048, Tokenizer: "char", VocabSize: 65, Total: 3,
		Config: model.Config{VocabSize: 65, Embedding: 8, TieWeights: true, RecurrentConfig: model.RecurrentConfig{Cell: model.GRU, Layers: 2, Hidden: 8}},
		Training: generate.Training{
			Settings: generate.Settings{Preset: "tiny", Optimizer: "adam", LR: 0.005, Schedule: "cosine", Batch: 32, BPTT: 64, Dropout: 0.1, Seed: 7},
			Corpus:   []string{"a.txt", "b.txt"}, TrainTokens: 9000, ValidTokens: 1000, Planned: 500, Limit: 0.9, From: "older",
		},
		Metrics: generate.Metrics{Step: 400, Tokens: 80_000, Seconds: 12.4, Loss: 1.5, ValidLoss: 2},
	}
	var b strings.Builder
	printInfo(&b, info)
	const want = `file          shake/model.safetensors.zst (2.0 KiB)
network       gru, 2 layers of 8 units, embedding of 8 that is the head's weight, too
tokenizer     char, 65 tokens
corpus        a.txt b.txt (9,000 tokens to train on, 1,000 tokens to validate on)
training      preset tiny, adam, rate 0.005 (cosine), batch 32×64, dropout 0.1, seed 7
this model    step 400 of 500, 80,000 tokens read in 12 s
loss          1.5000 nats a token in training, 2.0000 on validation (perplexity 7.39); no model can do better than 0.9000
started from  older
`
	if !strings.HasPrefix(b.String(), want) {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), want)
	}
	info.Metrics.ValidLoss, info.Training.Limit = 0, 0
	b.Reset()
	printInfo(&b, info)
	if want := "\nloss          1.5000 nats a token in training\n"; !strings.Contains(b.String(), want) {
		t.Errorf("a model that was not validated: no %q in\n%s", want, b.String())
	}
}

func TestPrintClassifier(t *testing.T) {
	info := classify.Info{
		Labels:   []string{"cold", "wet"},
		Training: classify.Training{Paths: []string{"data.csv"}, Train: 900, Valid: 100, Planned: 500},
		Metrics:  classify.Metrics{Step: 400, Documents: 12_800, Seconds: 3, ValidLoss: 0.25, MacroF1: 0.9},
	}
	var b strings.Builder
	printClassifier(&b, info)
	for _, want := range []string{
		": cold, wet\n", "data.csv (900 to train on, 100 to validate on)\n", "step 400 of 500, 12,800 documents read in 3 s\n",
		"loss 0.2500 nats a document, macro-F1 90.00 %\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	info.Metrics.ValidLoss, info.Metrics.MacroF1 = 0, 0
	b.Reset()
	printClassifier(&b, info)
	if want := "nothing: the weights are the last"; !strings.Contains(b.String(), want) {
		t.Errorf("a model that was not validated: no %q in\n%s", want, b.String())
	}
}

func TestSomeLabels(t *testing.T) {
	for n, want := range map[int]string{2: "x, x", 30: strings.Repeat("x, ", 29) + "x", 32: strings.Repeat("x, ", 29) + "x and 2 more (--json lists all)"} {
		if got := someLabels(strings.Split(strings.Repeat("x", n), "")); got != want {
			t.Errorf("of %d labels: %q, want %q", n, got, want)
		}
	}
}
