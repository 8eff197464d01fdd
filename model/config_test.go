package model

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// goodConfig is a valid configuration to spoil.
func goodConfig() Config {
	return Config{VocabSize: 5, Embedding: 4, RecurrentConfig: RecurrentConfig{Cell: LSTM, Layers: 2, Hidden: 3}}
}

func TestConfigValidate(t *testing.T) {
	nan, huge := math.NaN(), 1e300
	for _, c := range []struct {
		name  string
		spoil func(*Config)
		want  []string // parts of the error; none: there is no error
	}{
		{"good", func(*Config) {}, nil},
		{"largest dropout", func(c *Config) { c.Dropout = 0.999 }, nil},
		{"tied", func(c *Config) { c.TieWeights, c.Embedding = true, 3 }, nil},
		{"zero value", func(c *Config) { *c = Config{} }, []string{
			"vocab_size is 0; it must be from 1 to 16777216", "embedding is 0; it must be from 1 to 65536",
			`cell "" is unknown; use one of rnn, rnn-relu, lstm, gru`,
			"layers is 0; it must be from 1 to 64", "hidden is 0; it must be from 1 to 65536",
		}},
		{"negative sizes", func(c *Config) { c.VocabSize, c.Embedding, c.Layers, c.Hidden = -1, -2, -3, -4 }, []string{
			"vocab_size is -1", "embedding is -2", "layers is -3", "hidden is -4",
		}},
		{"too large", func(c *Config) { c.VocabSize, c.Embedding, c.Layers, c.Hidden = 1<<24+1, 1<<16+1, 65, 1<<16+1 }, []string{
			"vocab_size is 16777217", "embedding is 65537", "layers is 65", "hidden is 65537",
		}},
		// 4·60000·(4+60000+2) and 4·60000·(60000+60000+2) in the layers, 5·4 in the embedding, 5·(60000+1) in the head.
		{"more than memory holds", func(c *Config) { c.Hidden = 60000 }, []string{"the network would have 43202220025 weights, 1073741824 are the most"}},
		{"unknown cell", func(c *Config) { c.Cell = "LSTM" }, []string{`cell "LSTM" is unknown`}},
		{"dropouts", func(c *Config) { c.Dropout, c.InputDropout, c.OutputDropout = 1, -0.1, nan }, []string{
			"\ndropout is 1; it is a probability", "input_dropout is -0.1", "output_dropout is NaN",
		}},
		{"a dropout that float32 rounds to 1", func(c *Config) { c.Dropout, c.Zoneout = 0.99999999, 0.99999999 }, []string{
			"\ndropout is 0.99999999", "\nzoneout is 0.99999999",
		}},
		{"both directions", func(c *Config) { c.Bidirectional = true }, []string{"cannot be bidirectional"}},
		{"tied to another width", func(c *Config) { c.TieWeights = true }, []string{"embedding is 4 and hidden is 3"}},
		{"cutoffs beyond the vocabulary", func(c *Config) { c.Hidden, c.Cutoffs = 64, []int{2, c.VocabSize} }, []string{"they must rise, from 1 to below"}},
		{"falling cutoffs", func(c *Config) { c.Hidden, c.Cutoffs = 64, []int{2, 2} }, []string{"cutoffs are [2 2]"}},
		{"cutoffs of a narrow network", func(c *Config) { c.Cutoffs = []int{2} }, []string{"hidden is 3; that is too small for 1 cutoffs"}},
		{"cutoffs and tied weights", func(c *Config) { c.Hidden, c.Embedding, c.TieWeights, c.Cutoffs = 64, 64, true, []int{2} }, []string{"weights cannot be tied with an adaptive softmax"}},
		{"unknown scheme", func(c *Config) { c.Init.Scheme = "xavier" }, []string{`init scheme "xavier" is unknown; use one of orthogonal, uniform, identity`}},
		{"remedies", func(c *Config) {
			c.Variational, c.Highway, c.LayerNorm, c.Dilation, c.AR, c.TAR = true, true, true, 4096, 2, 1
			c.EmbeddingDropout, c.WeightDrop, c.Zoneout, c.ZoneoutCell = 0.9, 0.9, 0.9, 0.9
		}, nil},
		{"noise", func(c *Config) { c.EmbeddingDropout, c.WeightDrop, c.Zoneout, c.ZoneoutCell = 1, -1, nan, 2 }, []string{
			"embedding_dropout is 1", "weight_drop is -1", "zoneout is NaN", "zoneout_cell is 2",
		}},
		{"penalties", func(c *Config) { c.AR, c.TAR = -1, nan }, []string{"ar is -1 and tar NaN"}},
		{"two shortcuts", func(c *Config) { c.Residual, c.Highway = true, true }, []string{"use one of them"}},
		{"a cell that a gru has not", func(c *Config) { c.Cell, c.ZoneoutCell = GRU, 0.1 }, []string{"only an lstm has a c"}},
		{"a dilation too far", func(c *Config) { c.Dilation, c.Layers = 2, 64 }, []string{"steps back in layer 63"}},
		{"forget bias", func(c *Config) { c.Init.ForgetBias = &nan }, []string{"forget bias is NaN"}},
		{"a forget bias that is infinite in float32", func(c *Config) { c.Init.ForgetBias = &huge }, []string{"forget bias is 1e+300"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := goodConfig()
			c.spoil(&cfg)
			m, err := NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
			if len(c.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || m != nil {
				t.Fatalf("model %v and error %v, want no model and an error", m, err)
			}
			for _, want := range c.want {
				if text := "\n" + err.Error(); !strings.Contains(text, want) {
					t.Errorf("error %q, want one with %q", text, want)
				}
			}
		})
	}
}

func TestSizeCountsParameters(t *testing.T) {
	for _, cfg := range append(languageConfigs(23, 19, 3, 7), goodConfig(), adaptiveConfig(16)) {
		t.Run(caseName(cfg.RecurrentConfig, "tied ", cfg.TieWeights), func(t *testing.T) {
			m, err := NewEmptyLanguageModel(cfg)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, p := range m.Parameters() {
				n += len(p.Value)
			}
			if cfg.Size() != n {
				t.Errorf("size %d, want %d", cfg.Size(), n)
			}
		})
	}
}

func TestClassifierConfigValidate(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*ClassifierConfig)
		want  []string
	}{
		{"good", func(*ClassifierConfig) {}, nil},
		{"zero value", func(c *ClassifierConfig) { *c = ClassifierConfig{} }, []string{
			"vocab_size is 0", "embedding is 0", "labels is 0", `pooling "" is unknown; use one of last, mean, max, mean+max, attention`,
			`cell "" is unknown`,
		}},
		{"buckets without a width", func(c *ClassifierConfig) { c.Buckets, c.FeatureWidth = 8, 0 }, []string{"feature_width is 0"}},
		{"more than memory holds", func(c *ClassifierConfig) { c.Buckets, c.FeatureWidth = 1<<24, 1<<12 }, []string{"weights, 1073741824 are the most"}},
		{"negative buckets", func(c *ClassifierConfig) { c.Buckets = -1 }, []string{"buckets is -1"}},
		{"dilation", func(c *ClassifierConfig) { c.Dilation = 2 }, []string{"dilation is for language models"}},
		{"dropout", func(c *ClassifierConfig) { c.FeatureDropout = 1 }, []string{"feature_dropout is 1"}},
		{"a dropout that float32 rounds to 1", func(c *ClassifierConfig) { c.FeatureDropout = 0.99999999 }, []string{"feature_dropout is 0.99999999"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := classifierConfigs(2, 3)[1]
			c.spoil(&cfg)
			m, err := NewClassifier(cfg, rand.New(rand.NewPCG(1, 2)))
			if len(c.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || m != nil {
				t.Fatalf("classifier %v and error %v, want no classifier and an error", m, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want one with %q", err, want)
				}
			}
		})
	}
}

func TestClassifierSizeCountsParameters(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 3) {
		t.Run(classifierName(cfg), func(t *testing.T) {
			c, err := NewEmptyClassifier(cfg)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, p := range c.Parameters() {
				n += len(p.Value)
			}
			if cfg.Size() != n {
				t.Errorf("size %d, want %d", cfg.Size(), n)
			}
		})
	}
}
