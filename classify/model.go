package classify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/labelset"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/tokenize"
)

// headName marks the files of this head.
const headName = "classify"

// Model is a trained classifier with its tokenizer and labels. It is safe for concurrent use.
type Model struct {
	network  *model.Classifier
	reader   reader
	labels   *labelset.Labels
	training Training
	metrics  Metrics
	origin   checkpoint.Origin
	scorers  chan *scorer // those that are idle, of one core each
	pair     chan *scorer // one of two cores while it is idle, for a document that is alone; nil: none
	explain  explainer
}

// Training is what a model file says of the run that made it.
type Training struct {
	Settings   Settings                `json:"settings"`
	Paths      []string                `json:"paths"`
	ValidPaths []string                `json:"valid_paths,omitempty"`
	TestPaths  []string                `json:"test_paths,omitempty"`
	Documents  corpora.DocumentOptions `json:"documents"`         // how they are written
	SHA256     string                  `json:"sha256"`            // of the documents and their labels
	Train      int                     `json:"train_documents"`   // that were trained on
	Valid      int                     `json:"valid_documents"`   // that were validated on
	Vectors    int                     `json:"vectors,omitempty"` // tokens that started from a vector of a file
	Bag        bag.Choice              `json:"bag"`               // how the weights of n-grams were trained, if there are any
	Planned    int                     `json:"planned_steps"`     // the length of the run: with --steps, it repeats a run with --time
}

// Metrics is how good a model file's weights are.
type Metrics struct {
	Step        int                 `json:"step"`
	Documents   int64               `json:"documents"` // read while training, repeats included
	Seconds     float64             `json:"seconds"`   // of training
	Loss        float64             `json:"loss"`      // nats a document, over the last steps
	ValidLoss   float64             `json:"valid_loss,omitempty"`
	MacroF1     float64             `json:"macro_f1,omitempty"` // of validation
	Temperature measure.Temperature `json:"temperature"`
}

// ErrNotClassifier says that a file holds a model that does something else.
var ErrNotClassifier = errors.New("not a model for classifying documents")

// Load opens a model from a run directory or a model file. A damaged or foreign file gives a *[checkpoint.FormatError],
// the file of another kind of model [ErrNotClassifier], one of a newer program [checkpoint.ErrNewer], none at all fs.ErrNotExist.
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

// FromFile builds the model that a file holds, for models that do not lie on a disk: [checkpoint.Decode] reads one from any
// io.Reader, such as a program's embedded files. Tensors of a training state are left out. The errors are those of [Load].
func FromFile(f *checkpoint.File) (*Model, error) {
	if head := f.Metadata[checkpoint.KeyHead]; head != headName {
		return nil, fmt.Errorf("%w but for %q", ErrNotClassifier, cmp.Or(head, "something else"))
	}
	m := &Model{}
	var cfg model.ClassifierConfig
	var names []string
	err := f.JSONs(
		checkpoint.Section{Key: checkpoint.KeyConfig, Value: &cfg},
		checkpoint.Section{Key: checkpoint.KeyLabels, Value: &names},
		checkpoint.Section{Key: checkpoint.KeyTraining, Value: &m.training},
		checkpoint.Section{Key: checkpoint.KeyMetrics, Value: &m.metrics},
	)
	if err != nil {
		return nil, err
	}
	m.labels = labelset.Named(names)
	m.reader.grams = m.training.Settings.grams()
	if m.reader.tokenizer, err = tokenize.Parse([]byte(f.Metadata[checkpoint.KeyTokenizer])); err != nil {
		return nil, checkpoint.Malformed("the tokenizer cannot be read", err)
	}
	if err := m.check(cfg); err != nil {
		return nil, err
	}
	m.network, err = checkpoint.Restore(f, cfg, func() (*model.Classifier, error) { return model.NewEmptyClassifier(cfg) })
	if err != nil {
		return nil, err
	}
	m.open()
	return m, nil
}

// check makes sure that the parts of a file fit each other.
func (m *Model) check(cfg model.ClassifierConfig) error {
	task := labelset.MultiClass
	if cfg.MultiLabel {
		task = labelset.MultiLabel
	}
	switch n := m.reader.tokenizer.Size(); {
	case n != cfg.VocabSize:
		return checkpoint.Malformed(fmt.Sprintf("the tokenizer knows %d tokens, the network %d", n, cfg.VocabSize), nil)
	case m.labels.Len() != cfg.Labels || m.labels.Distinct() != cfg.Labels:
		return checkpoint.Malformed(fmt.Sprintf("the network has %d outputs, but there are %d labels", cfg.Labels, m.labels.Distinct()), nil)
	case m.training.Settings.Task != task:
		return checkpoint.Malformed(fmt.Sprintf("the task is %q, the network's %q", m.training.Settings.Task, task), nil)
	case m.reader.grams.Buckets != cfg.Buckets || m.reader.grams.Words < 0 || m.reader.grams.Chars < 0 || m.reader.grams.Start < 0:
		return checkpoint.Malformed(fmt.Sprintf("the n-grams %+v do not fit the network's %d buckets", m.reader.grams, cfg.Buckets), nil)
	case max(m.reader.grams.Words, m.reader.grams.Chars) > mostGrams:
		return checkpoint.Malformed(fmt.Sprintf("n-grams of %d parts are too long", max(m.reader.grams.Words, m.reader.grams.Chars)), nil)
	case cfg.Buckets > 0 && cfg.FeatureWidth != cfg.Labels:
		return checkpoint.Malformed(fmt.Sprintf("n-grams have %d weights each, but there are %d labels", cfg.FeatureWidth, cfg.Labels), nil)
	case !m.metrics.Temperature.Valid():
		return checkpoint.Malformed(fmt.Sprintf("the temperature is %v", m.metrics.Temperature.T), nil)
	}
	return nil
}

