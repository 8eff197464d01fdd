package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model"
)

func TestFacts(t *testing.T) {
	uniform := make(ids, 60000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range uniform {
		uniform[i] = rng.Int32N(20)
	}
	weak := slices.Clone(uniform) // one token in five is that of eight before
	for i := range weak {
		weak[i] = rng.Int32N(2)
		if i >= 8 && rng.IntN(5) == 0 {
			weak[i] = weak[i-8]
		}
	}
	last, many := slices.Clone(weak), slices.Clone(weak)
	for i := range last {
		last[i] += 58
		many[i] = rng.Int32N(60)
	}
	for _, c := range []struct {
		name   string
		tokens ids
		vocab  int
		low    int
		high   int
	}{
		{"independent tokens", uniform, 20, 0, 0},
		{"each follows from the last but one", babble(60000, vocab, 1), vocab, 2, 32},
		{"of two tokens, a fifth follows from the last but seven", weak, 20, 8, 16},
		{"independent tokens, more than are told apart", many, 60, 0, 0},
		{"the same two, at the end of the vocabulary", last, 60, 8, 16},
		{"passages", dialects(60000, 1), dialectVocab, 32, 63},
		{"always the same", make(ids, 1000), 3, 0, 0},
	} {
		o := newObjective(t, newModel(t, c.vocab, 0), newWorkers(t, 1), BPTT{Batch: 2, Steps: 64}, c.tokens, nil)
		f := o.Facts()
		if f.Dependency < c.low || f.Dependency > c.high || f.Window != 64 {
			t.Errorf("%s: %+v, want a dependency from %d to %d", c.name, f, c.low, c.high)
		}
		if c.name == "independent tokens" && math.Abs(f.Unigram-math.Log(20)) > 1e-3 {
			t.Errorf("the entropy of one of 20 is %v", f.Unigram)
		}
	}
}

// Validation on the ends of the streams that are trained on is on no text of another kind, however uneven the text is.
func TestTextIsNotJudgedByTheEndsOfItsStreams(t *testing.T) {
	for _, c := range []struct {
		cfg   BPTT
		valid ids
		known bool
	}{
		{BPTT{Batch: 2, Steps: 64}, babble(2000, vocab, 2), true},
		{BPTT{Batch: 2, Steps: 64, Tail: 0.9}, nil, false},
	} {
		var valid Tokens
		if c.valid != nil {
			valid = c.valid
		}
		o := newObjective(t, newModel(t, vocab, 0), newWorkers(t, 1), c.cfg, babble(20000, vocab, 1), valid)
		if f := o.Facts(); f.Text > 0 != c.known {
			t.Errorf("%+v: a text of %d tokens, want one to judge by: %v", c.cfg, f.Text, c.known)
		}
	}
}

func TestFactsOfNetworks(t *testing.T) {
	scaled := func(scheme model.Scheme, scale float64) model.RecurrentConfig {
		return model.RecurrentConfig{Cell: model.RNN, Init: model.Init{Scheme: scheme, RecurrentScale: scale}}
	}
	for _, c := range []struct {
		network model.RecurrentConfig
		want    Facts
	}{
		{model.RecurrentConfig{Cell: model.LSTM}, Facts{Gated: true, Orthogonal: true}},
		{model.RecurrentConfig{Cell: model.GRU, LayerNorm: true}, Facts{Gated: true, Orthogonal: true, Normalised: true}},
		{scaled("", 1), Facts{Orthogonal: true}},
		{scaled(model.Orthogonal, 0), Facts{Orthogonal: true}},
		{scaled(model.Orthogonal, 1.8), Facts{}},
		{scaled(model.Identity, 0), Facts{}},
	} {
		if got := networkFacts(c.network); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.network, got, c.want)
		}
	}
}

// measured makes a record with the health of one layer.
func measured(step int, layer LayerHealth, lags ...int) Record {
	return Record{Step: step, Loss: 2, Health: &Health{Step: step, NormMax: 2, Lags: lags, Layers: []LayerHealth{layer}}}
}

// decay returns the gradients of a layer that keeps a share of them in each step back.
func decay(gain float64, lags []int) (l LayerHealth) {
	for _, k := range lags {
		l.Gradient = append(l.Gradient, math.Pow(gain, float64(k)))
	}
	return l
}

// curve makes the records of a run from its losses: one in every 50 steps, with a validation if valid has one.
func curve(losses []float64, valid ...float64) (out []Record) {
	for i, loss := range losses {
		r := Record{Step: 50 * (i + 1), Loss: loss}
		if i < len(valid) {
			r.ValidLoss = &valid[i]
		}
		out = append(out, r)
	}
	return out
}

