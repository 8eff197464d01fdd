package generate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/tokenize"
)

// data is a corpus made ready for training.
type data struct {
	names     []string
	stats     corpora.Stats
	split     corpora.Split
	tokenizer tokenize.Tokenizer
	train     *tokenize.IDs // the whole corpus where the split cuts streams
	valid     *tokenize.IDs // nil: nothing to validate on, or the split cuts streams
	unknown   tokenize.Unknowns
	validSum  string // SHA-256 of a text to validate on that is none of the corpus; else ""
	start     string
	nats      float64 // information of the validation text; 0 where it is not known
	limit     float64 // nats a token of the validation text that no model can beat; 0 where it is not known

	streamsTrain int // where the split cuts streams: the tokens of train that are trained on
}

// readData reads the corpus of cfg: once to count it, once to learn a tokenizer unless known is given, once to turn it
// into tokens. Close the source after use.
func readData(ctx context.Context, cfg TrainConfig, known tokenize.Tokenizer) (*data, error) {
	d := &data{tokenizer: known}
	err := cfg.Settings.Validate()
	if err != nil {
		return nil, err
	}
	if d.split, err = corpora.ParseSplit(cfg.Settings.Split); err != nil {
		return nil, err
	}
	text, err := d.open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	if d.stats, err = text.Stats(ctx); err != nil {
		return nil, err
	}
	if err := d.tokenise(ctx, cfg, text); err != nil {
		return nil, err
	}
	if d.nats > 0 {
		d.limit = d.nats / float64(d.valid.Len())
	}
	d.start, err = beginning(ctx, text)
	return d, err
}

// sum returns the SHA-256 of the corpus.
func (d *data) sum() string { return fmt.Sprintf("%x", d.stats.SHA256) }

// open opens the corpus, the built-in one when cfg names no other.
func (d *data) open(ctx context.Context, cfg TrainConfig) (*corpora.Corpus, error) {
	if len(cfg.Paths) == 0 {
		d.names = []string{builtinName}
		text, _ := corpora.Builtin(builtinSeed, builtinBytes)
		return text, nil
	}
	d.names = cfg.Paths
	return corpora.Open(ctx, cfg.Paths, cfg.Stdin, cfg.textOptions())
}

// The built-in corpus is the same in every run: how much of it, and with which seed. It is validated on stories of
// another seed, whose exact information is known.
const (
	builtinName       = "built-in stories"
	builtinSeed       = 1
	builtinBytes      = 12 << 20
	builtinValidSeed  = 2
	builtinValidBytes = 128 << 10
)

func (cfg TrainConfig) textOptions() corpora.Options {
	return corpora.Options{Encoding: cfg.Encoding, NormalizeNewlines: cfg.NormalizeNewlines}
}

// tokenise learns the tokenizer and turns the text's parts into tokens.
func (d *data) tokenise(ctx context.Context, cfg TrainConfig, text *corpora.Corpus) error {
	training, validation, done, err := d.parts(ctx, cfg, text)
	if err != nil {
		return err
	}
	defer done()
	if err := d.learn(cfg, text.Chunks(ctx), training); err != nil {
		return err
	}
	if d.train, d.unknown, err = tokenize.Tokens(d.tokenizer, training); err != nil {
		return err
	}
	if validation == nil {
		return nil
	}
	var unknown tokenize.Unknowns
	d.valid, unknown, err = tokenize.Tokens(d.tokenizer, validation)
	if d.unknown.Count == 0 {
		d.unknown.First = unknown.First
	}
	d.unknown.Count += unknown.Count
	return err
}

