package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// clock is a clock that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// quadratic is an objective whose loss is (w−c)²/2, where c is 3 plus noise that depends on a state carried from batch
// to batch, as the hidden state of a network is.
type quadratic struct {
	param    *model.Parameter
	carried  []float32
	epoch    int
	batch    int
	packed   float32 // the value at the last Updated
	clock    *clock
	step     time.Duration
	validate time.Duration

	losses      []float64 // of validations in turn, instead of the true ones
	validations int
	onStep      func(q *quadratic) // may spoil gradients
	onValidate  func()
	score       *float64
}

const fakeBatches = 7

func newQuadratic() *quadratic {
	return &quadratic{
		param:   &model.Parameter{Name: "w", Shape: []int{1}, Value: []float32{10}, Grad: []float32{0}},
		carried: []float32{0},
		clock:   &clock{at: time.Unix(1000, 0)},
	}
}

func (q *quadratic) Parameters() []*model.Parameter { return []*model.Parameter{q.param} }

func (q *quadratic) StepsPerEpoch() int { return fakeBatches }

func (q *quadratic) Updated() { q.packed = q.param.Value[0] }

func (q *quadratic) Step() (Batch, error) {
	if q.batch == fakeBatches {
		q.epoch, q.batch, q.carried[0] = q.epoch+1, 0, 0
	}
	noise := rand.New(rand.NewPCG(uint64(q.epoch), uint64(q.batch))).Float32() - 0.5
	q.carried[0] = q.carried[0]/2 + noise
	diff := q.packed - 3 - q.carried[0]/10
	q.param.Grad[0] = diff
	q.batch++
	q.clock.pass(q.step)
	if q.onStep != nil {
		q.onStep(q)
	}
	return Batch{Nats: 4 * float64(diff) * float64(diff) / 2, Tokens: 4}, nil
}

func (q *quadratic) Validate(ctx context.Context) (Metrics, error) {
	if q.onValidate != nil {
		q.onValidate()
	}
	if err := ctx.Err(); err != nil {
		return Metrics{}, err
	}
	q.clock.pass(q.validate)
	q.validations++
	diff := float64(q.packed - 3)
	m := Metrics{Loss: diff * diff / 2, Score: q.score, Tokens: 1}
	if q.losses != nil {
		m.Loss = q.losses[min(q.validations, len(q.losses))-1]
	}
	return m, nil
}

func (q *quadratic) Position() Position {
	return Position{Epoch: q.epoch, Batch: q.batch, Batches: fakeBatches,
		Tensors: []model.Named{{Name: "carried", Shape: []int{1}, Data: q.carried}}}
}

func (q *quadratic) Restore(p Position) error {
	if p.Batches != fakeBatches {
		return fmt.Errorf("%d batches", p.Batches)
	}
	q.epoch, q.batch = p.Epoch, p.Batch
	return optim.CopyTensors(q.Position().Tensors, p.Tensors)
}

// history collects what the hooks are told.
type history struct {
	records []Record
	saves   []SaveReason
	at      []int // steps of the saves
	last    State
}

func (h *history) hooks() Hooks {
	return Hooks{
		OnStep: func(r Record) error { h.records = append(h.records, r); return nil },
		Save: func(reason SaveReason, s State) error {
			h.saves = append(h.saves, reason)
			h.at = append(h.at, s.Step)
			h.last = s.Clone()
			return nil
		},
	}
}

// losses returns what must be the same in runs that are the same.
func (h *history) losses() []string {
	var out []string
	for _, r := range h.records {
		valid := math.NaN()
		if r.ValidLoss != nil {
			valid = *r.ValidLoss
		}
		out = append(out, fmt.Sprintf("%d %d %x %x %x %x", r.Step, r.Tokens, r.Loss, valid, r.Rate, r.GradNorm))
	}
	return out
}

// verdicts returns all that was said.
func (h *history) verdicts() (all []Verdict) {
	for _, r := range h.records {
		all = append(all, r.Verdicts...)
	}
	return all
}

// fakeConfig is a config for the fake's clock and its easy loss.
func fakeConfig(q *quadratic) Config {
	return Config{
		Optimizer: optim.Config{Name: optim.NameAdam},
		Schedule:  optim.ScheduleConfig{Name: optim.Cosine, Rate: 0.3},
		Now:       q.clock.now,
	}
}

func newLoop(t testing.TB, o Objective, cfg Config, hooks Hooks) *Loop {
	t.Helper()
	w := model.NewWorkers(1)
	t.Cleanup(w.Close)
	l, err := NewLoop(o, w, cfg, hooks)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func run(t testing.TB, l *Loop) Result {
	t.Helper()
	r, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}
