package generate_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/generate"
)

// TestSettingsValidate asserts that every mistake that needs no text to be seen is named, before a text is read: the one
// that is named here does not exist.
func TestSettingsValidate(t *testing.T) {
	for _, c := range []struct {
		spoil func(*generate.Settings)
		want  []string
	}{
		{func(s *generate.Settings) { s.Batch, s.BPTT = 0, -1 }, []string{"batch is 0; it must be at least 1", "bptt is -1; it must be at least 1"}},
		{func(s *generate.Settings) { s.Cell, s.Dropout = "lstn", 1.5 }, []string{`cell "lstn" is unknown; use one of rnn, rnn-relu, lstm, gru`, "dropout is 1.5"}},
		{func(s *generate.Settings) { s.OutputDropout = 1.5 }, []string{"output_dropout is 1.5"}},
		{func(s *generate.Settings) { s.Optimizer = "adm" }, []string{`optimizer "adm" is unknown; use one of adam, adamw, rmsprop, sgd, nt-asgd`}},
		{func(s *generate.Settings) { s.LR = math.Inf(1) }, []string{"rate is +Inf"}},
		{func(s *generate.Settings) { s.Schedule = "up" }, []string{`schedule "up" is unknown; use one of constant, linear`}},
		{func(s *generate.Settings) { s.Clip = -1 }, []string{"clip: norm is -1"}},
		{func(s *generate.Settings) { s.Guard = "x" }, []string{`guard "x" is unknown; use act, warn or off`}},
		{func(s *generate.Settings) { s.Steps = 0 }, []string{"0 of steps, epochs and time are set"}},
		{func(s *generate.Settings) { s.Embedding = -3 }, []string{"embedding is -3"}},
	} {
		s := settings(t)
		c.spoil(&s)
		_, err := generate.Train(t.Context(), generate.TrainConfig{Settings: s, Paths: []string{"missing.txt"}, Out: filepath.Join(t.TempDir(), "run")})
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
	}
	if _, err := generate.Preset("huge"); err == nil || !strings.Contains(err.Error(), `"huge" is unknown; use one of tiny`) {
		t.Errorf("an unknown preset: %v", err)
	}
	for _, name := range generate.Presets {
		s, err := generate.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(); err != nil {
			t.Errorf("preset %s: %v", name, err)
		}
	}
}
