package classify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/textgen-go/textgen/classify/bag"
	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/internal/runner"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// run is a training run in the making.
type run struct {
	cfg      TrainConfig
	session  *runner.Session
	observer Observer
	settings Settings

	workers   *model.Workers
	data      *data
	training  Training
	network   *model.Classifier
	bag       bag.Choice
	objective *objective
	plan      Plan

	temperature measure.Temperature // of the last validation, that of an earlier session included
}

// weightStream separates the random numbers of the first weights from those of training with the same seed.
const weightStream = 0x77656967687473 // "weights"

// prepare reads the documents and builds network, objective and loop.
func (r *run) prepare(ctx context.Context) error {
	before, err := r.before()
	if err != nil {
		return err
	}
	if r.data == nil {
		if r.data, err = readData(ctx, r.cfg); err != nil {
			return err
		}
	}
	r.tellWarnings() // what was not read may be why the next step fails
	if r.cfg.Resume && r.data.sha256 != before.training.SHA256 {
		return fmt.Errorf("the documents have changed since the run was stopped (SHA-256 %.12s…, was %.12s…): resume with the same", r.data.sha256, before.training.SHA256)
	}
	if err := r.choose(before); err != nil {
		return err
	}
	if err := r.readAll(before); err != nil {
		return err
	}
	r.workers = model.NewWorkers(r.cfg.Threads)
	vectors, err := r.build(before)
	if err != nil {
		return err
	}
	if err := r.setPrecision(); err != nil {
		return err
	}
	r.describe(vectors)
	if !r.cfg.Resume {
		if err := r.trainBag(ctx); err != nil {
			return err
		}
	}
	if err := r.connect(); err != nil {
		return err
	}
	if err := r.session.Begin("document", 0); err != nil {
		return err
	}
	return r.openReport()
}

