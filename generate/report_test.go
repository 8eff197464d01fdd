package generate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
)

// Of a text without blanks, byte pairs are up to 64 KiB long: samples of 80 of them were lines that resuming did not read.
func TestSamplesOfLongTokensAreShort(t *testing.T) {
	text := writeText(t, strings.Repeat("é", 1<<19))
	cfg := generate.TrainConfig{Settings: settings(t), Paths: []string{text}, Out: filepath.Join(t.TempDir(), "run"), Report: true}
	cfg.Settings.Tokenizer, cfg.Settings.VocabSize = tokenize.BPE, 274 // up to 8,192 characters a token
	cfg.Settings.Steps, cfg.Settings.EvalEvery, cfg.Settings.LR = 30, 10, 0.05
	train1(t, cfg)
	samples, err := os.ReadFile(filepath.Join(cfg.Out, checkpoint.SamplesName))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(samples)) {
		if len(line) > 9<<10 {
			t.Errorf("a sample of %d bytes", len(line))
		}
	}
	train1(t, generate.TrainConfig{Out: cfg.Out, Resume: true})
}
