package classify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
)

// Settings are the choices of a training run. [Propose] makes them from the documents, and a user may override them one
// by one. They are recorded in the model file.
type Settings struct {
	Preset string `json:"preset"`

	// Tokenizer.
	Tokenizer    tokenize.Kind `json:"tokenizer"`
	VocabSize    int           `json:"vocab_size"` // the most frequent tokens; 0: no limit for char
	MinFrequency int           `json:"min_freq"`
	Lowercase    bool          `json:"lowercase"`
	NFC          bool          `json:"nfc"`

	// Network.
	Cell             model.Cell    `json:"cell"`
	Layers           int           `json:"layers"`
	Hidden           int           `json:"hidden"`    // units of a layer in one direction
	Embedding        int           `json:"embedding"` // 0: as Hidden
	Unidirectional   bool          `json:"unidirectional,omitempty"`
	Residual         bool          `json:"residual,omitempty"`
	Highway          bool          `json:"highway,omitempty"`    // mix a layer's input with its output by a gate
	LayerNorm        bool          `json:"layer_norm,omitempty"` // normalise what the cells add up
	Pooling          model.Pooling `json:"pooling"`
	NGrams           int           `json:"ngrams"`                      // longest n-gram of words that is a feature beside the network; 0: none
	CharGrams        int           `json:"char_grams"`                  // longest n-gram of a word's characters that is one; 0: none
	StartGrams       int           `json:"start_grams,omitempty"`       // words at the start of a document whose n-grams are features of their own, too; 0: none
	Buckets          int           `json:"buckets"`                     // rows of weights that n-grams are hashed to
	Dropout          float64       `json:"dropout"`                     // between layers
	InputDropout     float64       `json:"input_dropout"`               // on the embeddings
	HeadDropout      float64       `json:"head_dropout"`                // on what the head reads
	TokenDropout     float64       `json:"token_dropout"`               // of whole tokens, which are read as unknown ones
	Variational      bool          `json:"variational,omitempty"`       // dropout takes the same elements at all steps of a document
	EmbeddingDropout float64       `json:"embedding_dropout,omitempty"` // of tokens of the vocabulary, wherever they stand
	WeightDrop       float64       `json:"weight_drop,omitempty"`       // of the elements of recurrent matrices
	Zoneout          float64       `json:"zoneout,omitempty"`           // of units, that they keep their state for a step
	ZoneoutCell      float64       `json:"zoneout_cell,omitempty"`      // of an LSTM's units, that they keep their cell's state

	// Optimisation.
	Task           labelset.Task `json:"task"`
	Batch          int           `json:"batch"`      // documents
	MaxTokens      int           `json:"max_tokens"` // longest part of a document that the network is trained on
	Balance        bool          `json:"balance"`    // weigh labels so that rare ones have as much say as frequent ones
	LabelSmoothing float64       `json:"label_smoothing"`
	Precision      string        `json:"precision,omitempty"` // of the operands of the network's products: fp32, or bf16 with sums in fp32; "": fp32
	Optimizer      string        `json:"optimizer"`
	LR             float64       `json:"lr"`
	WeightDecay    float64       `json:"weight_decay"`
	Schedule       string        `json:"schedule"`
	Warmup         float64       `json:"warmup"`   // steps or, below 1, a share of all
	FinalLR        float64       `json:"final_lr"` // fraction of LR at the end of a schedule
	Clip           float64       `json:"clip"`     // global norm; 0: none

	// Length of the run: exactly one of the three is above 0.
	Steps  int           `json:"steps"`
	Epochs int           `json:"epochs"`
	Time   time.Duration `json:"time"`

	EvalEvery int             `json:"eval_every"` // steps; 0: about twenty times a run, fewer in a short one
	Patience  int             `json:"patience"`   // validations without a new best before the run ends; 0: never
	Criterion train.Criterion `json:"criterion"`  // of the best validation: loss, or score for macro-F1
	Split     string          `json:"split"`      // "0.9,0.1" or "0.8,0.1,0.1"
	Seed      uint64          `json:"seed"`

	Guard       train.GuardMode `json:"guard,omitempty"`        // what to do when training goes wrong; "": act
	HealthEvery int             `json:"health_every,omitempty"` // steps between measurements of gradients; 0: about 200 times a run, negative: never
}