// before reads the run that is resumed, if any. Its settings replace those of the config.
func (r *run) before() (*Model, error) {
	if !r.cfg.Resume {
		r.temperature.T = 1
		return &Model{}, nil
	}
	var m *Model
	err := r.session.Resume(func(f *checkpoint.File) (err error) {
		if m, err = FromFile(f); err != nil {
			return err
		}
		if err := m.training.Settings.Validate(); err != nil {
			return checkpoint.Malformed("the settings of its training are invalid", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if r.cfg.Paths == nil {
		r.cfg.Paths = m.training.Paths
	}
	if r.cfg.ValidPaths == nil {
		r.cfg.ValidPaths = m.training.ValidPaths
	}
	if r.cfg.TestPaths == nil {
		r.cfg.TestPaths = m.training.TestPaths
	}
	r.cfg.Documents, r.temperature = m.training.Documents, m.metrics.Temperature
	return m, nil
}

// choose settles the settings: those of the run that is resumed, or the proposed ones with what the user changed.
func (r *run) choose(before *Model) error {
	if r.cfg.Resume {
		r.settings = before.training.Settings
		return nil
	}
	facts, err := r.data.facts()
	if err != nil {
		return err
	}
	var wish Settings
	r.cfg.Override(&wish)
	if r.settings, err = Propose(r.cfg.Preset, wish.Tokenizer, facts); err != nil {
		return err
	}
	r.cfg.Override(&r.settings)
	return errors.Join(r.settings.Validate(), r.settings.checkLoop())
}

// readAll splits the documents and turns them into tokens.
func (r *run) readAll(before *Model) error {
	if err := r.data.cut(r.settings); err != nil {
		return err
	}
	if r.cfg.Resume {
		r.data.tokenizer = before.reader.tokenizer
	}
	if err := r.data.tokenise(r.settings); err != nil {
		return err
	}
	r.tellWarnings()
	return nil
}

// tellWarnings tells the observer what the user should know of the documents, once.
func (r *run) tellWarnings() {
	for _, w := range r.data.warnings {
		r.observer.Warning(w)
	}
	r.data.warnings = nil
}

// build makes the network and returns how many of its tokens start from a vector.
func (r *run) build(before *Model) (vectors int, err error) {
	if r.cfg.Resume {
		r.network = before.network
		r.bag = before.training.Bag
		return before.training.Vectors, nil
	}
	s := &r.settings
	var found *Vectors
	if r.cfg.Vectors != "" {
		if found, err = ReadVectors(r.cfg.Vectors, r.data.tokenizer); err != nil {
			return 0, err
		}
		s.Embedding = found.Width
	}
	rng := rand.New(rand.NewPCG(s.Seed, weightStream))
	r.network, err = model.NewClassifier(s.modelConfig(r.data.tokenizer.Size(), r.data.labels.Len()), rng)
	if err != nil {
		return 0, err
	}
	if found == nil {
		return 0, nil
	}
	return found.fill(r.network.Embedding()), nil
}

// setPrecision makes the network compute in the precision of the settings.
func (r *run) setPrecision() error {
	precision, err := r.session.Precision(r.settings.Precision)
	if err == nil {
		r.network.SetPrecision(precision)
	}
	return err
}

// connect makes the objective and the loop.
func (r *run) connect() error {
	s := r.settings
	l := loss{task: s.Task, smoothing: s.LabelSmoothing}
	if s.Balance {
		l = l.balanced(r.data.labels.Weights(r.data.train))
	}
	r.objective = newObjective(r.network, r.workers, s, l, r.data.training, r.data.checked)
	cfg := s.loopConfig()
	if r.data.checked.len() == 0 {
		cfg.EvalEvery, cfg.Patience = -1, 0
	}
	r.session.File = r.file
	return r.session.Loop(r.objective, r.workers, cfg)
}

// describe fills in what the model file will say of the run, and tells the observer.
func (r *run) describe(vectors int) {
	d, s := r.data, r.settings
	r.training = Training{
		Settings: s, Paths: r.cfg.Paths, ValidPaths: r.cfg.ValidPaths, TestPaths: r.cfg.TestPaths, Documents: r.cfg.Documents,
		SHA256: d.sha256, Train: d.training.len(), Valid: d.checked.len(), Vectors: vectors, Bag: r.bag,
	}
	r.plan = Plan{
		Paths: r.cfg.Paths, Files: d.files, Labels: d.labels.Fewer(d.train, len(d.train)+1), Train: d.training.len(), Valid: d.checked.len(), Test: len(d.test),
		Tokenizer: string(d.tokenizer.Kind()), VocabSize: d.tokenizer.Size(), Vectors: vectors, Settings: s, Resumed: r.session.Earlier.Step,
	}
	for _, p := range r.network.Parameters() {
		r.plan.Parameters += p.Len()
	}
	r.observer.Started(r.plan)
	if d.checked.len() == 0 {
		r.observer.Warning("there is no document to validate on: the last weights are kept, not the best, and their probabilities are not calibrated")
	}
}

// train runs the loop and sums up.
func (r *run) train(ctx context.Context) (*TrainResult, error) {
	result, err := r.session.Run(ctx)
	out := &TrainResult{
		Out: r.cfg.Out, Ending: result.Ending, Steps: result.Steps, Planned: result.Plan.Steps,
		Documents: result.Tokens, Seconds: result.Seconds, Loss: r.session.Loss(), Verdicts: r.session.History.Verdicts(),
	}
	if err != nil || r.data.checked.len() == 0 && len(r.data.test) == 0 {
		return out, err
	}
	out.Report, err = r.report(ctx)
	return out, err
}

func (r *run) close() {
	if r.workers != nil {
		r.workers.Close()
	}
}

// file returns the model as it is now.
func (r *run) file(state train.State) (*checkpoint.File, error) {
	f := &checkpoint.File{Tensors: checkpoint.Parameters(r.network.Parameters())}
	metrics, err := r.metrics(state)
	if err != nil {
		return nil, err
	}
	tokenizer, err := r.data.tokenizer.MarshalJSON()
	if err != nil {
		return nil, err
	}
	training := r.training
	training.Planned = state.Plan.Steps
	f.Metadata = map[string]string{checkpoint.KeyHead: headName, checkpoint.KeyTokenizer: string(tokenizer)}
	return f, errors.Join(
		f.SetJSON(checkpoint.KeyConfig, r.network.Config()), f.SetJSON(checkpoint.KeyLabels, r.data.labels.Names),
		f.SetJSON(checkpoint.KeyTraining, training), f.SetJSON(checkpoint.KeyMetrics, metrics))
}

// metrics sums up the last validation, with the temperature that makes its probabilities honest.
func (r *run) metrics(state train.State) (Metrics, error) {
	last := r.session.History.Last()
	m := Metrics{Step: state.Step, Documents: state.Tokens, Seconds: state.Seconds, Loss: r.session.Loss()}
	if last.ValidLoss != nil {
		m.ValidLoss = *last.ValidLoss
	}
	if last.ValidScore != nil {
		m.MacroF1 = *last.ValidScore
	}
	var err error
	if v := r.objective.validation; v != nil && v.logits != nil {
		r.temperature, err = measure.FitTemperature(v.loss.task, v.logits, v.data.truth)
	}
	m.Temperature = r.temperature
	return m, err
}
