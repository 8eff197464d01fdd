package generate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
)

// Settings are the choices of a training run: what a preset proposes and a user may override, one by one. They are
// recorded in the model file.
type Settings struct {
	Preset string `json:"preset"`

	// Tokenizer.
	Tokenizer    tokenize.Kind `json:"tokenizer"`
	VocabSize    int           `json:"vocab_size"` // 0: no limit for char and space, 10,000 for word, 2,000 for bpe
	MinFrequency int           `json:"min_freq"`   // 0: 1 for char, word and space, 2 for bpe
	Lowercase    bool          `json:"lowercase"`
	NFC          bool          `json:"nfc"`

	// Network.
	Cell             model.Cell   `json:"cell"`
	Layers           int          `json:"layers"`
	Hidden           int          `json:"hidden"`
	Embedding        int          `json:"embedding"` // 0: as Hidden
	Residual         bool         `json:"residual"`
	Highway          bool         `json:"highway,omitempty"`    // mix a layer's input with its output by a gate
	LayerNorm        bool         `json:"layer_norm,omitempty"` // normalise what the cells add up
	TieWeights       *bool        `json:"tie_weights"`          // one matrix for embedding and head; nil: with more than 4,000 tokens, where it can be
	Softmax          Softmax      `json:"softmax,omitempty"`
	Dropout          float64      `json:"dropout"`                     // between layers and before the head
	InputDropout     float64      `json:"input_dropout"`               // on the embeddings
	OutputDropout    float64      `json:"output_dropout"`              // before the head; negative: as Dropout
	Variational      bool         `json:"variational,omitempty"`       // the dropouts take the same elements at all steps of a window
	EmbeddingDropout float64      `json:"embedding_dropout,omitempty"` // of whole tokens of the vocabulary
	WeightDrop       float64      `json:"weight_drop,omitempty"`       // of the elements of recurrent matrices
	Zoneout          float64      `json:"zoneout,omitempty"`           // of units, that they keep their state for a step
	ZoneoutCell      float64      `json:"zoneout_cell,omitempty"`      // of an LSTM's units, that they keep their cell's state
	Dilation         int          `json:"dilation,omitempty"`          // layer l goes on from Dilation^l steps ago; 0: 1
	AR               float64      `json:"ar,omitempty"`                // part of the loss that keeps activations small
	TAR              float64      `json:"tar,omitempty"`               // part of the loss that keeps activations slow
	Init             model.Scheme `json:"init"`
	InitRange        float64      `json:"init_range,omitempty"` // with Init uniform, of all weights; 0: see [model.Init]
	HeadBias         HeadBias     `json:"head_bias,omitempty"`  // first biases of the head; "": frequencies for large vocabularies, without InitRange
	ForgetBias       float64      `json:"forget_bias"`
	Chrono           int          `json:"chrono"` // longest dependency in tokens that gates begin with; 0: ForgetBias

	RecurrentScale float64 `json:"recurrent_scale,omitempty"` // what the first recurrent weights are multiplied by; 0: 1

	// Optimisation.
	Precision   string  `json:"precision,omitempty"`  // of the operands of products: fp32, or bf16 with sums in fp32; "": fp32
	Batch       int     `json:"batch"`                // parallel streams
	BPTT        int     `json:"bptt"`                 // steps of a window
	BPTTEvery   int     `json:"bptt_every,omitempty"` // steps from one window to the next; 0: BPTT
	Reset       float64 `json:"reset"`                // probability that a stream begins anew at a window
	Optimizer   string  `json:"optimizer"`
	LR          float64 `json:"lr"`
	Momentum    float64 `json:"momentum"`
	WeightDecay float64 `json:"weight_decay"`
	Schedule    string  `json:"schedule"`
	Warmup      int     `json:"warmup"`   // steps
	FinalLR     float64 `json:"final_lr"` // fraction of LR at the end of a schedule
	Clip        float64 `json:"clip"`     // global norm; 0: none
	ClipValue   float64 `json:"clip_value"`
	ClipLayer   float64 `json:"clip_layer,omitempty"` // norm of each layer; 0: none
	Trigger     int     `json:"trigger,omitempty"`    // of nt-asgd: validations that may be worse than one before them; 0: 5
	LRDecay     float64 `json:"lr_decay,omitempty"`   // plateau and step: factor on the rate; 0: 0.5
	LRHold      int     `json:"lr_hold,omitempty"`    // step: epochs at the whole rate; 0: 1

	// Length of the run: exactly one of the three is above 0.
	Steps  int           `json:"steps"`
	Epochs int           `json:"epochs"`
	Time   time.Duration `json:"time"`

	EvalEvery int    `json:"eval_every"` // steps; 0: about twenty times a run, fewer in a short one
	Patience  int    `json:"patience"`   // validations without a new best before the run ends; 0: never
	Split     string `json:"split"`      // "0.9,0.1" or "streams:0.95"

	// ValidTokens limits what is validated on, in tokens from the beginnings of the validation text's streams, so that a
	// large corpus is trained on for most of the time. 0: all of it.
	ValidTokens int `json:"valid_tokens"`

	Seed uint64 `json:"seed"`

	Guard       train.GuardMode `json:"guard,omitempty"`        // what to do when training goes wrong; "": act
	HealthEvery int             `json:"health_every,omitempty"` // steps between measurements of gradients; 0: about 200 times a run, negative: never
}

