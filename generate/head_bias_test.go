package generate_test

import (
	"path/filepath"
	"testing"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// TestHeadBias trains a step at a rate of nearly nothing: the loss is that of the first biases.
func TestHeadBias(t *testing.T) {
	text := manyWords(t)
	loss := func(bias, want generate.HeadBias, set func(*generate.Settings)) float64 {
		s := settings(t)
		s.Tokenizer, s.HeadBias, s.Steps, s.LR = tokenize.Word, bias, 1, 1e-9
		set(&s)
		cfg := generate.TrainConfig{Paths: []string{text}, Out: filepath.Join(t.TempDir(), "run"), Settings: s}
		r := train1(t, cfg)
		m, err := generate.Load(cfg.Out)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Info().Training.Settings.HeadBias; got != want {
			t.Errorf("the head bias is %q, want %q", got, want)
		}
		return r.ValidLoss
	}
	as := func(*generate.Settings) {}
	zeros := loss(generate.HeadBiasZeros, generate.HeadBiasZeros, as)
	known := loss("", generate.HeadBiasFrequencies, as)
	if known > zeros-1 {
		t.Errorf("with frequencies known the first loss is %v, without %v", known, zeros)
	}
	loss("", generate.HeadBiasZeros, func(s *generate.Settings) { s.Init, s.InitRange = model.Uniform, 0.1 })
	loss("", generate.HeadBiasZeros, func(s *generate.Settings) { s.Tokenizer = tokenize.Char })

	s := settings(t)
	s.HeadBias = "ones"
	if _, err := generate.Train(t.Context(), generate.TrainConfig{Paths: []string{text}, Out: filepath.Join(t.TempDir(), "run"), Settings: s}); err == nil {
		t.Error("an unknown head bias is no error")
	}
}