// SetPrecision decides how products by the weights of the recurrent layers are computed: in model.Float32, as at first; in
// model.Split, which is faster for batches where [model.SplitIsFast], and as exact for all that labels show; or in
// model.Mixed, which is faster still where [model.MixedIsFast]. docs/benchmarks.md says by how much, and what they change.
// It must not be called while the model is in use. Explanations are always computed in float32.
func (m *Model) SetPrecision(p model.Precision) {
	m.network.SetPrecision(p)
	m.pack()
}

func (m *Model) pack() {
	w := model.NewWorkers(0)
	defer w.Close()
	m.network.Pack(w)
}

// open makes room for as many documents at a time as there are cores, one each.
func (m *Model) open() {
	m.pack()
	m.scorers = make(chan *scorer, runtime.GOMAXPROCS(0))
	for range cap(m.scorers) {
		m.scorers <- &scorer{batch: m.network.NewBatch(model.NewWorkers(1))}
	}
	if cap(m.scorers) > 1 && m.network.Config().Bidirectional {
		w := model.NewWorkers(2)
		runtime.AddCleanup(m, (*model.Workers).Close, w)
		m.pair = make(chan *scorer, 1)
		m.pair <- &scorer{batch: m.network.NewBatch(w), pair: true}
	}
}

// take returns a scorer for some documents: for a document that is alone while everything is idle, one that reads it in
// both directions at the same time.
func (m *Model) take(docs int) *scorer {
	if docs == 1 && len(m.scorers) == cap(m.scorers) {
		select {
		case s := <-m.pair:
			return s
		default:
		}
	}
	return <-m.scorers
}

// put gives a scorer back.
func (m *Model) put(s *scorer) {
	if s.pair {
		m.pair <- s
	} else {
		m.scorers <- s
	}
}

// Labels returns the names of the labels, in the order of [Prediction].Probabilities.
func (m *Model) Labels() []string { return slices.Clone(m.labels.Names) }

// Task returns how the labels relate.
func (m *Model) Task() labelset.Task { return m.training.Settings.Task }

// Tokenizer returns the model's tokenizer.
func (m *Model) Tokenizer() tokenize.Tokenizer { return m.reader.tokenizer }

// Prediction is what a model thinks of a document.
type Prediction struct {
	Label         string    // the most probable
	Probability   float32   // of Label
	Probabilities []float32 // of all labels; of a multi-class task they add up to one
	Tokens        int       // of the document
	Unknown       int       // of them, those that the model does not know
	labels        []string
}

// LabelProbability is a label and how probable it is.
type LabelProbability struct {
	Label       string  `json:"label"`
	Probability float32 `json:"probability"`
}

// Top returns up to k labels with at least a probability, the most probable first, equals by their names; k below 1
// means all.
func (p Prediction) Top(k int, threshold float64) []LabelProbability {
	var out []LabelProbability
	for i, q := range p.Probabilities {
		if float64(q) >= threshold {
			out = append(out, LabelProbability{p.labels[i], q})
		}
	}
	slices.SortStableFunc(out, func(a, b LabelProbability) int { return cmp.Compare(b.Probability, a.Probability) })
	if k > 0 && len(out) > k {
		out = out[:k]
	}
	return out
}

// Predict labels texts (UTF-8), in their order. A text has the same probabilities alone and among others.
func (m *Model) Predict(ctx context.Context, texts []string) ([]Prediction, error) {
	out := make([]Prediction, len(texts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(m.scorers))
	size := batchDocuments
	if n := len(texts); n < size*cap(m.scorers) {
		size = (n + cap(m.scorers) - 1) / cap(m.scorers)
	}
	for from := 0; from < len(texts); from += size {
		to := min(len(texts), from+size)
		g.Go(func() error { return m.predict(ctx, out[from:to], texts[from:to]) })
	}
	return out, g.Wait()
}

// predict labels texts on one core.
func (m *Model) predict(ctx context.Context, out []Prediction, texts []string) error {
	docs := make([]model.Document, len(texts))
	for i, text := range texts {
		doc, unknown := m.document(text)
		docs[i] = doc
		out[i] = Prediction{Tokens: len(doc.Tokens), Unknown: unknown.Count, labels: m.labels.Names}
	}
	s := m.take(len(docs))
	rows, err := s.score(ctx, docs)
	m.put(s)
	if err != nil {
		return err
	}
	for i, row := range rows {
		m.metrics.Temperature.Apply(m.Task(), row)
		best := measure.MostProbable(row)
		out[i].Probabilities, out[i].Probability, out[i].Label = row, row[best], m.labels.Names[best]
	}
	return nil
}

// Info describes a model.
type Info struct {
	Path       string                  `json:"path"`
	FileSize   int64                   `json:"file_bytes"`
	Config     model.ClassifierConfig  `json:"config"`
	Labels     []string                `json:"labels"`
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
		Path: filepath.ToSlash(m.origin.Path), FileSize: m.origin.Size, Config: m.network.Config(), Labels: m.Labels(),
		Tokenizer: string(m.reader.tokenizer.Kind()), VocabSize: m.reader.tokenizer.Size(),
		Training: m.training, Metrics: m.metrics,
	}
	info.Parameters, info.Total = checkpoint.Describe(m.network.Parameters())
	return info
}