// Presets are the names that [Preset] knows: four sizes for texts, smallest first, and the one that fits the built-in
// stories.
var Presets = []string{"tiny", "small", "medium", "large", StoriesPreset}

// StoriesPreset is made for the built-in stories: a model of words that learns in a minute to keep in mind of whom a story
// tells. With gates that forget at every pace up to a story's length (chrono) it came within 7 % of the stories' entropy
// in 3,000 steps; with gates as usual it was 18 % away and mixed the names up.
const StoriesPreset = "stories"

// Preset returns proven settings for a budget of time: about half a minute, two, six and twenty minutes on two cores, and
// a minute for the stories. On processors that multiply bfloat16 fast, the four sizes are trained in it, which takes little
// more than half the time: medium then reached 1.416 nats a character of tinyshakespeare in its 6 minutes.
func Preset(name string) (Settings, error) {
	i := slices.Index(Presets, name)
	if i < 0 {
		return Settings{}, fmt.Errorf("preset %q is unknown; use one of %s", name, strings.Join(Presets, ", "))
	}
	s := Settings{
		Preset: name, Tokenizer: tokenize.Char,
		Softmax: FullSoftmax, Cell: model.LSTM, Layers: 2, Init: model.Orthogonal, ForgetBias: 1,
		Precision: model.Float32.String(), Optimizer: "adam", Schedule: "cosine", Warmup: 50, FinalLR: 0.02, Clip: 1, OutputDropout: -1,
		Split: "0.9,0.1", Seed: 1, Guard: train.GuardAct,
	}
	if name == StoriesPreset {
		s.Tokenizer, s.Cell, s.Layers, s.Hidden, s.Chrono = tokenize.Word, model.GRU, 1, 160, 150
		s.Batch, s.BPTT, s.Reset, s.LR, s.Time = 16, 64, 0.05, 8e-3, time.Minute
		return s, nil
	}
	s.Batch, s.BPTT, s.Reset, s.ValidTokens = 32, 64, 0.02, 250_000
	s.Hidden = []int{128, 256, 384, 512}[i]
	s.Dropout = []float64{0, 0.05, 0.2, 0.3}[i]
	s.LR = []float64{5e-3, 4e-3, 3e-3, 2e-3}[i]
	s.Time = []time.Duration{30 * time.Second, 2 * time.Minute, 6 * time.Minute, 20 * time.Minute}[i]
	if model.MixedIsFast() {
		s.Precision = model.BFloat16.String()
	}
	return s, nil
}

// Validate reports every choice that is out of range, as far as that can be told without the text: a mistake should not
// wait until a long text has been read.
func (s Settings) Validate() error {
	loop := s.loopConfig()
	network := s.networkConfig()
	if s.OutputDropout < 0 {
		network.OutputDropout = 0 // what is wrong with Dropout is said of that
	}
	errs := []error{atLeast1("batch", s.Batch), atLeast1("bptt", s.BPTT), network.Validate(), loop.Validate(), loop.Clip.Validate()}
	if s.Embedding < 0 {
		errs = append(errs, fmt.Errorf("embedding is %d; it is a number of features, or 0 for as many as hidden", s.Embedding))
	}
	if err := loop.Optimizer.Validate(); err != nil {
		errs = append(errs, err)
	} else if err := loop.Schedule.Validate(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func atLeast1(name string, value int) error {
	if value < 1 {
		return fmt.Errorf("%s is %d; it must be at least 1", name, value)
	}
	return nil
}

func (s Settings) embedding() int {
	if s.Embedding == 0 {
		return s.Hidden
	}
	return s.Embedding
}

func (s Settings) outputDropout() float64 {
	if s.OutputDropout < 0 {
		return s.Dropout
	}
	return s.OutputDropout
}

// modelConfig describes the network for a vocabulary.
func (s Settings) modelConfig(vocab int) (model.Config, error) {
	cutoffs, err := s.cutoffs(vocab)
	return model.Config{
		VocabSize: vocab, Embedding: s.embedding(), TieWeights: s.tied(vocab), Cutoffs: cutoffs, AR: s.AR, TAR: s.TAR,
		RecurrentConfig: s.networkConfig(),
	}, err
}

// networkConfig describes the recurrent layers.
func (s Settings) networkConfig() model.RecurrentConfig {
	return model.RecurrentConfig{
		Cell: s.Cell, Layers: s.Layers, Hidden: s.Hidden, Residual: s.Residual, Highway: s.Highway, LayerNorm: s.LayerNorm,
		Dropout: s.Dropout, InputDropout: s.InputDropout, OutputDropout: s.outputDropout(),
		Variational: s.Variational, EmbeddingDropout: s.EmbeddingDropout, WeightDrop: s.WeightDrop,
		Zoneout: s.Zoneout, ZoneoutCell: s.ZoneoutCell, Dilation: s.Dilation,
		Init: model.Init{Scheme: s.Init, Range: s.InitRange, ForgetBias: &s.ForgetBias, Chrono: s.Chrono, RecurrentScale: s.RecurrentScale},
	}
}

func (s Settings) tokenizerConfig() tokenize.TrainConfig {
	return tokenize.TrainConfig{
		Kind: s.Tokenizer, VocabSize: s.VocabSize, MinFrequency: s.MinFrequency, Lowercase: s.Lowercase, NFC: s.NFC,
	}
}
