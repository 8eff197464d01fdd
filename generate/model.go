package generate

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
)

// headName marks the files of this head.
const headName = "generate"

// Model is a trained language model with its tokenizer. It is safe for concurrent use.
type Model struct {
	network   *model.LanguageModel
	precision model.Precision // of the packed weights
	tokenizer tokenize.Tokenizer
	training  Training
	metrics   Metrics
	origin    checkpoint.Origin
}

// Training is what a model file says of the run that made it.
type Training struct {
	Settings    Settings `json:"settings"`
	Corpus      []string `json:"corpus"`                 // names of what was read
	SHA256      string   `json:"sha256"`                 // of the corpus's text
	ValidSHA256 string   `json:"valid_sha256,omitempty"` // of a text that was given to validate on
	TrainTokens int      `json:"train_tokens"`           // in the text that was trained on
	ValidTokens int      `json:"valid_tokens"`           // in the validation text
	Planned     int      `json:"planned_steps"`          // the length of the run: with --steps, it repeats a run with --time
	Start       string   `json:"start"`                  // what text begins after when there is no prompt
	Limit       float64  `json:"limit,omitempty"`        // nats a token that no model can beat, where it is known
	From        string   `json:"from,omitempty"`         // the model that was fine-tuned

	// What resuming needs to read the same text again.
	Valid             []string `json:"valid,omitempty"`
	Encoding          string   `json:"encoding,omitempty"`
	NormalizeNewlines bool     `json:"normalize_newlines,omitempty"`
}

// Metrics is how good a model file's weights are.
type Metrics struct {
	Step      int     `json:"step"`
	Tokens    int64   `json:"tokens"`  // read while training, repeats included
	Seconds   float64 `json:"seconds"` // of training
	Loss      float64 `json:"loss"`    // nats a token, over the last steps
	ValidLoss float64 `json:"valid_loss,omitempty"`
}

// Load opens a model from a run directory or a model file. A damaged or foreign file gives a *[checkpoint.FormatError],
// the file of another kind of model [ErrNotGenerator], one of a newer program [checkpoint.ErrNewer], none at all fs.ErrNotExist.
func Load(path string) (*Model, error) {
	f, origin, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	m, err := FromFile(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", origin.Path, err)
	}
	m.origin = origin
	return m, nil
}

// ErrNotGenerator says that a file holds a model that does something else.
var ErrNotGenerator = errors.New("not a model for generating text")

// FromFile builds the model that a file holds, for models that do not lie on a disk: [checkpoint.Decode] reads one from any
// io.Reader, such as a program's embedded files. The errors are those of [Load].
func FromFile(f *checkpoint.File) (*Model, error) {
	if head := f.Metadata[checkpoint.KeyHead]; head != headName {
		return nil, fmt.Errorf("%w but for %q", ErrNotGenerator, cmp.Or(head, "something else"))
	}
	m := &Model{}
	var cfg model.Config
	err := f.JSONs(
		checkpoint.Section{Key: checkpoint.KeyConfig, Value: &cfg},
		checkpoint.Section{Key: checkpoint.KeyTraining, Value: &m.training},
		checkpoint.Section{Key: checkpoint.KeyMetrics, Value: &m.metrics},
	)
	if err != nil {
		return nil, err
	}
	if m.tokenizer, err = tokenize.Parse([]byte(f.Metadata[checkpoint.KeyTokenizer])); err != nil {
		return nil, checkpoint.Malformed("the tokenizer cannot be read", err)
	}
	switch n := m.tokenizer.Size(); {
	case n != cfg.VocabSize:
		return nil, checkpoint.Malformed(fmt.Sprintf("the tokenizer knows %d tokens, the network %d", n, cfg.VocabSize), nil)
	case n <= int(firstOrdinary): // a Sampler would have nothing to choose from
		return nil, checkpoint.Malformed("the tokenizer knows no token but the special ones", nil)
	}
	m.network, err = checkpoint.Restore(f, cfg, func() (*model.LanguageModel, error) { return model.NewEmptyLanguageModel(cfg) })
	if err != nil {
		return nil, err
	}
	m.pack()
	return m, nil
}

// SetPrecision decides how the weights are kept while they are used, model.Float32 at first: shorter ones are read faster,
// and writing is bound by reading them. It must not be called while the model is in use. What is lost in quality is
// stated in docs/benchmarks.md.
func (m *Model) SetPrecision(p model.Precision) {
	if p != m.precision {
		m.precision = p
		m.network.SetPrecision(p)
		m.pack()
	}
}

func (m *Model) pack() {
	w := model.NewWorkers(0)
	defer w.Close()
	m.network.Pack(w)
}

// Tokenizer returns the model's tokenizer.
func (m *Model) Tokenizer() tokenize.Tokenizer { return m.tokenizer }

// Info describes a model.
type Info struct {
	Path       string                  `json:"path"`
	FileSize   int64                   `json:"file_bytes"`
	Config     model.Config            `json:"config"`
	Tokenizer  string                  `json:"tokenizer"`
	VocabSize  int                     `json:"vocab_size"`
	Parameters []checkpoint.TensorInfo `json:"parameters"`
	Total      int                     `json:"total_parameters"`
	Training   Training                `json:"training"`
	Metrics    Metrics                 `json:"metrics"`
}

// Info describes the model.
func (m *Model) Info() Info {
	info := Info{
		Path: filepath.ToSlash(m.origin.Path), FileSize: m.origin.Size, Config: m.network.Config(),
		Tokenizer: string(m.tokenizer.Kind()), VocabSize: m.tokenizer.Size(),
		Training: m.training, Metrics: m.metrics,
	}
	info.Parameters, info.Total = checkpoint.Describe(m.network.Parameters())
	return info
}