// The bound falls from the gradient at lag 1 by the least share that a step back should keep, up to the lag that counts.
func TestVanishingBound(t *testing.T) {
	plain, gated := decay(0.5, ProbedLags(64)), decay(0.5, ProbedLags(64))
	gated.Gates = make([]GateHealth, 3)
	for least, layer := range map[float64]LayerHealth{vanishingGain: plain, gatedGain: gated} {
		bound := layer.VanishingBound(ProbedLags(64))
		if want := len(ProbedLags(64)) - 3; len(bound) != want { // all but lags 0, 48 and 63
			t.Fatalf("%d bounds, want %d", len(bound), want)
		}
		for i, k := range ProbedLags(64)[1 : 1+len(bound)] {
			if want := 0.5 * math.Pow(least, float64(k-1)); math.Abs(bound[i]-want) > 1e-12*want {
				t.Errorf("at lag %d the bound is %v, want %v", k, bound[i], want)
			}
		}
	}
	for _, lags := range [][]int{ProbedLags(8), {0, 2, 32}, nil} {
		if bound := decay(0.5, lags).VanishingBound(lags); bound != nil {
			t.Errorf("lags %v have the bounds %v, want none", lags, bound)
		}
	}
}

func TestDiagnose(t *testing.T) {
	lags := ProbedLags(64)
	facts := Facts{Steps: 2000, Window: 64, Unigram: 3.3, Dependency: 63}
	each := func(n int, make func(step int) Record) (out []Record) {
		for i := range n {
			out = append(out, make(25*(i+1)))
		}
		return out
	}
	gain := func(g float64) func(int) Record {
		return func(step int) Record { return measured(step, decay(g, lags), lags...) }
	}
	slight := func(step int) Record {
		r := gain(1.05)(step)
		r.Health.NormMax = 0.2
		return r
	}
	gated := func(g float64) func(int) Record {
		return func(step int) Record {
			layer := decay(g, lags)
			layer.Gates = make([]GateHealth, 3)
			return measured(step, layer, lags...)
		}
	}
	gates := func(low, high, dead float64) func(int) Record {
		return func(step int) Record {
			layer := decay(0.8, lags)
			layer.Gates, layer.Dead = []GateHealth{{"f", low, high}}, dead
			return measured(step, layer, lags...)
		}
	}
	falling := func(from, by float64) (out []float64) {
		for i := range 20 {
			out = append(out, from*math.Pow(by, float64(i)))
		}
		return out
	}
	long := facts
	long.Text = 150 * 32 * 64
	read := func(records []Record) []Record {
		for i := range records {
			records[i].Tokens = int64(records[i].Step * 32 * 64)
		}
		return records
	}
	for _, c := range []struct {
		name    string
		records []Record
		facts   Facts
		want    string // kinds and steps
	}{
		{"healthy", each(8, gain(0.8)), facts, ""},
		{"vanishing", each(8, gain(0.5)), facts, "vanishing 75"},
		{"vanishing in gates", each(8, gated(0.45)), facts, "vanishing 75"},
		{"gates that may open", each(8, gated(0.55)), facts, ""},
		{"no gradient at all", each(8, gain(0)), facts, "vanishing 75"},
		{"short text", each(8, gain(0.5)), Facts{Dependency: 16}, ""},
		{"exploding", each(8, gain(1.05)), facts, "exploding 25"},
		{"exploding, from small gradients", each(8, func(step int) Record {
			layer := decay(1.05, lags)
			for i := range layer.Gradient {
				layer.Gradient[i] /= 100
			}
			return measured(step, layer, lags...)
		}), facts, "exploding 25"},
		{"growing, but slight", each(8, slight), facts, ""},
		{"the first steps of layer norm", []Record{gain(1.05)(1), gain(1.05)(24), gain(0.8)(50)}, Facts{Window: 64, Normalised: true}, ""},
		{"exploding in spite of layer norm", each(2, gain(1.05)), Facts{Window: 64, Normalised: true}, "exploding 25"},
		{"level", each(8, gain(1)), facts, ""},
		{"level by weights that are too large", each(8, func(step int) Record {
			layer := decay(0.97, lags)
			layer.Gain = 1.6
			return measured(step, layer, lags...)
		}), facts, "exploding 25"},
		{"level over a short window", each(8, func(step int) Record {
			short := ProbedLags(8)
			layer := decay(0.97, short)
			layer.Gain = 1.6
			return measured(step, layer, short...)
		}), Facts{Window: 8}, ""},
		{"growing, in a classifier", each(8, gain(1.05)), Facts{}, ""},
		{"saturated", each(8, gates(0.5, 0.46, 0)), facts, "saturated 75"},
		{"half saturated", each(8, gates(0.5, 0.3, 0)), facts, ""},
		{"dead", each(8, gates(0, 0, 0.6)), facts, "saturated 75"},
		{"as good as frequencies", curve(slices.Repeat([]float64{3.31}, 20)), facts, "stalled 300"},
		{"flat", curve(slices.Repeat([]float64{3.0}, 20)), facts, "stalled 300"},
		{"flat, but well trained", curve(slices.Repeat([]float64{1.3}, 20)), facts, ""},
		{"falling", curve(falling(4, 0.95)), facts, ""},
		{"unknown entropy", curve(slices.Repeat([]float64{3.31}, 20)), Facts{Steps: 2000}, ""},
		{"overfitting", curve(falling(2, 0.95), 2, 1.9, 1.91, 1.95, 1.97, 2, 2.1), facts, "overfitting 250"},
		{"hardly learning", curve(falling(2, 0.999), 2, 1.9, 1.91, 1.95, 1.97, 2, 2.1), facts, ""},
		{"losses close to nothing", curve(falling(2, 0.95), 0.02, 0.019, 0.02, 0.02, 0.02, 0.0205), facts, ""},
		{"validation goes up and down", curve(falling(2, 0.95), 2, 1.9, 1.91, 1.92, 1.9, 1.93, 1.91), facts, ""},
		{"validation and training rise", curve(falling(1.5, 1.02), 2, 1.9, 2, 2.1, 2.2, 2.3), facts, ""},
		{"validation of another kind", read(curve(falling(3.2, 0.95), 4, 4, 4)), long, "mismatched 100"},
		{"validation of a slightly other kind", read(curve(falling(3.2, 0.95), 3.7, 3.6, 3.5)), long, ""},
		{"validation that was of another kind once", read(curve(falling(3.2, 0.95), 4, 3.6, 3.9)), long, ""},
		{"validation apart after the first reading", read(curve(falling(3.2, 0.95), 3.2, 3.1, 4, 4)), long, ""},
		{"validation apart in a text of unknown length", read(curve(falling(3.2, 0.95), 4, 4, 4)), facts, ""},
		{"validation apart from a text that the network knows", read(curve(falling(2, 0.95), 4, 4, 4)), long, ""},
		{"what the guard has told already", append([]Record{{Step: 7, Verdicts: []Verdict{Facts{}.verdict(Exploding, 6, "", "the loss leaps")}}},
			each(8, gain(1.05))...), facts, "exploding 6"},
		{"the guard's own verdicts", []Record{{Step: 7, Verdicts: []Verdict{Facts{}.verdict(NonFinite, 6, "", "the loss is NaN")}}}, facts, "non-finite 6"},
	} {
		var got []string
		for _, v := range Diagnose(c.records, c.facts) {
			got = append(got, fmt.Sprint(v.Kind, " ", v.Step))
			if v.Evidence == "" || v.Cause == "" || v.Try == "" || !strings.Contains(v.String(), v.Evidence) {
				t.Errorf("%s: the verdict does not explain itself: %+v", c.name, v)
			}
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
	spike := measured(25, decay(0.8, lags), lags...)
	spike.Health.NormMax = 25
	spike.Health.Parameters = []ParameterHealth{{Name: "a_l0", Gradient: 2}, {Name: "b_l1", Gradient: 20}, {Name: "c_l0", Gradient: 3}}
	if got := Diagnose([]Record{spike}, facts); len(got) != 1 || got[0].Kind != Exploding || got[0].Layer != "layer 1" ||
		!strings.HasSuffix(strings.Split(got[0].Evidence, ";")[0], "most of it in b_l1") {
		t.Errorf("a norm of 25 gives %v", got)
	}
	if got := Diagnose([]Record{spike}, Facts{}); len(got) != 0 {
		t.Errorf("a norm of 25 in a classifier gives %v", got)
	}
}

// A verdict does not propose what the network has already, or what does nothing to it.
func TestRemediesOfANetworkThatHasSome(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		facts Facts
		want  string
	}{
		{Vanishing, Facts{}, "--cell lstm or --cell gru; --init orthogonal without --recurrent-scale; --dilation 2 with several --layers"},
		{Vanishing, Facts{Gated: true, Orthogonal: true, Dependency: 48}, "--chrono 48; --dilation 2 with several --layers"},
		{Exploding, Facts{Window: 64, Clip: 1}, "--init orthogonal without --recurrent-scale; --cell lstm; half the --lr; --clip 0.25"},
		{Exploding, Facts{Window: 64, Clip: 1, Gated: true, Orthogonal: true}, "half the --lr; --clip 0.25"},
		{Mismatched, Facts{Window: 64}, "--split streams:0.9, which validates on pieces from all over the text; --valid with text of the kind that matters"},
		{Exploding, Facts{Clip: 5, Rate: 0.01}, "--clip 1; --lr 0.005"},
		{NonFinite, Facts{Clip: 1}, "half the --lr; --clip 0.25"},
		{Overfitting, Facts{Window: 64}, "more --dropout, a smaller --hidden, more text, or --patience 5 to end in time"},
		{Overfitting, Facts{}, "more --head-dropout or --input-dropout, a smaller --hidden, more documents, or --patience 3 to end in time"},
	} {
		if got := c.facts.remedy(c.kind, "layer 0"); got != c.want {
			t.Errorf("%s, %+v: try %q, want %q", c.kind, c.facts, got, c.want)
		}
	}
}
