package classify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/textgen-go/textgen/internal/history"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// run is a training run in the making.
type run struct {
	cfg      TrainConfig
	dir      *checkpoint.Run
	observer Observer
	settings Settings

	workers   *model.Workers
	data      *data
	training  Training
	network   *model.Classifier
	bag       BagChoice
	objective *objective
	loop      *train.Loop
	plan      Plan
	resumed   train.State // where an earlier session stopped; its Step is 0 in a new run
	history   *history.History
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
	vectors, err := r.build(ctx, before)
	if err != nil {
		return err
	}
	if err := r.connect(); err != nil {
		return err
	}
	r.describe(vectors)
	if r.history, err = history.Open(r.dir, r.resumed.Step, 0); err != nil {
		return err
	}
	return r.openReport()
}

// before reads the run that is resumed, if any. Its settings replace those of the config.
func (r *run) before() (*Model, error) {
	if !r.cfg.Resume {
		return &Model{}, nil
	}
	path := r.dir.Path(checkpoint.StateName)
	f, err := checkpoint.Read(path, checkpoint.Limits{})
	if err != nil {
		return nil, fmt.Errorf("nothing to resume: %w", err)
	}
	m, err := fromFile(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.JSON(checkpoint.KeyProgress, &r.resumed); err != nil {
		return nil, err
	}
	if err := r.resumed.SetTensors(stateTensors(f)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
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
	r.cfg.Documents = m.training.Documents
	return m, nil
}

// stateTensors returns the tensors of a state file beside the network's parameters.
func stateTensors(f *checkpoint.File) []model.Named {
	var out []model.Named
	for _, t := range f.Tensors {
		if strings.HasPrefix(t.Name, checkpoint.PrefixOptim) || strings.HasPrefix(t.Name, checkpoint.PrefixState) {
			out = append(out, t)
		}
	}
	return out
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
	return r.settings.Validate()
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
	for _, w := range r.data.warnings {
		r.observer.Warning(w)
	}
	return nil
}

// build makes the network and returns how many of its tokens start from a vector.
func (r *run) build(ctx context.Context, before *Model) (vectors int, err error) {
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
	if err := r.trainBag(ctx); err != nil {
		return 0, err
	}
	if found == nil {
		return 0, nil
	}
	return found.fill(r.network.Embedding()), nil
}

// connect makes the objective and the loop.
func (r *run) connect() error {
	s := r.settings
	l := loss{task: s.Task, smoothing: s.LabelSmoothing}
	if s.Balance {
		l.weights = r.data.labels.Weights(r.data.train)
	}
	r.objective = newObjective(r.network, r.workers, s, l, r.data.training, r.data.checked)
	cfg := s.loopConfig()
	if r.data.checked.len() == 0 {
		cfg.EvalEvery = -1
		r.observer.Warning("there is no document to validate on: the last weights are kept, not the best, and their probabilities are not calibrated")
	}
	var err error
	r.loop, err = train.NewLoop(r.objective, r.workers, cfg, train.Hooks{OnStep: r.onStep, Save: r.save})
	if err != nil || r.resumed.Step == 0 {
		return err
	}
	return r.loop.Restore(r.resumed)
}

// describe fills in what the model file will say of the run, and tells the observer.
func (r *run) describe(vectors int) {
	d, s := r.data, r.settings
	r.training = Training{
		Settings: s, Paths: r.cfg.Paths, ValidPaths: r.cfg.ValidPaths, TestPaths: r.cfg.TestPaths, Documents: r.cfg.Documents,
		SHA256: d.sha256, Train: d.training.len(), Valid: d.checked.len(), Vectors: vectors, Bag: r.bag,
	}
	r.plan = Plan{
		Files: d.files, Labels: d.labels.Fewer(d.train, len(d.train)+1), Train: d.training.len(), Valid: d.checked.len(), Test: len(d.test),
		Tokenizer: string(d.tokenizer.Kind()), VocabSize: d.tokenizer.Size(), Vectors: vectors, Settings: s, Resumed: r.resumed.Step,
	}
	for _, p := range r.network.Parameters() {
		r.plan.Parameters += p.Len()
	}
	r.observer.Started(r.plan)
}

// train runs the loop and sums up.
func (r *run) train(ctx context.Context) (*TrainResult, error) {
	result, err := r.loop.Run(ctx)
	err = errors.Join(err, r.history.Finish())
	out := &TrainResult{
		Out: r.cfg.Out, Ending: result.Ending, Steps: result.Steps, Planned: result.Plan.Steps,
		Documents: result.Tokens, Seconds: result.Seconds, Loss: r.history.Last().Loss, Verdicts: r.history.Verdicts(),
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

// onStep writes a record down and passes it on.
func (r *run) onStep(rec train.Record) error {
	if r.training.Planned == 0 {
		r.training.Planned = r.loop.State().Plan.Steps
		r.observer.Planned(r.training.Planned)
	}
	if err := r.history.Add(rec); err != nil {
		return err
	}
	r.observer.Step(rec)
	return nil
}

// save writes the model when it is the best, and the state at every other occasion.
func (r *run) save(reason train.SaveReason, state train.State) error {
	r.training.Planned = state.Plan.Steps
	f, err := r.file(state)
	if err != nil {
		return err
	}
	if reason == train.SaveBest {
		return r.write(checkpoint.ModelName, f)
	}
	if state.Best.Step == 0 {
		if err := r.write(checkpoint.ModelName, f); err != nil {
			return err
		}
	}
	if err := f.SetJSON(checkpoint.KeyProgress, state); err != nil {
		return err
	}
	f.Tensors = append(f.Tensors, state.Tensors()...)
	if err := r.history.Sync(); err != nil {
		return err
	}
	return r.write(checkpoint.StateName, f)
}

func (r *run) write(name string, f *checkpoint.File) error {
	path := r.dir.Path(name)
	if err := checkpoint.Write(path, f); err != nil {
		return err
	}
	r.observer.Saved(path)
	return nil
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
	f.Metadata = map[string]string{checkpoint.KeyHead: headName, checkpoint.KeyTokenizer: string(tokenizer)}
	return f, errors.Join(
		f.SetJSON(checkpoint.KeyConfig, r.network.Config()), f.SetJSON(checkpoint.KeyLabels, r.data.labels.Names),
		f.SetJSON(checkpoint.KeyTraining, r.training), f.SetJSON(checkpoint.KeyMetrics, metrics))
}

// metrics sums up the last validation, with the temperature that makes its probabilities honest.
func (r *run) metrics(state train.State) (Metrics, error) {
	last := r.history.Last()
	m := Metrics{Step: state.Step, Documents: state.Tokens, Seconds: state.Seconds, Loss: last.Loss, Temperature: Temperature{T: 1}}
	v := r.objective.validation
	if v == nil || v.logits == nil {
		return m, nil
	}
	if last.ValidLoss != nil {
		m.ValidLoss = *last.ValidLoss
	}
	if last.ValidScore != nil {
		m.MacroF1 = *last.ValidScore
	}
	var err error
	m.Temperature, err = FitTemperature(v.loss.task, v.logits, v.data.truth)
	return m, err
}