// Presets are the names of the sizes of networks, smallest first; the empty name means medium.
var Presets = []string{"tiny", "small", "medium", "large"}

// Facts are what settings are chosen by.
type Facts struct {
	Documents int           `json:"documents"`
	Labels    int           `json:"labels"`
	Words     float64       `json:"words"`      // of a document, on average
	Chars     float64       `json:"characters"` // of a document, on average
	Task      labelset.Task `json:"task"`
}

// wordsOfProse is the average number of words from which documents are read word by word: what is shorter are names and
// the like, which differ in their letters.
const wordsOfProse = 1.8

// Propose chooses settings for documents. Kind "" chooses a tokenizer, too.
func Propose(preset string, kind tokenize.Kind, f Facts) (Settings, error) {
	preset = cmp.Or(preset, "medium")
	size := slices.Index(Presets, preset)
	if size < 0 {
		return Settings{}, fmt.Errorf("preset %q is unknown; use one of %s", preset, strings.Join(Presets, ", "))
	}
	if kind == "" {
		kind = tokenize.Word
		if f.Words < wordsOfProse {
			kind = tokenize.Char
		}
	}
	s := Settings{
		Preset: preset, Tokenizer: kind, NFC: true, MinFrequency: 1,
		Cell: model.LSTM, Layers: 1, Pooling: model.PoolMeanMax, Hidden: []int{32, 48, 64, 128}[size],
		Task: cmp.Or(f.Task, labelset.MultiClass), Batch: 32, MaxTokens: 400,
		Precision: model.Float32.String(),
		Optimizer: optim.NameAdam, LR: 3e-3, Schedule: optim.Cosine, Warmup: 0.05, FinalLR: 0.02, Clip: 5,
		Criterion: train.Score, Split: "0.9,0.1", Seed: 1,
	}
	s.Embedding = s.Hidden
	if kind == tokenize.Char {
		s.proposeChars(f)
	} else {
		s.proposeWords(f)
	}
	if f.Labels > model.MaxFeatureWidth { // n-grams have a weight for each label
		s.NGrams, s.CharGrams, s.StartGrams = 0, 0, 0
	}
	s.Epochs = epochs(f)
	s.EvalEvery = max(1, f.Documents/s.Batch)
	s.Patience = 6
	return s, nil
}

// proposeChars sets what suits documents read character by character.
func (s *Settings) proposeChars(f Facts) {
	s.Hidden *= 2 // letters are few, and there is little of them to learn by heart
	s.CharGrams, s.Buckets = 4, buckets(1<<16, f)
	s.InputDropout, s.HeadDropout = 0.1, 0.5
}

// proposeWords sets what suits prose.
func (s *Settings) proposeWords(f Facts) {
	s.Lowercase, s.VocabSize = true, 30_000
	s.NGrams, s.Buckets = 2, buckets(1<<19, f)
	if f.Chars <= bag.ShortText {
		s.CharGrams, s.StartGrams, s.Buckets = 6, 4, buckets(1<<20, f)
	}
	s.InputDropout, s.HeadDropout, s.TokenDropout = 0.5, 0.5, 0.2
}

// buckets returns n, or fewer if there are so many labels that the weights would be too many.
func buckets(n int, f Facts) int { return max(1, min(n, bag.MostWeights/max(1, f.Labels))) }

// epochs returns how often to read the documents: more often the fewer they are.
func epochs(f Facts) int {
	const seen = 80_000 // documents in all
	return min(20, max(4, seen/max(1, f.Documents)))
}

