package generate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/textgen-go/textgen/internal/runner"
	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/optim"
	"github.com/textgen-go/textgen/model/train"
	"github.com/textgen-go/textgen/tokenize"
)

// run is a training run in the making.
type run struct {
	cfg      TrainConfig
	session  *runner.Session
	observer Observer

	workers  *model.Workers
	data     *data
	training Training
	network  *model.LanguageModel
	plan     Plan
	report   bool
}

// prepare reads the corpus and builds network, objective and loop.
func (r *run) prepare(ctx context.Context) error {
	before, err := r.before()
	if err != nil {
		return err
	}
	if r.data, err = readData(ctx, r.cfg, before.tokenizer); err != nil {
		return err
	}
	if err := r.checkData(before); err != nil {
		return err
	}
	r.workers = model.NewWorkers(r.cfg.Threads)
	if r.network = before.network; r.network == nil {
		if err := r.newNetwork(); err != nil {
			return err
		}
	}
	if err := r.setPrecision(); err != nil {
		return err
	}
	if err := r.build(); err != nil {
		return err
	}
	r.describe()
	if err := r.session.Begin("token", r.data.limit); err != nil {
		return err
	}
	return r.openReport()
}

// newNetwork builds the network that the settings describe.
func (r *run) newNetwork() error {
	cfg, err := r.cfg.Settings.modelConfig(r.data.tokenizer.Size())
	if err != nil {
		return err
	}
	r.cfg.Settings.TieWeights = new(cfg.TieWeights)
	r.network, err = model.NewLanguageModel(cfg, rand.New(rand.NewPCG(r.cfg.Settings.Seed, weightStream)))
	if err != nil {
		return err
	}
	return r.setHeadBias()
}

// setPrecision makes the network compute in the precision of the settings.
func (r *run) setPrecision() error {
	p, err := r.session.Precision(r.cfg.Settings.Precision)
	if err != nil {
		return err
	}
	r.network.SetPrecision(p)
	return nil
}

// weightStream separates the random numbers of the first weights from those of training with the same seed.
const weightStream = 0x77656967687473 // "weights"

// earlier is what a run goes on from: nothing, a model to fine-tune, or a run that stopped.
type earlier struct {
	tokenizer tokenize.Tokenizer
	network   *model.LanguageModel
	training  Training
}

// before reads what the run goes on from.
func (r *run) before() (earlier, error) {
	switch {
	case r.cfg.Resume:
		return r.resume()
	case r.cfg.From != "":
		m, err := Load(r.cfg.From)
		if err != nil {
			return earlier{}, err
		}
		r.cfg.Settings.adopt(m)
		return earlier{tokenizer: m.tokenizer, network: m.network}, nil
	}
	return earlier{}, nil
}

// resume reads the state of the run that stopped. Its settings replace those of the config.
func (r *run) resume() (earlier, error) {
	var m *Model
	err := r.session.Resume(func(f *checkpoint.File) (err error) {
		m, err = FromFile(f)
		return err
	})
	if err != nil {
		return earlier{}, err
	}
	if r.cfg.Paths == nil && !slices.Equal(m.training.Corpus, []string{builtinName}) {
		r.cfg.Paths = m.training.Corpus
	}
	if r.cfg.ValidPaths == nil {
		r.cfg.ValidPaths = m.training.Valid
	}
	r.cfg.From = m.training.From
	r.cfg.Settings, r.cfg.Encoding, r.cfg.NormalizeNewlines = m.training.Settings, m.training.Encoding, m.training.NormalizeNewlines
	return earlier{tokenizer: m.tokenizer, network: m.network, training: m.training}, nil
}

// checkData makes sure that a resumed run goes on with its text, and fits a new one's batch to the text.
func (r *run) checkData(before earlier) error {
	if r.cfg.Resume {
		for _, text := range []struct{ name, sum, was string }{
			{"corpus", r.data.sum(), before.training.SHA256}, {"text to validate on", r.data.validSum, before.training.ValidSHA256},
		} {
			if text.sum != text.was {
				return fmt.Errorf("the %s has changed since the run was stopped (SHA-256 %.12s…, was %.12s…): resume with the same text, or start a run from the model", text.name, text.sum, text.was)
			}
		}
	}
	if n := r.data.unknown; n.Count > 0 {
		r.observer.Warning(fmt.Sprintf("unknown to the tokenizer, and read as <unk>: %s of the corpus, the first is %q", plural(n.Count, "token"), n.First))
	}
	if r.cfg.Resume {
		return nil
	}
	warning, err := r.data.fit(&r.cfg.Settings)
	if warning != "" {
		r.observer.Warning(warning)
	}
	return err
}

// build makes the objective and the loop.
func (r *run) build() error {
	s := r.cfg.Settings
	bptt := train.BPTT{Batch: s.Batch, Steps: s.BPTT, Every: s.BPTTEvery, Reset: s.Reset, ValidTokens: s.ValidTokens, Seed: s.Seed}
	var valid train.Tokens
	switch {
	case r.data.split.Streams && r.data.split.Valid > 0:
		bptt.Tail = float64(r.data.split.Train) / float64(r.data.split.Train+r.data.split.Valid)
	case lengthOf(r.data.valid) > 1:
		valid = r.data.valid
		bptt.Shift = true
	default:
		bptt.Shift = true
	}
	objective, err := train.NewLanguageModel(r.network, r.workers, bptt, r.data.train, valid)
	if err != nil {
		return err
	}
	cfg := s.loopConfig()
	if valid == nil && bptt.Tail == 0 {
		cfg.EvalEvery = -1
		r.observer.Warning("there is no text to validate on: the last weights are kept, not the best")
	}
	if bptt.Tail > 0 {
		r.data.streamsTrain = objective.TrainingTokens()
	}
	r.session.File, r.session.BeforeRecord = r.file, r.sample
	return r.session.Loop(objective, r.workers, cfg)
}

