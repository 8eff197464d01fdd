package model

import (
	"math"
	"math/rand/v2"
	"testing"
)

func newModel(t *testing.T, cfg Config, seed uint64) *LanguageModel {
	t.Helper()
	m, err := NewLanguageModel(cfg, rand.New(rand.NewPCG(seed, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// initCase is a model whose layers have different widths of input.
func initCase(cell Cell, scheme Scheme) Config {
	return Config{
		VocabSize: 13, Embedding: 20,
		RecurrentConfig: RecurrentConfig{Cell: cell, Layers: 2, Hidden: 17, Init: Init{Scheme: scheme}},
	}
}

func eachLayer(t *testing.T, scheme Scheme, check func(t *testing.T, l *layer)) {
	t.Helper()
	for _, cell := range Cells {
		newModel(t, initCase(cell, scheme), 7).recurrent.each(func(l *layer) {
			t.Run(string(cell)+"/"+l.whh.Name, func(t *testing.T) { check(t, l) })
		})
	}
}

func TestOrthogonalRecurrentWeights(t *testing.T) {
	eachLayer(t, "", func(t *testing.T, l *layer) {
		for g := range l.cell.gates() {
			w := l.gate(l.whh, g)
			for i := range l.hidden {
				for j := range l.hidden {
					want := 0.0
					if i == j {
						want = 1
					}
					// Entries are rounded to float32: each of H products is off by up to 2⁻²³ of itself.
					if got := dot(w[i*l.hidden:(i+1)*l.hidden], w[j*l.hidden:(j+1)*l.hidden]); math.Abs(got-want) > 1e-6 {
						t.Fatalf("gate %d: the product of rows %d and %d is %v, want %v", g, i, j, got, want)
					}
				}
			}
		}
	})
}

// checkUniform holds n numbers against a uniform distribution over ±bound: within it, reaching most of it, and with its
// variance bound²/3. The least n here, 289, makes a standard error of 5 % of a variance; 4 of these are allowed.
func checkUniform(t *testing.T, name string, x []float32, bound float64) {
	t.Helper()
	largest, squares := 0.0, 0.0
	for _, v := range x {
		largest = math.Max(largest, math.Abs(float64(v)))
		squares += float64(v) * float64(v)
	}
	if largest > bound*(1+1e-6) || largest < 0.95*bound {
		t.Errorf("%s reaches %v, want up to %v", name, largest, bound)
	}
	if ratio := squares / float64(len(x)) / (bound * bound / 3); math.Abs(ratio-1) > 0.2 {
		t.Errorf("%s has %v times the variance of a uniform distribution", name, ratio)
	}
}

func TestXavierInputWeights(t *testing.T) {
	eachLayer(t, Orthogonal, func(t *testing.T, l *layer) {
		for g := range l.cell.gates() {
			checkUniform(t, "gate", l.gate(l.wih, g), math.Sqrt(6/float64(l.input+l.hidden)))
		}
	})
}

func TestUniformWeights(t *testing.T) {
	eachLayer(t, Uniform, func(t *testing.T, l *layer) {
		bound := 1 / math.Sqrt(float64(l.hidden))
		checkUniform(t, "input weights", l.wih.Value, bound)
		checkUniform(t, "recurrent weights", l.whh.Value, bound)
		for _, bias := range []*Parameter{l.bih, l.bhh} {
			for i, v := range bias.Value {
				if v == 0 || math.Abs(float64(v)) > bound {
					t.Errorf("%s[%d] is %v, want up to %v", bias.Name, i, v, bound)
				}
			}
		}
	})
}

func TestIdentityRecurrentWeights(t *testing.T) {
	eachLayer(t, Identity, func(t *testing.T, l *layer) {
		for g := range l.cell.gates() {
			for i, v := range l.gate(l.whh, g) {
				want := float32(0)
				if i%(l.hidden+1) == 0 {
					want = 1
				}
				if v != want {
					t.Fatalf("gate %d: element %d is %v, want %v", g, i, v, want)
				}
			}
		}
		squares := dot(l.wih.Value, l.wih.Value) / float64(l.wih.Len())
		if math.Abs(squares/1e-6-1) > 0.35 { // 4 standard errors of 289 numbers
			t.Errorf("input weights have variance %v, want 1e-6", squares)
		}
	})
}

func TestForgetBias(t *testing.T) {
	half := 0.5
	for _, c := range []struct {
		name string
		cell Cell
		init Init
		want float32 // of the forget gate; other biases are zero
	}{
		{"default", LSTM, Init{}, 1},
		{"chosen", LSTM, Init{ForgetBias: &half}, 0.5},
		{"none", LSTM, Init{ForgetBias: new(float64)}, 0},
		{"identity", LSTM, Init{Scheme: Identity}, 1},
		{"gru", GRU, Init{ForgetBias: &half}, 0},
		{"rnn", RNN, Init{ForgetBias: &half}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := initCase(c.cell, "")
			cfg.Init = c.init
			newModel(t, cfg, 7).recurrent.each(func(l *layer) {
				for i, v := range l.bih.Value {
					want := float32(0)
					if i/l.hidden == 1 {
						want = c.want
					}
					if v != want || l.bhh.Value[i] != 0 {
						t.Fatalf("biases %d are %v and %v, want %v and 0", i, v, l.bhh.Value[i], want)
					}
				}
			})
		})
	}
}

// TestForgetBiasOfUniform: PyTorch adds none.
func TestForgetBiasOfUniform(t *testing.T) {
	one := 1.0
	cfg := initCase(LSTM, Uniform)
	without := newModel(t, cfg, 7).recurrent.layers[0][0]
	cfg.Init.ForgetBias = &one
	with := newModel(t, cfg, 7).recurrent.layers[0][0]
	for i, v := range without.bih.Value {
		if i/without.hidden == 1 {
			v++
		}
		if with.bih.Value[i] != v {
			t.Errorf("bias %d is %v, want %v", i, with.bih.Value[i], v)
		}
	}
}

// TestChronoBias: the gates that keep the state have biases log(U[1, T−1]), an LSTM's input gates the opposite; the others
// have none (Tallec & Ollivier 2018, eq. 16).
func TestChronoBias(t *testing.T) {
	const span = 50
	keeping := map[Cell]int{LSTM: 1, GRU: 1} // the place of the gate among the others: i f g o, r z n
	for cell, kept := range keeping {
		cfg := initCase(cell, "")
		cfg.Hidden, cfg.Init.Chrono = 300, span
		newModel(t, cfg, 7).recurrent.each(func(l *layer) {
			uniform := make([]float32, l.hidden)
			for i, b := range l.bih.Value {
				bias := b + l.bhh.Value[i]
				switch gate, unit := i/l.hidden, i%l.hidden; {
				case gate == kept:
					uniform[unit] = float32(math.Exp(float64(bias)) - span/2)
				case gate == 0 && cell == LSTM:
					if want := -l.bih.Value[l.hidden+unit]; bias != want {
						t.Errorf("%s: input gate %d has the bias %v, want %v", l.bih.Name, unit, bias, want)
					}
				case bias != 0:
					t.Errorf("%s: bias %d is %v, want 0", l.bih.Name, i, bias)
				}
			}
			checkUniform(t, string(cell)+": what the gates remember", uniform, span/2-1)
		})
	}
}

// TestNormsBeginAtOne: gains are one at first, and the bias of a normalised cell is zero.
func TestNormsBeginAtOne(t *testing.T) {
	for _, cell := range Cells {
		cfg := initCase(cell, "")
		cfg.LayerNorm = true
		newModel(t, cfg, 7).recurrent.each(func(l *layer) {
			for _, p := range l.norm.parameters() {
				want := float32(1)
				if p == l.norm.biasC {
					want = 0
				}
				for i, v := range p.Value {
					if v != want {
						t.Fatalf("%s: element %d of %s is %v, want %v", cell, i, p.Name, v, want)
					}
				}
			}
		})
	}
}

func TestHeadAndEmbedding(t *testing.T) {
	cfg := initCase(GRU, "")
	cfg.VocabSize = 100
	m := newModel(t, cfg, 7)
	checkUniform(t, "head", m.head.weight.Value, math.Sqrt(6.0/(100+17)))
	if v := dot(m.embedding.Value, m.embedding.Value) / float64(m.embedding.Len()); math.Abs(v-1) > 0.13 { // 4 standard errors of 2000
		t.Errorf("embedding has variance %v, want 1", v)
	}
	cfg.TieWeights, cfg.Embedding = true, 17
	m = newModel(t, cfg, 7)
	checkUniform(t, "tied embedding", m.embedding.Value, 2/math.Sqrt(17))
	if m.head.weight != m.embedding {
		t.Error("the tied head has weights of its own")
	}
	checkUniform(t, "what reads a tied embedding", m.recurrent.layers[0][0].wih.Value, math.Sqrt(6.0/(17+17))*math.Sqrt(3*17)/2)
	checkUniform(t, "the second layer", m.recurrent.layers[1][0].wih.Value, math.Sqrt(6.0/(17+17)))
	cfg.Init.Scheme = Uniform
	checkUniform(t, "what reads a tied embedding, as in PyTorch", newModel(t, cfg, 7).recurrent.layers[0][0].wih.Value, 1/math.Sqrt(17))
}

// TestAdaptiveHead: what projects onto a tail and what tells its tokens apart is drawn as a head is.
func TestAdaptiveHead(t *testing.T) {
	cfg := initCase(GRU, "")
	cfg.VocabSize, cfg.Hidden, cfg.Cutoffs = 2000, 64, []int{100, 500}
	m := newModel(t, cfg, 7)
	for i, tail := range m.tails {
		for _, weight := range []*Parameter{tail.project.weight, tail.words.weight} {
			checkUniform(t, weight.Name, weight.Value, math.Sqrt(6/float64(weight.Shape[0]+weight.Shape[1])))
		}
		if width := cfg.tailWidth(i); tail.project.weight.Shape[0] != width {
			t.Errorf("tail %d is %d wide, want %d", i, tail.project.weight.Shape[0], width)
		}
	}
	cfg.Init = Init{Scheme: Uniform, Range: 0.05}
	for _, p := range newModel(t, cfg, 7).Parameters() {
		if len(p.Shape) > 1 {
			checkUniform(t, p.Name, p.Value, 0.05)
		}
	}
}

func TestSeeds(t *testing.T) {
	for _, scheme := range Schemes {
		for _, cell := range Cells {
			cfg := initCase(cell, scheme)
			a, b, c := newModel(t, cfg, 7).Parameters(), newModel(t, cfg, 7).Parameters(), newModel(t, cfg, 8).Parameters()
			for i := range a {
				sameBits(t, a[i].Name, b[i].Value, a[i].Value)
			}
			if a[0].Value[0] == c[0].Value[0] {
				t.Errorf("%s, %s: two seeds, one embedding", cell, scheme)
			}
		}
	}
}