// Validate reports every choice that is out of range. What the network, the loop and the tokenizer are told is checked
// by them.
func (s Settings) Validate() error {
	var errs []error
	for _, f := range []struct {
		name       string
		value, min int
	}{
		{"batch", s.Batch, 1}, {"max_tokens", s.MaxTokens, 1}, {"buckets", s.Buckets, 0}, {"ngrams", s.NGrams, 0}, {"char_grams", s.CharGrams, 0}, {"start_grams", s.StartGrams, 0},
		{"patience", s.Patience, 0},
	} {
		if f.value < f.min {
			errs = append(errs, fmt.Errorf("%s is %d; it must be at least %d", f.name, f.value, f.min))
		}
	}
	if n := max(s.NGrams, s.CharGrams); n > mostGrams {
		errs = append(errs, fmt.Errorf("n-grams of %d parts are too long: the limit of ngrams and char_grams is %d", n, mostGrams))
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"label_smoothing", s.LabelSmoothing}, {"token_dropout", s.TokenDropout}} {
		if !(f.value >= 0 && f.value < 1) {
			errs = append(errs, fmt.Errorf("%s is %v; it must be from 0 up to, but without, 1", f.name, f.value))
		}
	}
	if _, err := model.ParseProductPrecision(s.Precision); err != nil {
		errs = append(errs, err)
	}
	if s.Task != labelset.MultiClass && s.Task != labelset.MultiLabel {
		errs = append(errs, fmt.Errorf("task %q is unknown; use %s or %s", s.Task, labelset.MultiClass, labelset.MultiLabel))
	}
	return errors.Join(errs...)
}

// mostGrams bounds the length of n-grams, of which a text of n parts has n for each length.
const mostGrams = 64

// Direction says for people how the network reads.
func (s Settings) Direction() string {
	if s.Unidirectional {
		return "one direction"
	}
	return "both directions"
}

// modelConfig describes the network for a vocabulary and labels.
func (s Settings) modelConfig(vocab, labels int) model.ClassifierConfig {
	cfg := model.ClassifierConfig{
		VocabSize: vocab, Embedding: cmp.Or(s.Embedding, s.Hidden), Labels: labels, MultiLabel: s.Task == labelset.MultiLabel, Pooling: s.Pooling,
		FeatureDropout: s.HeadDropout,
		RecurrentConfig: model.RecurrentConfig{
			Cell: s.Cell, Layers: s.Layers, Hidden: s.Hidden, Bidirectional: !s.Unidirectional, Residual: s.Residual, Highway: s.Highway, LayerNorm: s.LayerNorm,
			Dropout: s.Dropout, InputDropout: s.InputDropout,
			Variational: s.Variational, EmbeddingDropout: s.EmbeddingDropout, WeightDrop: s.WeightDrop,
			Zoneout: s.Zoneout, ZoneoutCell: s.ZoneoutCell,
		},
	}
	if s.grams().Buckets > 0 {
		cfg.Buckets, cfg.FeatureWidth = s.Buckets, labels
	}
	return cfg
}

// grams are the features beside the network.
func (s Settings) grams() bag.NGrams {
	if s.NGrams == 0 && s.CharGrams == 0 {
		return bag.NGrams{}
	}
	return bag.NGrams{Words: s.NGrams, Chars: s.CharGrams, Buckets: s.Buckets, Start: s.StartGrams, Marks: true, Across: true}
}

func (s Settings) tokenizerConfig() tokenize.TrainConfig {
	return tokenize.TrainConfig{
		Kind: s.Tokenizer, VocabSize: s.VocabSize, MinFrequency: s.MinFrequency, Lowercase: s.Lowercase, NFC: s.NFC,
	}
}

// loopConfig says how long to train, and how.
func (s Settings) loopConfig() train.Config {
	cfg := train.Config{
		Steps: s.Steps, Epochs: s.Epochs, Time: s.Time,
		Optimizer: optim.Config{Name: s.Optimizer, WeightDecay: s.WeightDecay},
		Schedule:  optim.ScheduleConfig{Name: s.Schedule, Rate: s.LR, Warmup: s.Warmup, Final: s.FinalLR},
		Clip:      optim.Clip{Norm: s.Clip},
		EvalEvery: s.EvalEvery, Patience: s.Patience, Criterion: s.Criterion,
		Guard: s.Guard, HealthEvery: s.HealthEvery,
	}
	if s.Steps+int(s.Time) > 0 {
		cfg.Epochs = 0
	}
	if cfg.EvalEvery < 0 {
		cfg.Patience = 0 // a default that goes by validations
	}
	return cfg
}

// checkLoop reports what the loop would refuse, which is made only when n-grams have been trained for minutes.
func (s Settings) checkLoop() error {
	cfg := s.loopConfig()
	return errors.Join(cfg.Validate(), cfg.Schedule.Validate(), cfg.Optimizer.Validate(), cfg.Clip.Validate())
}