// parts returns the text to train on and that to validate on, nil if there is none, and what closes them.
func (d *data) parts(ctx context.Context, cfg TrainConfig, text *corpora.Corpus) (train, valid iter.Seq2[[]byte, error], done func() error, err error) {
	train, done = text.Chunks(ctx), func() error { return nil }
	switch {
	case len(cfg.ValidPaths) > 0:
		other, err := corpora.Open(ctx, cfg.ValidPaths, cfg.Stdin, cfg.textOptions())
		if err != nil {
			return nil, nil, nil, err
		}
		stats, err := other.Stats(ctx)
		if err != nil {
			return nil, nil, nil, errors.Join(err, other.Close())
		}
		d.split, d.validSum = corpora.Split{}, fmt.Sprintf("%x", stats.SHA256)
		return train, other.Chunks(ctx), other.Close, nil
	case len(cfg.Paths) == 0:
		other, entropy := corpora.Builtin(builtinValidSeed, builtinValidBytes)
		d.split, d.nats = corpora.Split{}, entropy.Nats
		return train, other.Chunks(ctx), other.Close, nil
	case !d.split.Streams:
		first, second, _ := d.split.Contiguous(d.stats.Chars)
		train = text.Section(ctx, first.From, first.To)
		if second.Len() > 0 {
			valid = text.Section(ctx, second.From, second.To)
		}
	}
	return train, valid, done, nil
}

// learn learns the tokenizer unless there is one: words and byte pairs from the training text alone, characters from all
// of the text, as char-rnn and nanoGPT do, so that none of validation's is unknown.
func (d *data) learn(cfg TrainConfig, all, training iter.Seq2[[]byte, error]) error {
	if d.tokenizer != nil {
		return nil
	}
	if cfg.Settings.Tokenizer == tokenize.Char {
		training = all
	}
	var err error
	d.tokenizer, err = tokenize.Train(cfg.Settings.tokenizerConfig(), training)
	return err
}

// beginning returns what a text of this kind begins after: an empty line if it has any, else a line's end, else nothing.
// It looks at the first shownBytes or a little more, whatever files they are in: one of a folder may be a title.
func beginning(ctx context.Context, text *corpora.Corpus) (string, error) {
	var head []byte
	for chunk, err := range text.Chunks(ctx) {
		if err != nil {
			return "", err
		}
		if head = append(head, chunk...); len(head) >= shownBytes {
			break
		}
	}
	for _, end := range []string{"\n\n", "\n"} {
		if bytes.Contains(head, []byte(end)) {
			return end, nil
		}
	}
	return "", nil
}

// shownBytes is enough of a text to tell how it is laid out.
const shownBytes = 64 << 10

// lengths returns the numbers of tokens to train on and to validate on.
func (d *data) lengths() (training, validation int) {
	if d.streamsTrain > 0 {
		return d.streamsTrain, d.train.Len() - d.streamsTrain
	}
	return d.train.Len(), lengthOf(d.valid)
}

func lengthOf(ids *tokenize.IDs) int {
	if ids == nil {
		return 0
	}
	return ids.Len()
}

// errTooShort says that a text cannot fill a batch.
var errTooShort = errors.New("too little text")

// fit shortens the windows and then the batch for a text that is too short for them, and says so.
func (d *data) fit(s *Settings) (warning string, err error) {
	n := d.train.Len()
	if n < 2 {
		return "", fmt.Errorf("%w: %s to train on; give at least a few thousand characters", errTooShort, plural(n, "token"))
	}
	batch, bptt := s.Batch, s.BPTT
	s.Batch = max(1, min(s.Batch, n/(minWindows*(min(s.BPTT, n)+1))))
	s.BPTT = min(s.BPTT, n/s.Batch-1)
	if bptt > s.BPTT {
		s.BPTTEvery = min(s.BPTTEvery, s.BPTT)
	}
	if batch != s.Batch || bptt != s.BPTT {
		warning = fmt.Sprintf("only %s to train on: using %s of windows of %d instead of %d of %d", plural(n, "token"), plural(s.Batch, "stream"), s.BPTT, batch, bptt)
	}
	return warning, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// minWindows is the number of windows that a stream should have at least.
const minWindows = 2