// describe fills in what the model file will say of the run, and tells the observer.
func (r *run) describe() {
	d, s := r.data, r.cfg.Settings
	training, validation := d.lengths()
	r.training = Training{
		Settings: s, Corpus: d.names, Valid: r.cfg.ValidPaths, Encoding: r.cfg.Encoding, NormalizeNewlines: r.cfg.NormalizeNewlines,
		SHA256: d.sum(), ValidSHA256: d.validSum, TrainTokens: training, ValidTokens: validation,
		Start: d.start, Limit: d.limit, From: r.cfg.From,
	}
	r.plan = Plan{
		Corpus: d.names, Chars: d.stats.Chars, TrainTokens: training, ValidTokens: validation,
		Tokenizer: string(d.tokenizer.Kind()), VocabSize: d.tokenizer.Size(), Settings: s, Limit: d.limit, Resumed: r.session.Earlier.Step,
	}
	for _, p := range r.network.Parameters() {
		r.plan.Parameters += p.Len()
	}
	r.observer.Started(r.plan)
}

// train runs the loop and sums up.
func (r *run) train(ctx context.Context) (*TrainResult, error) {
	result, err := r.session.Run(ctx)
	out := &TrainResult{
		Out: r.cfg.Out, Ending: result.Ending, Steps: result.Steps, Planned: result.Plan.Steps,
		Tokens: result.Tokens, Seconds: result.Seconds, Loss: r.session.Loss(),
		ValidLoss: result.Best.Loss, Limit: r.data.limit, Verdicts: r.session.History.Verdicts(),
	}
	return out, err
}

func (r *run) close() {
	if r.workers != nil {
		r.workers.Close()
	}
}

// file returns the model as it is now.
func (r *run) file(state train.State) (*checkpoint.File, error) {
	tokenizer, err := r.data.tokenizer.MarshalJSON()
	if err != nil {
		return nil, err
	}
	f := &checkpoint.File{
		Metadata: map[string]string{checkpoint.KeyHead: headName, checkpoint.KeyTokenizer: string(tokenizer)},
		Tensors:  checkpoint.Parameters(r.network.Parameters()),
	}
	last, training := r.session.History.Last(), r.training
	training.Planned = state.Plan.Steps
	metrics := Metrics{Step: state.Step, Tokens: state.Tokens, Seconds: state.Seconds, Loss: r.session.Loss()}
	if last.ValidLoss != nil {
		metrics.ValidLoss = *last.ValidLoss
	}
	return f, errors.Join(
		f.SetJSON(checkpoint.KeyConfig, r.network.Config()),
		f.SetJSON(checkpoint.KeyTraining, training), f.SetJSON(checkpoint.KeyMetrics, metrics))
}

// adopt takes over the tokenizer and the network of a model that is fine-tuned.
func (s *Settings) adopt(m *Model) {
	old, cfg := m.training.Settings, m.network.Config()
	s.Tokenizer, s.VocabSize, s.MinFrequency = old.Tokenizer, old.VocabSize, old.MinFrequency
	s.Lowercase, s.NFC, s.Init, s.InitRange, s.HeadBias, s.ForgetBias = old.Lowercase, old.NFC, old.Init, old.InitRange, old.HeadBias, old.ForgetBias
	s.Chrono, s.RecurrentScale = old.Chrono, old.RecurrentScale
	s.Cell, s.Layers, s.Hidden, s.Embedding = cfg.Cell, cfg.Layers, cfg.Hidden, cfg.Embedding
	s.Residual, s.Highway, s.LayerNorm, s.TieWeights, s.Softmax = cfg.Residual, cfg.Highway, cfg.LayerNorm, new(cfg.TieWeights), old.Softmax
	s.Dropout, s.InputDropout, s.OutputDropout = cfg.Dropout, cfg.InputDropout, cfg.OutputDropout
	s.Variational, s.EmbeddingDropout, s.WeightDrop = cfg.Variational, cfg.EmbeddingDropout, cfg.WeightDrop
	s.Zoneout, s.ZoneoutCell, s.Dilation = cfg.Zoneout, cfg.ZoneoutCell, cfg.Dilation
	s.AR, s.TAR = cfg.AR, cfg.TAR
}

// loopConfig says how long to train, and how.
func (s Settings) loopConfig() train.Config {
	return train.Config{
		Steps: s.Steps, Epochs: s.Epochs, Time: s.Time,
		Optimizer: optim.Config{Name: s.Optimizer, Momentum: s.Momentum, WeightDecay: s.WeightDecay, Patience: s.Trigger},
		Schedule:  optim.ScheduleConfig{Name: s.Schedule, Rate: s.LR, Warmup: float64(s.Warmup), Final: s.FinalLR, Factor: s.LRDecay, Hold: s.LRHold},
		Clip:      optim.Clip{Norm: s.Clip, Value: s.ClipValue, Layer: s.ClipLayer},
		EvalEvery: s.EvalEvery, Patience: s.Patience,
		Guard: s.Guard, HealthEvery: s.HealthEvery,
	}
}
